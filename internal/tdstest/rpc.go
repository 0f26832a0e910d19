package tdstest

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// call is one procedure call of an RPC request.
type call struct {
	proc   string
	params []param
}

// procNames are the procedures with numbers (MS-TDS 2.2.6.6).
var procNames = map[uint16]string{
	1: "sp_cursor", 2: "sp_cursoropen", 3: "sp_cursorprepare", 4: "sp_cursorexecute", 5: "sp_cursorprepexec",
	6: "sp_cursorunprepare", 7: "sp_cursorfetch", 8: "sp_cursoroption", 9: "sp_cursorclose", 10: "sp_executesql",
	11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 14: "sp_prepexecrpc", 15: "sp_unprepare",
}

// Bytes between the calls of one request.
const (
	nextCall       = 0xFF
	nextCallNoExec = 0xFE
)

func parseRPC(b []byte) ([]call, error) {
	r := &reader{b: b}
	var calls []call
	for {
		c, err := r.call()
		if err == nil {
			err = r.failure()
		}
		if err != nil {
			return nil, err
		}
		if calls = append(calls, c); len(r.b) == 0 {
			return calls, nil
		}
		r.u8()
	}
}

func (r *reader) call() (call, error) {
	var c call
	if n := r.u16(); n == 0xFFFF {
		id := r.u16()
		c.proc = procNames[id]
		if c.proc == "" && !r.bad {
			return c, fmt.Errorf("there is no procedure with the number %d", id)
		}
	} else {
		c.proc = decodeUCS2(r.take(2 * int(n)))
	}
	r.u16() // options: recompile, no metadata
	for len(r.b) > 0 && r.b[0] != nextCall && r.b[0] != nextCallNoExec {
		p, err := r.param()
		if err != nil {
			return c, err
		}
		c.params = append(c.params, p)
	}
	return c, nil
}

// prepared is a statement that sp_prepare has given a handle.
type prepared struct {
	sql   string
	names []string // of its parameters
}

// rpc answers an RPC request.
func (s *session) rpc(req *request, body []byte) (done, error) {
	calls, err := parseRPC(body)
	if err != nil {
		var m Message
		if errors.As(err, &m) {
			return done{}, m
		}
		return done{}, Message{Number: 8009, State: 1, Class: 16, Text: fmt.Sprintf("The incoming tabular data stream (TDS) "+
			"remote procedure call (RPC) protocol stream is incorrect: %v.", err)}
	}
	last := done{token: tokenDoneProc}
	for i, c := range calls {
		failed, err := s.call(req, c)
		if err != nil {
			return last, err
		}
		if last.status = 0; failed {
			last.status = doneError
		}
		if i < len(calls)-1 {
			last.status |= doneMore
			s.w.done(s.inTran(last))
		}
	}
	return last, nil
}

// call answers one procedure call but for its DONEPROC.
func (s *session) call(req *request, c call) (failed bool, err error) {
	name := words(c.proc)
	proc := c.proc
	if len(name) > 0 {
		proc = strings.ToLower(name[len(name)-1].name())
	}
	switch proc {
	case "sp_executesql":
		return s.executeSQL(req, c.params)
	case "sp_prepare":
		handle, failed := s.prepare(c.params)
		if !failed {
			s.w.returnStatus(0)
			s.w.returnInt(0, c.params[0].name, handle)
		}
		return failed, nil
	case "sp_prepexec":
		return s.prepExec(req, c.params)
	case "sp_execute":
		return s.executePrepared(req, c.params)
	case "sp_unprepare":
		if len(c.params) > 0 {
			handle, _ := asInt(c.params[0].value)
			delete(s.prepared, int32(handle))
		}
		s.w.returnStatus(0)
		return false, nil
	case "sp_reset_connection":
		s.reset(false)
		s.w.returnStatus(0)
		return false, nil
	}
	return s.execute(req, "EXEC "+c.proc, named(c.params, nil))
}

// execute runs a statement inside a procedure call.
func (s *session) execute(req *request, text string, args []sql.NamedArg) (failed bool, err error) {
	e := s.entry(KindRPC, text)
	e.Args = args
	s.srv.record(e)
	statements := []string{text}
	if s.srv.handlerFor(text) == nil && len(args) == 0 {
		statements = splitBatch(text)
	}
	for _, statement := range statements {
		d, bad, err := s.statement(req, statement, args)
		if err != nil {
			return true, err
		}
		if bad {
			s.w.returnStatus(1)
			return true, nil
		}
		d.token = tokenDoneInProc
		d.status |= doneMore
		s.w.done(s.inTran(d))
	}
	s.w.returnStatus(0)
	return false, s.w.commit()
}

// missing refuses a call that lacks parameters.
func (s *session) missing(proc string) bool {
	s.raise(Message{Number: 201, State: 10, Class: 16, Text: fmt.Sprintf("Procedure '%s' was called without a parameter it needs.", proc)})
	s.w.returnStatus(1)
	return true
}

func (s *session) executeSQL(req *request, params []param) (bool, error) {
	if len(params) == 0 {
		return s.missing("sp_executesql"), nil
	}
	text, _ := asString(params[0].value)
	var names []string
	if len(params) > 1 {
		declared, _ := asString(params[1].value)
		names = paramNames(declared)
	}
	return s.execute(req, text, named(params[min(2, len(params)):], names))
}

// prepare stores the statement of sp_prepare and sp_prepexec: handle,
// declarations, text.
func (s *session) prepare(params []param) (handle int32, failed bool) {
	if len(params) < 3 {
		return 0, s.missing("sp_prepare")
	}
	declared := ""
	if params[1].value != nil {
		declared, _ = asString(params[1].value)
	}
	text, _ := asString(params[2].value)
	s.handles++
	s.prepared[s.handles] = prepared{sql: text, names: paramNames(declared)}
	return s.handles, false
}

func (s *session) prepExec(req *request, params []param) (bool, error) {
	handle, failed := s.prepare(params)
	if failed {
		return true, nil
	}
	p := s.prepared[handle]
	failed, err := s.execute(req, p.sql, named(params[3:], p.names))
	if err != nil {
		return failed, err
	}
	s.w.returnInt(0, params[0].name, handle)
	return failed, nil
}

func (s *session) executePrepared(req *request, params []param) (bool, error) {
	if len(params) == 0 {
		return s.missing("sp_execute"), nil
	}
	handle, _ := asInt(params[0].value)
	p, ok := s.prepared[int32(handle)]
	if !ok {
		s.raise(Message{Number: 8179, State: 2, Class: 16, Text: fmt.Sprintf("Could not find prepared statement with handle %d.", handle)})
		s.w.returnStatus(1)
		return true, nil
	}
	return s.execute(req, p.sql, named(params[1:], p.names))
}

// named gives the parameters' values the names that backends look for: their
// own without the "@", else those of the declaration by position.
func named(params []param, names []string) []sql.NamedArg {
	args := make([]sql.NamedArg, len(params))
	for i, p := range params {
		name := p.name
		if name == "" && i < len(names) {
			name = names[i]
		}
		if name = strings.TrimPrefix(name, "@"); name == "" {
			name = fmt.Sprintf("p%d", i+1)
		}
		args[i] = sql.Named(name, p.value)
	}
	return args
}

// paramNames reads "@a int, @b decimal(18, 4)".
func paramNames(declared string) []string {
	var names []string
	for _, item := range splitItems(words(declared)) {
		if len(item) > 0 {
			names = append(names, item[0].text)
		}
	}
	return names
}

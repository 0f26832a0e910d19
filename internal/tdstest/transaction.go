package tdstest

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Requests to the transaction manager (MS-TDS 2.2.6.9).
const (
	tmBegin    = 5
	tmCommit   = 7
	tmRollback = 8
	tmSave     = 9
)

// isolationLevels by their number in a begin request; 0 keeps the current one.
var isolationLevels = [...]string{"", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT"}

// transaction answers a transaction manager request.
func (s *session) transaction(body []byte) (done, error) {
	r := &reader{b: body}
	kind := r.u16()
	d := done{token: tokenDone}
	switch kind {
	case tmBegin:
		level := r.u8()
		r.bVarchar()
		return s.begin(d, r, level)
	case tmCommit, tmRollback:
		r.bVarchar()
		return s.end(d, r, kind)
	case tmSave:
		r.bVarchar()
		s.srv.record(s.entry(KindSave, ""))
		return d, r.failure()
	}
	return d, Message{Number: 50000, State: 1, Class: 16, Text: fmt.Sprintf("Transaction request %d is not there in this server.", kind)}
}

func (s *session) begin(d done, r *reader, level byte) (done, error) {
	if err := r.failure(); err != nil {
		return d, err
	}
	if int(level) >= len(isolationLevels) {
		return d, Message{Number: 3956, State: 1, Class: 16, Text: fmt.Sprintf("Isolation level %d is not known.", level)}
	}
	isolation := s.isolation
	if level != 0 {
		isolation = isolationLevels[level]
	}
	s.srv.record(s.entry(KindBegin, isolation))
	if f := s.srv.faultFor("BEGIN TRANSACTION " + isolation); f.Err != nil {
		return d, *f.Err
	}
	s.isolation = isolation
	s.startTran()
	d.cmd = cmdBegin
	return d, nil
}

func (s *session) end(d done, r *reader, kind uint16) (done, error) {
	const thenBegin = 1
	again, level := r.u8()&thenBegin != 0, byte(0)
	if again {
		level = r.u8()
		r.bVarchar()
	}
	if err := r.failure(); err != nil {
		return d, err
	}
	entry, env, statement := KindCommit, byte(envCommitTran), "COMMIT TRANSACTION"
	if kind == tmRollback {
		entry, env, statement = KindRollback, envRollbackTran, "ROLLBACK TRANSACTION"
	}
	s.srv.record(s.entry(entry, ""))
	if f := s.srv.faultFor(statement); f.Err != nil {
		return d, *f.Err
	}
	if err := s.leaveTran(env); err != nil {
		return d, err
	}
	d.cmd = cmdCommit
	if again {
		return s.begin(d, r, level)
	}
	return d, nil
}

// startTran begins a transaction, or counts one more inside it.
func (s *session) startTran() {
	s.tranCount++
	if s.tran != 0 {
		return
	}
	s.trans++
	s.tran = uint64(s.spid)<<32 | uint64(s.trans)
	s.w.envBytes(envBeginTran, binary.LittleEndian.AppendUint64(nil, s.tran), nil)
}

// leaveTran commits or rolls back; a commit ends only the outermost one.
func (s *session) leaveTran(env byte) error {
	switch {
	case s.tran == 0 && env == envCommitTran:
		return Message{Number: 3902, State: 1, Class: 16,
			Text: "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."}
	case s.tran == 0:
		return Message{Number: 3903, State: 1, Class: 16,
			Text: "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."}
	case env == envCommitTran && s.tranCount > 1:
		s.tranCount--
		return nil
	}
	s.endTran(env)
	return nil
}

func (s *session) endTran(env byte) {
	if s.tran == 0 {
		return
	}
	s.w.envBytes(env, nil, binary.LittleEndian.AppendUint64(nil, s.tran))
	s.tran, s.tranCount = 0, 0
}

// sessionStatement answers SET, USE and the transaction statements, which act
// on the session and need no data.
func (s *session) sessionStatement(w []lexeme) (handled bool, err error) {
	if sessionLen(w) != len(w) || len(w) == 0 {
		return false, nil
	}
	switch strings.ToLower(w[0].text) {
	case "use":
		return true, s.use(w)
	case "set":
		return true, s.set(w)
	case "begin":
		s.startTran()
	case "commit":
		return true, s.leaveTran(envCommitTran)
	case "rollback":
		return true, s.leaveTran(envRollbackTran)
	}
	return true, nil
}

func (s *session) use(w []lexeme) error {
	if len(w) < 2 {
		return syntaxError("use")
	}
	name := s.srv.databaseName(w[1].name())
	if name == "" {
		return Message{Number: 911, State: 1, Class: 16, Text: fmt.Sprintf(
			"Database '%s' does not exist. Make sure that the name is entered correctly.", w[1].name())}
	}
	s.changeDatabase(name)
	return nil
}

// setOptions are the options that SET takes here. A misspelt one must not pass
// for understood.
var setOptions = map[string]bool{
	"ansi_defaults": true, "ansi_null_dflt_off": true, "ansi_null_dflt_on": true, "ansi_nulls": true, "ansi_padding": true,
	"ansi_warnings": true, "arithabort": true, "arithignore": true, "concat_null_yields_null": true, "context_info": true,
	"cursor_close_on_commit": true, "datefirst": true, "dateformat": true, "deadlock_priority": true, "fmtonly": true,
	"identity_insert": true, "implicit_transactions": true, "language": true, "lock_timeout": true, "nocount": true,
	"noexec": true, "numeric_roundabort": true, "parseonly": true, "query_governor_cost_limit": true,
	"quoted_identifier": true, "rowcount": true, "statistics": true, "textsize": true, "xact_abort": true,
}

func (s *session) set(w []lexeme) error {
	if len(w) < 3 {
		return syntaxError("set")
	}
	if w[1].is("transaction") {
		var level []string
		for _, l := range w[min(4, len(w)):] {
			level = append(level, strings.ToUpper(l.text))
		}
		name := strings.Join(level, " ")
		for _, known := range isolationLevels[1:] {
			if name == known && w[2].is("isolation") && w[3].is("level") {
				s.isolation = known
				return nil
			}
		}
		return syntaxError(w[len(w)-1].text)
	}
	for _, l := range w[1 : len(w)-1] {
		if l.kind == lexWord && !setOptions[strings.ToLower(l.text)] && !w[1].is("statistics") && !w[1].is("identity_insert") {
			return Message{Number: 195, State: 5, Class: 15, Text: fmt.Sprintf("'%s' is not a recognized SET option.", l.text)}
		}
	}
	switch last := w[len(w)-1]; {
	case w[1].is("nocount"):
		s.noCount = last.is("on")
	case w[1].is("lock_timeout"):
		n, err := strconv.ParseInt(last.text, 10, 32)
		if err != nil {
			return syntaxError(last.text)
		}
		if s.lockWait = n; w[len(w)-2].text == "-" {
			s.lockWait = -n
		}
	}
	return nil
}

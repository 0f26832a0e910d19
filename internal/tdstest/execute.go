package tdstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

var (
	errCut       = errors.New("the connection is cut on the test's command")
	errCancelled = errors.New("the client cancelled the request")
)

// wireError is a failure to send. It ends the connection, unlike the errors of
// backends, which are sent.
type wireError struct{ error }

// asMessage gives what is sent for an error.
func asMessage(err error) Message {
	var m Message
	var p *Message
	switch {
	case errors.As(err, &m):
	case errors.As(err, &p) && p != nil:
		m = *p
	default:
		m = Message{Number: 50000, State: 1, Text: err.Error()}
	}
	if m.Class <= 10 {
		m.Class = 16 // as an ERROR, or clients would take it for a notice
	}
	return m
}

// raise sends an error. A deadlock takes the victim's transaction with it.
func (s *session) raise(m Message) {
	if m.Number == numberDeadlock {
		s.endTran(envRollbackTran)
	}
	s.w.message(m)
}

// batch answers a SQLBatch, statement by statement up to the first error.
func (s *session) batch(req *request, text string) (done, error) {
	s.srv.record(s.entry(KindBatch, text))
	statements := []string{strings.Trim(text, "; \t\r\n\x00")}
	if s.srv.handlerFor(statements[0]) == nil {
		statements = splitBatch(text)
	}
	last := done{token: tokenDone}
	for i, statement := range statements {
		d, failed, err := s.statement(req, statement, nil)
		if err != nil {
			return last, err
		}
		d.token = tokenDone
		if last = d; failed || i == len(statements)-1 {
			break
		}
		d.status |= doneMore
		s.w.done(s.inTran(d))
		if err := s.w.commit(); err != nil {
			return d, err
		}
	}
	return last, nil
}

// statement answers one statement but for its DONE. failed says that what
// follows in the batch must not be run.
func (s *session) statement(req *request, text string, args []sql.NamedArg) (d done, failed bool, err error) {
	d, err = s.run(req, text, args)
	var wire wireError
	switch {
	case err == nil:
	case errors.Is(err, errCut), errors.As(err, &wire):
		return d, true, err
	case s.stopped.Load():
		return d, true, nil // finish acknowledges the attention
	default:
		m := asMessage(err)
		if m.Class >= 20 {
			return d, true, m
		}
		s.raise(m)
		d.status |= doneError
		failed = true
	}
	if s.noCount {
		d.status &^= doneCount
	}
	return d, failed, nil
}

// run finds who answers a statement and sends the answer.
func (s *session) run(req *request, text string, args []sql.NamedArg) (done, error) {
	fault := s.srv.faultFor(text)
	s.w.latency = fault.Latency
	if fault.Err != nil && fault.Rows == 0 {
		return done{}, *fault.Err
	}
	if fault.Stall && fault.Rows == 0 {
		return done{}, s.stall(req.ctx)
	}
	answer, err := s.find(req.ctx, text, args)
	if err != nil {
		return done{}, err
	}
	if answer == nil { // of the session itself
		return done{cmd: cmdSet}, nil
	}
	return s.send(req.ctx, *answer, fault)
}

// find gives the answer to a statement, or nil when it acted on the session
// alone.
func (s *session) find(ctx context.Context, text string, args []sql.NamedArg) (*Answer, error) {
	if h := s.srv.handlerFor(text); h != nil {
		a, err := h.Query(ctx, text, args)
		return &a, err
	}
	w := words(text)
	if handled, err := s.sessionStatement(w); handled {
		return nil, err
	}
	if a := s.builtin(w); a != nil {
		return a, nil
	}
	if len(w) > 1 && w[0].is("exec") {
		return nil, Message{Number: 2812, State: 62, Class: 16,
			Text: fmt.Sprintf("Could not find stored procedure '%s'.", w[len(w)-1].name())}
	}
	if s.srv.opts.Backend == nil {
		return nil, invalidObject(objectIn(w))
	}
	a, err := s.srv.opts.Backend.Query(ctx, text, args)
	return &a, err
}

// objectIn guesses what a statement is about, for the error of a server that
// has no data at all.
func objectIn(w []lexeme) string {
	for i := range len(w) - 1 {
		if w[i].is("from") || w[i].is("into") || w[i].is("update") {
			return w[i+1].name()
		}
	}
	return "unknown"
}

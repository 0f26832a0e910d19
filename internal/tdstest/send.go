package tdstest

import (
	"context"
	"errors"
	"slices"
)

// stall waits for the client to cancel or go away.
func (s *session) stall(ctx context.Context) error {
	if err := s.w.commit(); err != nil {
		return wireError{err}
	}
	if err := s.w.flush(); err != nil {
		return wireError{err}
	}
	<-ctx.Done()
	return errCancelled
}

// send sends an answer, and breaks it as the fault says.
func (s *session) send(ctx context.Context, a Answer, fault Fault) (done, error) {
	for _, m := range a.Info {
		m.Class = min(m.Class, 10)
		s.w.message(m)
	}
	if a.Columns == nil && a.Rows == nil {
		if a.Err != nil {
			return done{}, a.Err
		}
		return done{status: doneCount, rows: uint64(a.Affected)}, s.strikeAtEnd(ctx, fault)
	}
	x := &sender{s: s, ctx: ctx, columns: a.Columns, fault: fault}
	err := x.walk(a)
	return done{status: doneCount, cmd: cmdSelect, rows: x.sent}, err
}

// strikeAtEnd lets a fault happen that waited for a row that never came.
func (s *session) strikeAtEnd(ctx context.Context, fault Fault) error {
	switch {
	case fault.Err != nil:
		return *fault.Err
	case fault.Stall:
		return s.stall(ctx)
	case fault.Cut:
		return errors.Join(errCut, s.w.commit(), s.w.flush())
	}
	return nil
}

// sender sends one result.
type sender struct {
	s       *session
	ctx     context.Context
	columns []Column
	cols    []column // nil until all types are known
	fault   Fault
	held    [][]any // rows read before the types were known
	first   []any   // the first of two rows to be swapped
	sent    uint64
}

func (x *sender) walk(a Answer) error {
	if known(a.Columns) {
		if err := x.start(true); err != nil {
			return err
		}
	}
	var failure error
	if a.Rows != nil {
		for row, err := range a.Rows {
			if x.s.stopped.Load() {
				return errCancelled
			}
			if err != nil {
				failure = err
				break
			}
			if err := x.push(row); err != nil {
				return err
			}
		}
	}
	if x.s.stopped.Load() {
		return errCancelled
	}
	if x.cols == nil {
		if err := x.start(failure == nil); err != nil {
			return err
		}
	}
	if x.first != nil {
		if err := x.row(x.first); err != nil {
			return err
		}
	}
	if failure == nil {
		failure = a.Err
	}
	if failure == nil {
		failure = x.s.strikeAtEnd(x.ctx, x.fault)
	}
	return failure
}

// push takes the next row.
func (x *sender) push(row []any) error {
	if x.cols == nil {
		x.held = append(x.held, slices.Clone(row))
		if len(x.held) < guessRows {
			return nil
		}
		return x.start(false)
	}
	return x.pass(row)
}

// start sends the columns and the rows held back for them. complete says that
// there are no more rows.
func (x *sender) start(complete bool) error {
	x.cols = make([]column, len(x.columns))
	for i, c := range x.columns {
		if c.Type == "" {
			c.Type = guessType(x.held, i, complete)
		}
		var err error
		if x.cols[i], err = newColumn(c); err != nil {
			return err
		}
	}
	x.s.w.colMetadata(x.cols)
	if err := x.s.w.commit(); err != nil {
		return wireError{err}
	}
	for _, row := range x.held {
		if err := x.pass(row); err != nil {
			return err
		}
	}
	x.held = nil
	return nil
}

// pass sends a row unless a fault is due at it.
func (x *sender) pass(row []any) error {
	if x.first != nil {
		first := x.first
		x.first = nil
		x.fault.Swap = false
		if err := x.row(row); err != nil {
			return err
		}
		return x.row(first)
	}
	if x.sent != uint64(x.fault.Rows) {
		return x.row(row)
	}
	switch {
	case x.fault.Swap:
		x.first = slices.Clone(row)
		return nil
	case x.fault.Err != nil:
		return *x.fault.Err
	case x.fault.Stall:
		return x.s.stall(x.ctx)
	case x.fault.Cut:
		return x.cut(row)
	}
	return x.row(row)
}

func (x *sender) row(row []any) error {
	w := x.s.w
	if err := w.row(x.cols, row, x.s.srv.rowNBC && x.s.login.nbcRows()); err != nil {
		return err
	}
	x.sent++
	if err := w.commit(); err != nil {
		return wireError{err}
	}
	return nil
}

// cut sends half a row's bytes and ends the connection.
func (x *sender) cut(row []any) error {
	w := x.s.w
	if err := w.row(x.cols, row, x.s.login.nbcRows()); err != nil {
		return err
	}
	w.b = w.b[:len(w.b)/2]
	return errors.Join(errCut, w.commit(), w.flush())
}

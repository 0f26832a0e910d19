package cmdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// session runs statements one after another on one connection. A CMDB is a
// production database, so nscheck never asks it for two things at once; and on
// one connection every statement can see the same state of the database.
type session struct {
	db      *sql.DB
	files   RowSource // instead of db
	conn    *sql.Conn
	params  map[string]any
	timeout time.Duration // per statement; 0: none
	// afterFunc is time.AfterFunc, or what a test has in its place.
	afterFunc func(time.Duration, func()) (stop func() bool)
	guest     *guest // how it behaves on a SQL Server; nil elsewhere
	// textOrder has rows about clients come in the order of their keys' text.
	textOrder bool
	order     *keyOrder     // of rows about clients, once it is known
	offset    time.Duration // of the local time in which times are wanted, from UTC
	now       time.Time     // of the collection; dates that are later are unknown
	tempDir   string
	file      string // in which the rows read last are; empty for a database
	future    faults // dates among them that are later than the collection
	ended     error  // why no connection can be had any more
}

// errStatementTimeout is the cause with which a statement is cancelled that has
// run for too long.
var errStatementTimeout = errors.New("the statement took longer than it may")

// connectError is why a connection could not be had.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

// lostError says that the connection broke while a statement ran.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

// endedError is why no connection is asked for any more.
type endedError struct{ reason string }

func (e *endedError) Error() string { return e.reason }

// connection returns the connection, or a new one where the last was lost.
func (s *session) connection(ctx context.Context) (*sql.Conn, error) {
	if s.ended != nil {
		return nil, s.ended
	}
	if s.conn != nil {
		return s.conn, nil
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, &connectError{err}
	}
	s.conn = conn
	if s.guest != nil {
		if err := s.guest.settle(ctx, s); err != nil {
			s.drop()
			return nil, &connectError{fmt.Errorf("make the session on the server ready: %w", err)}
		}
	}
	return conn, nil
}

// close gives the connection back. What a transaction held on the server is
// let go of first: what follows may take long and does not need it.
func (s *session) close() {
	if s.conn == nil {
		return
	}
	if s.guest != nil {
		s.guest.leave(s)
		s.drop()
		return
	}
	_ = s.conn.Close()
	s.conn = nil
}

// drop closes the connection itself, so that nobody gets it again.
func (s *session) drop() {
	if s.conn == nil {
		return
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close() // it is already: Raw was told that it is bad
	s.conn = nil
}

// pingTimeout bounds the question whether a connection is still good.
const pingTimeout = 10 * time.Second

// alive asks whether the connection still answers, and how many transactions
// are open on it.
func (s *session) alive(ctx context.Context) (transactions int, ok bool) {
	if s.conn == nil {
		return 0, false
	}
	ctx, stop := s.limit(ctx, pingTimeout)
	defer stop()
	if s.guest == nil {
		return 0, s.conn.PingContext(ctx) == nil
	}
	err := s.conn.QueryRowContext(ctx, "SELECT @@TRANCOUNT").Scan(&transactions)
	return transactions, err == nil
}

// exec runs a statement that returns nothing.
func (s *session) exec(ctx context.Context, statement string) error {
	ctx, stop := s.limit(ctx, s.timeout)
	defer stop()
	_, err := s.conn.ExecContext(ctx, statement)
	return because(ctx, err)
}

// limit bounds a statement. It cancels instead of setting a deadline: the
// driver gives up a connection whose deadline passes, and with it the view of
// the database that all sections share, but keeps one whose statement was
// cancelled.
func (s *session) limit(ctx context.Context, d time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if d <= 0 {
		return ctx, func() { cancel(nil) }
	}
	halt := s.afterFunc(d, func() { cancel(errStatementTimeout) })
	return ctx, func() {
		halt()
		cancel(nil)
	}
}

// because is why a statement failed: drivers wrap a cancellation in errors of
// their own.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

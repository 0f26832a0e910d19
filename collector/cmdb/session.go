package cmdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// session runs statements one after another on one connection. A CMDB is a production
// database, so nscheck never runs two statements at once; and on one connection every
// statement can see the same state of the database.
type session struct {
	db      *sql.DB
	files   RowSource // instead of db
	conn    *sql.Conn
	params  map[string]any
	timeout time.Duration // per statement; 0: none
	// afterFunc is time.AfterFunc, or what a test has in its place.
	afterFunc func(time.Duration, func()) (stop func() bool)
	options   *sessionOptions // how it behaves on a SQL Server; nil elsewhere
	// textOrder is set if rows about clients are sorted by the text of their keys.
	textOrder bool
	order     *keyOrder     // of rows about clients, once it is known
	offset    time.Duration // of the local time in which times are wanted, from UTC
	now       time.Time     // of the collection; dates that are later are unknown
	tempDir   string
	file      string // in which the rows read last are; empty for a database
	future    faults // dates among them that are later than the collection
	ended     error  // why no connection can be had any more
}

// errStatementTimeout is the cause of cancelling a statement that has run for too
// long.
var errStatementTimeout = errors.New("the statement took longer than it may")

// connectError is the error of a failed connection attempt.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

// lostError is the error of a connection that broke while a statement ran.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

// endedError is the reason why no more connections are made.
type endedError struct{ reason string }

func (e *endedError) Error() string { return e.reason }

// connection returns the connection, or a new one if the last was lost.
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
	if s.options != nil {
		if err := s.options.prepare(ctx, s); err != nil {
			s.dropConnection()
			return nil, &connectError{fmt.Errorf("make the session on the server ready: %w", err)}
		}
	}
	return conn, nil
}

// close releases the connection. It first ends the transaction on the server, because
// what follows may take long and does not need it.
func (s *session) close() {
	if s.conn == nil {
		return
	}
	if s.options != nil {
		s.options.endTransaction(s)
		s.dropConnection()
		return
	}
	_ = s.conn.Close()
	s.conn = nil
}

// dropConnection closes the connection itself, so that it is not reused.
func (s *session) dropConnection() {
	if s.conn == nil {
		return
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close() // it is already closed, because Raw returned ErrBadConn
	s.conn = nil
}

// pingTimeout limits the check of a connection.
const pingTimeout = 10 * time.Second

// checkConnection reports whether the connection still answers, and how many
// transactions are open on it.
func (s *session) checkConnection(ctx context.Context) (transactions int, ok bool) {
	if s.conn == nil {
		return 0, false
	}
	ctx, stop := s.withTimeout(ctx, pingTimeout)
	defer stop()
	if s.options == nil {
		return 0, s.conn.PingContext(ctx) == nil
	}
	err := s.conn.QueryRowContext(ctx, "SELECT @@TRANCOUNT").Scan(&transactions)
	return transactions, err == nil
}

// exec runs a statement that returns nothing.
func (s *session) exec(ctx context.Context, statement string) error {
	ctx, stop := s.withTimeout(ctx, s.timeout)
	defer stop()
	_, err := s.conn.ExecContext(ctx, statement)
	return causeOf(ctx, err)
}

// withTimeout limits the time of a statement. It cancels instead of setting a
// deadline: the driver drops a connection after a deadline, and with it the view of
// the database that all sections share, but keeps the connection of a cancelled
// statement.
func (s *session) withTimeout(ctx context.Context, d time.Duration) (context.Context, func()) {
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

// causeOf returns why a statement failed. Drivers wrap a cancellation in errors of
// their own.
func causeOf(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

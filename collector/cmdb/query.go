package cmdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

// session runs statements one after another on one connection. A CMDB is a
// production database, so nscheck never asks it for two things at once; and on
// one connection every statement can see the same state of the database.
type session struct {
	db      *sql.DB
	conn    *sql.Conn
	params  map[string]any
	timeout time.Duration // per statement; 0: none
}

// connection returns the connection, or a new one where the last was lost.
func (s *session) connection(ctx context.Context) (*sql.Conn, error) {
	if s.conn == nil {
		conn, err := s.db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		s.conn = conn
	}
	return s.conn, nil
}

func (s *session) close() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}

// dropIfBroken gives up a connection that a statement's error has shown to be
// dead, so that the next section gets a new one.
func (s *session) dropIfBroken(ctx context.Context, err error) {
	if s.conn == nil {
		return
	}
	var server numbered
	if errors.As(err, &server) && !errors.Is(err, driver.ErrBadConn) {
		return // the server itself answered
	}
	if errors.Is(err, driver.ErrBadConn) || s.conn.PingContext(ctx) != nil {
		s.close()
	}
}

// each runs a binding's query and hands over its rows. The cells stand in the
// order of columns and are reused for every row. An error of visit ends the
// reading. It returns the number of rows handed over.
func (s *session) each(ctx context.Context, b *Binding, columns []column, visit func([]cell) error) (int64, error) {
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	count, err := s.read(ctx, b, columns, visit)
	if err != nil && ctx.Err() != nil {
		// Drivers wrap a deadline in errors of their own; say which it was.
		err = ctx.Err()
	}
	return count, err
}

func (s *session) read(ctx context.Context, b *Binding, columns []column, visit func([]cell) error) (count int64, err error) {
	conn, err := s.connection(ctx)
	if err != nil {
		return 0, err
	}
	args, err := s.arguments(b)
	if err != nil {
		return 0, err
	}
	rows, err := conn.QueryContext(ctx, b.Query, args...)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	cells, targets, err := scanTargets(rows, b, columns)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return count, &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: row %d: %v; the column holds something else than section %q expects", b.Section, count+1, err, b.Section)}
		}
		if err := visit(cells); err != nil {
			return count, err
		}
		count++
	}
	return count, rows.Err()
}

// arguments are the parameters that the query takes.
func (s *session) arguments(b *Binding) ([]any, error) {
	args := make([]any, 0, len(b.Parameters))
	for _, name := range b.Parameters {
		value, ok := s.params[name]
		if !ok {
			return nil, &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: the query takes a parameter @%s, which nscheck does not have", b.Section, name)}
		}
		args = append(args, sql.Named(name, value))
	}
	return args, nil
}

// discard takes the place of a column that nobody wants.
type discard struct{}

func (discard) Scan(any) error { return nil }

// scanTargets finds the wanted columns by name among those that came.
func scanTargets(rows *sql.Rows, b *Binding, columns []column) ([]cell, []any, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, nil, err
	}
	targets := make([]any, len(names))
	for i := range targets {
		targets[i] = discard{}
	}
	cells := make([]cell, len(columns))
	for i, c := range columns {
		cells[i].kind = c.kind
		at := -1
		for j, name := range names {
			if strings.EqualFold(name, c.name) {
				at = j
			}
		}
		if at < 0 {
			return nil, nil, &sectionError{snapshot.Missing, fmt.Sprintf("collect %s: the query returns no column %q; name one of its columns so", b.Section, c.name)}
		}
		targets[at] = &cells[i]
	}
	return cells, targets, nil
}

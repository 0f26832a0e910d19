package cmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/snapshot"
)

// eachRow reads the rows of a binding and calls visit for each. The cells are in the
// order of columns and are reused for every row. An error of visit ends the reading.
// It returns the number of rows visited.
func (s *session) eachRow(ctx context.Context, b *binding.Binding, columns []binding.Column, visit func([]cell) error) (count int64, err error) {
	source := s.files
	if source == nil {
		if _, err := s.connection(ctx); err != nil {
			return 0, err
		}
		source = s
	}
	ctx, stop := s.withTimeout(ctx, s.timeout)
	defer stop()
	cells, targets := make([]cell, len(columns)), make([]sql.Scanner, len(columns))
	for i, c := range columns {
		cells[i].kind, targets[i] = c.Kind, hidingScanner{&cells[i]}
	}
	s.file, s.future = "", faults{}
	err = source.ReadSection(ctx, s.request(b, columns), targets, func(at Position) error {
		s.file, cells[0].line = at.File, at.Line
		s.dropFuture(cells, columns)
		if err := visit(cells); err != nil {
			return err
		}
		count++
		return nil
	})
	return count, causeOf(ctx, err)
}

// request returns the request for the rows of a binding.
func (s *session) request(b *binding.Binding, columns []binding.Column) Request {
	r := Request{Binding: b, Columns: columns, UTCOffset: s.offset, TempDir: s.tempDir}
	if order := s.order; order != nil && len(columns) > 0 && columns[0].Name == keyColumn {
		r.Less = func(a, b [16]byte) bool {
			return compareKeys(order.sortKey(a), order.sortKey(b)) < 0
		}
	}
	return r
}

// keyColumn is the first column of every section about clients.
const keyColumn = "key"

// ReadSection runs the query of a section on the connection.
func (s *session) ReadSection(ctx context.Context, r Request, cells []sql.Scanner, visit func(Position) error) (err error) {
	args, err := s.arguments(r.Binding)
	if err != nil {
		return err
	}
	query := r.Binding.Query
	if s.textOrder {
		query = inTextOrder(query)
	}
	rows, err := s.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	targets, err := scanTargets(rows, r.Binding, r.Columns, cells)
	if err != nil {
		return err
	}
	for row := 1; rows.Next(); row++ {
		if err := rows.Scan(targets...); err != nil {
			return unexpectedValue(r.Binding.Section, row, err)
		}
		if err := visit(Position{Line: row}); err != nil {
			return err
		}
	}
	return rows.Err()
}

// unexpectedValue is the error of a row that cannot be scanned.
func unexpectedValue(section string, row int, err error) error {
	return &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: row %d: %v; the value does not have the type that section %q expects", section, row, err, section)}
}

// clientClock lists the columns with times by the clock of a client, which may be
// ahead; a report must show that.
var clientClock = map[string]bool{"event_time": true, "started_at": true}

// dropFuture makes dates unknown that are more than a day after the collection: a
// clock was wrong, or day and month of a file were swapped.
func (s *session) dropFuture(cells []cell, columns []binding.Column) {
	if s.now.IsZero() {
		return
	}
	const day = 24 * 60 * 60
	latest := s.now.Unix() + int64(s.offset/time.Second) + day
	for i := range cells {
		c := &cells[i]
		if c.kind == binding.Time && c.known && c.num > latest && (c.unsure || !clientClock[columns[i].Name]) {
			c.known = false
			s.future.add(cells[0].line, columns[i].Name, "%s is later than the collection", time.Unix(c.num, 0).UTC().Format("2006-01-02 15:04:05"))
		}
	}
}

// arguments returns the arguments for the query's parameters.
func (s *session) arguments(b *binding.Binding) ([]any, error) {
	args := make([]any, 0, len(b.Parameters))
	for _, name := range b.Parameters {
		value, ok := b.ParameterValue(name)
		if !ok {
			value, ok = s.params[name]
		}
		if !ok {
			return nil, &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: the query has a parameter @%s, which nscheck has no value for", b.Section, name)}
		}
		args = append(args, sql.Named(name, value))
	}
	return args, nil
}

// ignoredColumn scans a column that is not wanted.
type ignoredColumn struct{}

func (ignoredColumn) Scan(any) error { return nil }

// hidingScanner removes secrets from what the server sent before it scans a cell,
// because the server may echo the password anywhere.
type hidingScanner struct{ sql.Scanner }

func (d hidingScanner) Scan(src any) error {
	switch v := src.(type) {
	case string:
		src = secret.HideIn(v)
	case []byte:
		src = secret.HideBytes(v)
	}
	return d.Scanner.Scan(src)
}

// scanTargets finds the cells of the wanted columns, by name, among those that came.
func scanTargets(rows *sql.Rows, b *binding.Binding, columns []binding.Column, cells []sql.Scanner) ([]any, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	targets := make([]any, len(names))
	for i := range targets {
		targets[i] = ignoredColumn{}
	}
	for i, c := range columns {
		at := -1
		for j, name := range names {
			if strings.EqualFold(name, b.ColumnName(c.Name)) {
				at = j
			}
		}
		if at < 0 && binding.IsOptional(b.Section, c.Name) {
			continue
		}
		if at < 0 {
			return nil, &sectionError{snapshot.Missing, fmt.Sprintf("collect %s: the query returns no column %q; name one of its columns so", b.Section, b.ColumnName(c.Name))}
		}
		targets[at] = cells[i]
	}
	return targets, nil
}

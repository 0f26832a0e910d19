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

// each runs a binding's query and hands over its rows. The cells stand in the
// order of columns and are reused for every row. An error of visit ends the
// reading. It returns the number of rows handed over.
func (s *session) each(ctx context.Context, b *binding.Binding, columns []binding.Column, visit func([]cell) error) (int64, error) {
	conn, err := s.connection(ctx)
	if err != nil {
		return 0, err
	}
	ctx, stop := s.limit(ctx, s.timeout)
	defer stop()
	count, err := s.read(ctx, conn, b, columns, visit)
	return count, because(ctx, err)
}

func (s *session) read(ctx context.Context, conn *sql.Conn, b *binding.Binding, columns []binding.Column, visit func([]cell) error) (count int64, err error) {
	args, err := s.arguments(b)
	if err != nil {
		return 0, err
	}
	query := b.Query
	if s.textOrder {
		query = inTextOrder(query)
	}
	at := new(Position)
	s.file, s.future = "", faults{}
	rows, err := conn.QueryContext(s.withRequest(ctx, b, columns, at), query, args...)
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
		cells[0].line = int(count) + 1
		if at.File != "" {
			s.file, cells[0].line = at.File, at.Line
		}
		s.dropFuture(cells, columns)
		if err := visit(cells); err != nil {
			return count, err
		}
		count++
	}
	return count, rows.Err()
}

// clientClock are the columns whose times are by the clock of a client, which may
// be ahead: that is what they show.
var clientClock = map[string]bool{"event_time": true, "started_at": true}

// dropFuture makes dates unknown that are more than a day after the collection:
// a clock was wrong, or day and month of a file were read the wrong way round.
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

// arguments are the parameters that the query takes.
func (s *session) arguments(b *binding.Binding) ([]any, error) {
	args := make([]any, 0, len(b.Parameters))
	for _, name := range b.Parameters {
		value, ok := b.ParameterValue(name)
		if !ok {
			value, ok = s.params[name]
		}
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

// discreet reads a cell after secrets were taken out of what the server sent: it
// may echo the password anywhere.
type discreet struct{ *cell }

func (d discreet) Scan(src any) error {
	switch v := src.(type) {
	case string:
		src = secret.HideIn(v)
	case []byte:
		src = secret.HideBytes(v)
	}
	return d.cell.Scan(src)
}

// scanTargets finds the wanted columns by name among those that came.
func scanTargets(rows *sql.Rows, b *binding.Binding, columns []binding.Column) ([]cell, []any, error) {
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
		cells[i].kind = c.Kind
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
			return nil, nil, &sectionError{snapshot.Missing, fmt.Sprintf("collect %s: the query returns no column %q; name one of its columns so", b.Section, b.ColumnName(c.Name))}
		}
		targets[at] = discreet{&cells[i]}
	}
	return cells, targets, nil
}

package cmdb

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// clientSection is a section about clients. Its first column is the key, the
// computer's GUID, by which the query orders its rows.
type clientSection struct {
	name    string
	columns []binding.Column
	// begin is called before each reading of the rows, because the rows of one
	// reading say nothing about those of another.
	begin func(*binding.Binding) clientFiller
}

// clientFiller uses the rows of one reading.
type clientFiller struct {
	// keyless, if set, is called for rows without a key.
	keyless func([]cell)
	// observe, if set, is called for every row with a key while it is read.
	observe func([]cell)
	// complete, if set, is called after the last row. It returns an error if the rows
	// cannot be used.
	complete func() error
	// notes, if set, returns notes about all rows.
	notes func() []string
	// faults, if set, has the cells that cannot be used. What they are about is
	// unknown and the section is partial.
	faults *faults
	// fill adds a client's rows, if any, to the client. It need not read all of them.
	fill func(*snapshot.Client, iter.Seq[[]cell])
}

// stream is a client section whose rows have been read.
type stream struct {
	clientSection
	clientFiller
	spool  *spool
	reader *spoolReader
	ended  bool // the reader has no more rows
	loaded bool // the reader holds a row that has not been used
	// last is the key of the newest row. disordered is set if reading ended because a
	// row was out of order.
	last       sortKey
	disordered bool
	// refused is set if all rows came and cannot be used.
	refused bool
	keyed   int64  // rows with a key
	file    string // of the rows; empty for a database
	future  []string
	// limit is the key at which reading stopped early, if it did. Rows of this and
	// later keys may be missing.
	limit *sortKey
}

// streams are the client sections that can be merged. The first is the base,
// which lists the clients; without it there is nothing to merge.
type streams struct {
	order *keyOrder
	list  []*stream
	held  []*spool // of sources with a part, if another was read for the whole
}

func (s *streams) close() (err error) {
	if s == nil {
		return nil
	}
	for _, one := range s.list {
		err = errors.Join(err, one.spool.close())
	}
	for _, spool := range s.held {
		err = errors.Join(err, spool.close())
	}
	return err
}

// clients reads the sections about clients, one after the other.
func (c *collection) clients(ctx context.Context) (*streams, error) {
	all := &streams{}
	order, orderErr := c.commonOrder(ctx)
	if ctx.Err() != nil {
		return all, fmt.Errorf("collect: %w", context.Cause(ctx))
	}
	all.order = order
	for _, section := range c.clientSections() {
		r := &streamReading{collection: c, all: all, orderErr: orderErr, stream: newStream(section, c.options.TempDir)}
		ok, err := c.section(ctx, section.name, r)
		if err != nil || !ok {
			err = errors.Join(err, r.stream.spool.close())
		}
		if err != nil {
			return all, err
		}
		if ok {
			all.list = append(all.list, r.stream)
		}
	}
	return all, nil
}

// streamReading reads one section about clients.
type streamReading struct {
	*collection
	all      *streams
	orderErr error // why the order of rows that a database gives is not known
	stream   *stream
}

func newStream(section clientSection, dir string) *stream {
	return &stream{clientSection: section, spool: newSpool(dir)}
}

func (r *streamReading) attempt(ctx context.Context, b *binding.Binding) (int64, error) {
	if r.orderErr != nil && r.current.Files == nil {
		return 0, r.orderErr
	}
	return r.readStream(ctx, b, r.all.order, r.stream)
}

// keep refuses an answer without rows if there must be some.
func (r *streamReading) finish(rows int64, err error) error {
	if err == nil && r.stream.keyed == 0 {
		if reason := r.doubtClients(r.stream.name, rows); reason != "" {
			return doubtful(r.stream.name, reason)
		}
	}
	return r.stream.finish(rows, err)
}

func (r *streamReading) remark() string { return "" }

func (r *streamReading) notes() []string {
	if r.stream.notes == nil {
		return r.stream.future
	}
	return append(r.stream.notes(), r.stream.future...)
}

func (r *streamReading) setAside() (back func()) {
	held := r.stream
	r.replace(newStream(held.clientSection, r.options.TempDir))
	return func() { r.replace(held) }
}

// replace sets another stream. The one before may be used again, so its rows are kept
// until the run ends.
func (r *streamReading) replace(by *stream) {
	r.all.held = append(r.all.held, r.stream.spool)
	r.stream = by
}

// keyOrder asks the server how it sorts keys. Without an answer no rows about clients
// can be merged, so an error is one of the base section. If the table of the query is
// missing, the query runs without it. If the order is unknown, the server is asked to
// sort by text instead.
func (c *collection) keyOrder(ctx context.Context) (*keyOrder, error) {
	order, err := c.askOrder(ctx)
	if errors.Is(err, errUnknownOrder) {
		c.session.textOrder = true
		if order, err = c.askOrder(ctx); err == nil {
			c.note("the server sorts GUIDs in an unknown order, so rows about clients were sorted by text, which takes longer")
		}
	}
	return order, err
}

func (c *collection) askOrder(ctx context.Context) (*keyOrder, error) {
	binding := c.bindings["key_order"]
	if binding == nil {
		return nil, &sectionError{snapshot.Missing, c.options.Bindings.OrShipped().WhyUnbound("key_order", c.version)}
	}
	c.progress("key_order", 0, "")
	answer, err := c.sortLiterals(ctx, binding)
	if status := statusOf("key_order", err); binding.Origin() == "" && (status == snapshot.Missing || status == snapshot.Denied) {
		why := classify("key_order", err)
		if answer, err = c.sortLiterals(ctx, withoutKeyTable(binding)); err != nil {
			err = why // it is more specific
		}
	}
	c.progress("key_order", int64(len(answer)), statusOf("key_order", err))
	if err != nil {
		return nil, err
	}
	order, err := learnOrder(answer)
	if err != nil {
		return nil, err
	}
	return &order, nil
}

// sortLiterals runs key_order.
func (c *collection) sortLiterals(ctx context.Context, b *binding.Binding) (answer []guid.GUID, err error) {
	_, _, err = c.attempts(ctx, binding.Clients, func() (int64, error) {
		answer = nil
		return c.session.eachRow(ctx, b, []binding.Column{{Name: "key", Kind: binding.GUID}}, func(cells []cell) error {
			answer = append(answer, cells[0].guid)
			return nil
		})
	})
	return answer, err
}

// readStream reads a section into its spool. Rows in another order than the
// server's own end it: the merge would skip rows.
func (c *collection) readStream(ctx context.Context, b *binding.Binding, order *keyOrder, s *stream) (int64, error) {
	if err := s.restart(b, c.options.TempDir); err != nil {
		return 0, &localError{err}
	}
	var rows int64
	var keyless faults
	again := 0 // rows of the computer before this one
	n, err := c.session.eachRow(ctx, b, s.columns, func(cells []cell) error {
		rows++
		if rows%progressEvery == 0 {
			c.progress(s.name, rows, "")
		}
		if !cells[0].known {
			if s.keyless == nil {
				keyless.add(cells[0].line, s.columns[0].Name, "it is empty; every row needs one")
			} else {
				s.keyless(cells)
			}
			return nil
		}
		s.keyed++
		key := order.sortKey(cells[0].guid)
		if rows > 1 && compareKeys(key, s.last) < 0 {
			s.disordered = true
			return &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: row %d is out of order, so rows would be lost; the query must order its rows by key", s.name, rows)}
		}
		if again = countAgain(again, rows > 1 && compareKeys(key, s.last) == 0); again > maxClientRows {
			return &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: computer %s has more than %d rows, which no snapshot can hold", s.name, cells[0].guid, maxClientRows)}
		}
		s.last = key
		if s.observe != nil {
			s.observe(cells)
		}
		if err := s.spool.add(key, cells[1:]); err != nil {
			return &localError{err}
		}
		return nil
	})
	s.file = c.session.file
	s.future = futureNote(s.name, s.file, &c.session.future)
	if err == nil && keyless.count > 0 {
		s.disordered = true // which clients lack these rows is unknown
		err = &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: %s", s.name, keyless.text(s.file))}
	}
	if err == nil && s.complete != nil {
		err = s.complete()
		s.refused = err != nil
	}
	return n, err
}

// maxClientRows bounds what one computer can have of a section, so that it fits
// a line of a snapshot. Real ones have some hundred.
const maxClientRows = 100_000

func countAgain(n int, same bool) int {
	if same {
		return n + 1
	}
	return 0
}

// restart drops the rows of an earlier attempt or of another source.
func (s *stream) restart(b *binding.Binding, dir string) error {
	s.clientFiller = s.begin(b)
	s.last, s.disordered, s.refused, s.keyed = sortKey{}, false, false, 0
	err := s.spool.close()
	s.spool = newSpool(dir)
	return err
}

// keptNote is part of the message about rows that are used.
const keptNote = ", which are kept"

// finish prepares the rows for the merge. If reading stopped after some rows, these
// are kept and the section is partial. Rows that are out of order are dropped.
func (s *stream) finish(rows int64, err error) error {
	var local *localError
	if err != nil && (s.disordered || s.refused || rows == 0 || errors.As(err, &local)) {
		return err
	}
	reader, rewindErr := s.spool.rewind(s.columns[1:])
	if rewindErr != nil {
		return &localError{rewindErr}
	}
	s.reader = reader
	if err != nil {
		s.limit = &s.last
		err = &sectionError{snapshot.Partial, fmt.Sprintf("%s (after %d rows%s)", classify(s.name, err).message, rows, keptNote)}
	}
	return joinPartial(s.name, err, s.faults.partial(s.name, s.file))
}

package cmdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// reader is one of the sources of a run, with its session.
type reader struct {
	Database
	session *session
}

// binding returns the binding of a section for the source that is being read. Files
// have the columns and values of the shipped binding, whatever the user binds in the
// database. Without a binding there is an error with the reason.
func (c *collection) binding(section string) (*binding.Binding, error) {
	if c.current.Files != nil {
		return binding.Shipped()[section], nil
	}
	if b := c.bindings[section]; b != nil {
		return b, nil
	}
	return nil, &sectionError{snapshot.Missing, c.options.Bindings.OrShipped().WhyUnbound(section, c.version)}
}

// prepare opens a session for each source, in the order in which they are read.
func (c *collection) prepare() {
	main := c.source
	if main.Name == "" {
		main.Name = c.options.SourceName
	}
	all := append(append([]Database{}, c.options.Before...), main)
	all = append(all, c.options.After...)
	for i, source := range all {
		s := &session{
			db: source.DB, files: source.Files, timeout: c.options.StatementTimeout, afterFunc: c.options.AfterFunc, params: c.session.params,
			offset: c.source.UTCOffset, tempDir: c.options.TempDir,
		}
		if i == len(c.options.Before) {
			c.session.offset, c.session.tempDir = s.offset, s.tempDir
			s = c.session
		}
		c.readers = append(c.readers, &reader{source, s})
	}
	c.main = c.readers[len(c.options.Before)]
	c.current = c.main
}

// useReader makes a source the one that is read.
func (c *collection) useReader(r *reader) { c.current, c.session = r, r.session }

// closeAll ends all sessions.
func (c *collection) closeAll() {
	for _, r := range c.readers {
		r.session.close()
	}
}

// outcome is the result of reading a section from one source.
type outcome struct {
	source *reader
	rows   int64
	tries  int
	err    error
	why    *sectionError // the meaning of the error, if it does not end the run
	back   func()        // restores the part of the section, if there is one
}

// rank orders outcomes that are not the whole section: a part of it, an error of a
// source that has it, a source that does not have it at all.
func (o *outcome) rank(section string) int {
	switch {
	case usable(o.why.status):
		return 2
	case o.source.Has == nil || o.source.Has(section):
		return 1
	}
	return 0
}

// readFromSources reads a section from the first source that has the whole of it and
// records that source in the entry. Otherwise it uses the first source with a
// part of the section, or else the error of the first that has it at all. The entry's
// note has what the other sources reported.
func (c *collection) readFromSources(ctx context.Context, entry *snapshot.Section, r sectionReading) (rows int64, tries int, err error) {
	defer c.useReader(c.main)
	var outcomes []*outcome
	var best *outcome
	for i, source := range c.readers {
		c.useReader(source)
		o := c.readFrom(ctx, entry.Name, r)
		if o.err == nil || c.endsRun(ctx, o.err) {
			c.setOrigin(entry, source, append(notesOf(entry.Name, outcomes), c.otherSources(entry.Name, i)...))
			return o.rows, o.tries, o.err
		}
		o.why = classify(entry.Name, o.err)
		if usable(o.why.status) {
			o.back = r.setAside()
		}
		outcomes = append(outcomes, o)
		if best == nil || o.rank(entry.Name) > best.rank(entry.Name) {
			best = o
		}
	}
	if best.back != nil {
		best.back()
	}
	c.setOrigin(entry, best.source, notesOf(entry.Name, slices.DeleteFunc(outcomes, func(o *outcome) bool { return o == best })))
	return best.rows, best.tries, best.why
}

// notesOf returns what sources reported that did not provide the section.
func notesOf(section string, outcomes []*outcome) []string {
	var notes []string
	for _, o := range outcomes {
		message := strings.TrimPrefix(o.why.message, "collect "+section+": ")
		notes = append(notes, fmt.Sprintf("%s: %s: %s", o.source.Name, o.why.status, strings.Replace(message, keptNote, "", 1)))
	}
	return notes
}

// readFrom reads a section from the current source, with retries.
func (c *collection) readFrom(ctx context.Context, section string, r sectionReading) *outcome {
	o := &outcome{source: c.current, tries: 1}
	binding, err := c.binding(section)
	if err != nil {
		o.err = err
		return o
	}
	o.rows, o.tries, o.err = c.attempts(ctx, section, func() (int64, error) { return r.attempt(ctx, binding) })
	if ctx.Err() == nil {
		o.err = r.finish(o.rows, o.err)
	}
	return o
}

// endsRun reports whether an error ends the whole run, whatever other sources have.
func (c *collection) endsRun(ctx context.Context, err error) bool {
	var local *localError
	return ctx.Err() != nil || errors.As(err, &local)
}

// setOrigin records in the entry where its section came from. The text of a query has
// no meaning for rows from a file.
func (c *collection) setOrigin(entry *snapshot.Section, r *reader, notes []string) {
	if c.options.SourceName != "" || r.Files != nil {
		entry.Source = r.Name
	}
	entry.QuerySHA256, entry.Evidence, entry.Binding = "", "", ""
	if b := c.bindings[entry.Name]; b != nil && r.Files == nil {
		entry.QuerySHA256, entry.Evidence, entry.Binding = b.SHA256(), b.Evidence(), b.Origin()
	}
	entry.Note = strings.Join(notes, "; ")
}

// otherSources lists the sources that have a section that an earlier one provided.
func (c *collection) otherSources(section string, used int) []string {
	var notes []string
	for _, r := range c.readers[used+1:] {
		switch {
		case r.Has == nil:
			notes = append(notes, r.Name+" was not asked")
		case r.Has(section):
			notes = append(notes, r.Name+" has it too and was not used")
		}
	}
	return notes
}

// textOrder is the order of the text of GUIDs.
var textOrder = keyOrder{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// commonOrder returns the order in which all sources return their rows about clients:
// that of the database, if there is one; files are sorted to match. If the order of
// the database is unknown, files can still be read.
func (c *collection) commonOrder(ctx context.Context) (*keyOrder, error) {
	defer c.useReader(c.main)
	order := &textOrder
	var failure error
	for _, r := range c.readers {
		if r.Files != nil {
			continue
		}
		c.useReader(r)
		learnt, err := c.keyOrder(ctx)
		if err != nil {
			failure = err
			continue
		}
		order = learnt
	}
	for _, r := range c.readers {
		r.session.order = order
	}
	return order, failure
}

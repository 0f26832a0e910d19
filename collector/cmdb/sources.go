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

// binding says how a section is had from the source that is being asked. What
// is kept in files has the columns and values of the shipped binding, whatever
// the user binds in the database. Without a binding there is a reason.
func (c *collection) binding(section string) (*binding.Binding, error) {
	if c.current.Files != nil {
		return binding.Shipped()[section], nil
	}
	if b := c.bindings[section]; b != nil {
		return b, nil
	}
	return nil, &sectionError{snapshot.Missing, c.options.Bindings.OrShipped().WhyUnbound(section, c.version)}
}

// prepare opens a session for each source, in the order in which they are
// asked for a section.
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

// use makes a source the one that statements run on.
func (c *collection) use(r *reader) { c.current, c.session = r, r.session }

// closeAll ends all sessions.
func (c *collection) closeAll() {
	for _, r := range c.readers {
		r.session.close()
	}
}

// outcome is what one source had to give of a section.
type outcome struct {
	source *reader
	rows   int64
	tries  int
	err    error
	why    *sectionError // what the error means, where it does not end the run
	back   func()        // makes a part of the section what was read, where it is one
}

// worth orders outcomes that are not the whole section: a part of it, an error of
// a source that has it, a source that does not have it at all.
func (o *outcome) worth(section string) int {
	switch {
	case usable(o.why.status):
		return 2
	case o.source.Has == nil || o.source.Has(section):
		return 1
	}
	return 0
}

// ask reads a section from the first source that can give the whole of it and
// says in the entry which that was. Where none can, it takes what the first
// source has that gives a part, and else the error of the first that has it at
// all. What the others had to say is in the entry's note.
func (c *collection) ask(ctx context.Context, entry *snapshot.Section, r reading) (rows int64, tries int, err error) {
	defer c.use(c.main)
	var outcomes []*outcome
	var best *outcome
	for i, source := range c.readers {
		c.use(source)
		o := c.readFrom(ctx, entry.Name, r)
		if o.err == nil || c.mustEnd(ctx, o.err) {
			c.credit(entry, source, append(told(entry.Name, outcomes), c.others(entry.Name, i)...))
			return o.rows, o.tries, o.err
		}
		o.why = classify(entry.Name, o.err)
		if usable(o.why.status) {
			o.back = r.hold()
		}
		outcomes = append(outcomes, o)
		if best == nil || o.worth(entry.Name) > best.worth(entry.Name) {
			best = o
		}
	}
	if best.back != nil {
		best.back()
	}
	c.credit(entry, best.source, told(entry.Name, slices.DeleteFunc(outcomes, func(o *outcome) bool { return o == best })))
	return best.rows, best.tries, best.why
}

// told says what sources had to say that are not the one that gave the section.
func told(section string, outcomes []*outcome) []string {
	var notes []string
	for _, o := range outcomes {
		message := strings.TrimPrefix(o.why.message, "collect "+section+": ")
		notes = append(notes, fmt.Sprintf("%s: %s: %s", o.source.Name, o.why.status, strings.Replace(message, andKept, "", 1)))
	}
	return notes
}

// readFrom reads a section from the source that is being asked, as often as is
// worth it.
func (c *collection) readFrom(ctx context.Context, section string, r reading) *outcome {
	o := &outcome{source: c.current, tries: 1}
	binding, err := c.binding(section)
	if err != nil {
		o.err = err
		return o
	}
	o.rows, o.tries, o.err = c.attempts(ctx, section, func() (int64, error) { return r.attempt(ctx, binding) })
	if ctx.Err() == nil {
		o.err = r.keep(o.rows, o.err)
	}
	return o
}

// mustEnd says whether an error ends the whole run, whatever other sources have.
func (c *collection) mustEnd(ctx context.Context, err error) bool {
	var local *localError
	return ctx.Err() != nil || errors.As(err, &local)
}

// credit writes into the entry where its section came from. The text of a
// query says nothing about rows that were kept in a file.
func (c *collection) credit(entry *snapshot.Section, r *reader, notes []string) {
	if c.options.SourceName != "" || r.Files != nil {
		entry.Source = r.Name
	}
	entry.QuerySHA256, entry.Evidence, entry.Binding = "", "", ""
	if b := c.bindings[entry.Name]; b != nil && r.Files == nil {
		entry.QuerySHA256, entry.Evidence, entry.Binding = b.SHA256(), b.Evidence(), b.Origin()
	}
	entry.Note = strings.Join(notes, "; ")
}

// others says which sources have a section that an earlier one gave.
func (c *collection) others(section string, used int) []string {
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

// natural is the order of the text of GUIDs.
var natural = keyOrder{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// commonOrder is the order in which all sources give their rows about clients:
// that of the database, where one is among them; files are sorted to it. Where
// the database does not tell, files can still be read.
func (c *collection) commonOrder(ctx context.Context) (*keyOrder, error) {
	defer c.use(c.main)
	order := &natural
	var failure error
	for _, r := range c.readers {
		if r.Files != nil {
			continue
		}
		c.use(r)
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

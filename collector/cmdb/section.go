package cmdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/snapshot"
)

// reading is how one section is read.
type reading interface {
	// attempt reads it from the start, as often as needed.
	attempt(ctx context.Context, b *binding.Binding) (rows int64, err error)
	// keep ends the attempts at one source. What was read until the last broke
	// off may be of use; then the error becomes less of one.
	keep(rows int64, err error) error
	// hold sets aside what was kept while another source is asked; back makes
	// it what was read again.
	hold() (back func())
	// notes tells what else is to be known of what was read.
	notes() []string
	// remark is for the section's own note; empty if there is none.
	remark() string
}

// section reads one section and records how it went. Only an error that must
// end the whole run is returned; ok says whether the section can be used.
func (c *collection) section(ctx context.Context, name string, r reading) (ok bool, err error) {
	entry := snapshot.Section{Name: name, Status: snapshot.Collected}
	c.credit(&entry, c.main, nil)
	start, tries := c.source.Clock(), 1
	if by := c.blocker(name); by != nil {
		entry.Status = by.Status
		entry.Error = fmt.Sprintf("collect %s: not read, because section %q was not collected", name, by.Name)
	} else {
		c.progress(name, 0, "")
		entry.Rows, tries, err = c.ask(ctx, &entry, r)
		c.progress(name, entry.Rows, statusOf(name, err))
	}
	if ctx.Err() != nil {
		return false, fmt.Errorf("collect %s: %w", name, context.Cause(ctx))
	}
	var local *localError
	if errors.As(err, &local) {
		return false, fmt.Errorf("collect %s: %w", name, local.error)
	}
	if err != nil {
		why := classify(name, err)
		entry.Status, entry.Error = why.status, secret.Hide(why.message)
	} else if tries > 1 {
		c.note("section %q was read at attempt %d", name, tries)
	}
	if usable(entry.Status) {
		for _, note := range r.notes() {
			c.note("%s", note)
		}
		if remark := r.remark(); remark != "" {
			entry.Note = strings.Join(slices.DeleteFunc([]string{entry.Note, remark}, func(s string) bool { return s == "" }), "; ")
		}
	}
	entry.DurationMS = c.source.Clock().Sub(start).Milliseconds()
	c.manifest.Sections = append(c.manifest.Sections, entry)
	return usable(entry.Status), nil
}

// usable says whether a section of that status holds something.
func usable(status snapshot.Status) bool {
	return status == snapshot.Collected || status == snapshot.Partial
}

// blocker is the section without which this one is of no use, where that one
// could not be had.
func (c *collection) blocker(name string) *snapshot.Section {
	above := binding.Parent(name)
	for i := range c.manifest.Sections {
		entry := &c.manifest.Sections[i]
		if entry.Name == above && !usable(entry.Status) {
			return entry
		}
	}
	return nil
}

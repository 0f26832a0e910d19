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

// sectionReading reads one section.
type sectionReading interface {
	// attempt reads it from the start. It may be called again.
	attempt(ctx context.Context, b *binding.Binding) (rows int64, err error)
	// finish ends the attempts at one source. Rows that were read before a fault may
	// be of use; then the error becomes a lesser one.
	finish(rows int64, err error) error
	// setAside sets the rows aside while another source is read. back restores them.
	setAside() (back func())
	// notes returns notes about the rows.
	notes() []string
	// remark returns the section's own note, or an empty text.
	remark() string
}

// section reads one section and records the result. It only returns an error that
// must end the whole run; ok reports whether the section can be used.
func (c *collection) section(ctx context.Context, name string, r sectionReading) (ok bool, err error) {
	entry := snapshot.Section{Name: name, Status: snapshot.Collected}
	c.setOrigin(&entry, c.main, nil)
	start, tries := c.source.Clock(), 1
	if by := c.blockingSection(name); by != nil {
		entry.Status = by.Status
		entry.Error = fmt.Sprintf("collect %s: not read, because section %q was not collected", name, by.Name)
	} else {
		c.progress(name, 0, "")
		entry.Rows, tries, err = c.readFromSources(ctx, &entry, r)
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

// usable reports whether a section of that status has content.
func usable(status snapshot.Status) bool {
	return status == snapshot.Collected || status == snapshot.Partial
}

// blockingSection returns the section that this one depends on, if that one could not
// be read.
func (c *collection) blockingSection(name string) *snapshot.Section {
	above := binding.Parent(name)
	for i := range c.manifest.Sections {
		entry := &c.manifest.Sections[i]
		if entry.Name == above && !usable(entry.Status) {
			return entry
		}
	}
	return nil
}

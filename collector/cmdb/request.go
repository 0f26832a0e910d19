package cmdb

import (
	"context"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// Request says what a statement is for. It travels in the statement's context,
// for drivers that run no SQL but hold a section's rows some other way.
type Request struct {
	// Section is the name of the section, as in the manifest.
	Section string
	// Columns are those that are wanted; others are passed over.
	Columns []binding.Column
	// Less is the order in which rows about clients must come, by the GUID in
	// their first column; nil where any order does.
	Less func(a, b [16]byte) bool
	// UTCOffset is the local time in which times must be given.
	UTCOffset time.Duration
	// Position, where given, is set by a driver of files with every row.
	Position *Position
	// TempDir is where rows may be kept meanwhile; empty means the system's
	// directory for temporary files.
	TempDir string
}

type requestKey struct{}

// RequestFrom returns what the statement of this context is for.
func RequestFrom(ctx context.Context) (Request, bool) {
	r, ok := ctx.Value(requestKey{}).(Request)
	return r, ok
}

// withRequest describes a statement to the driver.
func (s *session) withRequest(ctx context.Context, b *binding.Binding, columns []binding.Column, at *Position) context.Context {
	r := Request{Section: b.Section, Columns: columns, UTCOffset: s.offset, Position: at, TempDir: s.tempDir}
	if order := s.order; order != nil && len(columns) > 0 && columns[0].Name == keyColumn {
		r.Less = func(a, b [16]byte) bool {
			return compareKeys(order.sortKey(a), order.sortKey(b)) < 0
		}
	}
	return context.WithValue(ctx, requestKey{}, r)
}

// keyColumn is the first column of every section about clients.
const keyColumn = "key"

// UnsureTime is a time that lies after the collection only because of how a
// setting of the source told its day and month apart.
type UnsureTime time.Time

// Unreadable is an error of a driver that knows what it means for the section
// that it came from.
type Unreadable interface {
	error
	// SectionStatus is what the manifest says of the section.
	SectionStatus() snapshot.Status
}

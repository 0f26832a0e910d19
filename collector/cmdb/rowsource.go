package cmdb

import (
	"context"
	"database/sql"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// RowSource reads the rows of sections. A session on a database is one, a folder of
// CSV files is another.
type RowSource interface {
	// ReadSection scans the rows of a section, one after another, into cells and
	// calls visit after each. There is a cell for each column of the request, in the
	// same order. It returns an error of visit as it is.
	ReadSection(ctx context.Context, r Request, cells []sql.Scanner, visit func(Position) error) error
}

// Request describes the rows that are wanted.
type Request struct {
	// Binding has the name of the section, and the query for a database.
	Binding *binding.Binding
	// Columns are those that are wanted; others are ignored.
	Columns []binding.Column
	// Less is the order of rows about clients, by the GUID in their first column. It
	// is nil if any order will do. The query of a database has its own order.
	Less func(a, b [16]byte) bool
	// UTCOffset is the offset from UTC of the local time of all times.
	UTCOffset time.Duration
	// TempDir is the directory for rows that do not fit into memory; empty means the
	// system's directory for temporary files.
	TempDir string
}

// Position is the place of a row.
type Position struct {
	File string // empty for the rows of a database
	Line int    // in the file, or the number of the row in the answer
}

// UnsureTime is a time after the collection that would be before it if a setting of
// the source had not decided the order of its day and month.
type UnsureTime time.Time

// Unreadable is an error of a source with the status of the section that it came
// from.
type Unreadable interface {
	error
	// SectionStatus returns the section's status in the manifest.
	SectionStatus() snapshot.Status
}

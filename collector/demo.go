package collector

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/snapshot"
)

// demo is the built-in estate: an in-memory SQLite database that is read with the
// queries that run on SQL Server. Its clock is fixed.
type demo struct{ db *sql.DB }

// renamedDemo is the variant of the built-in estate for learning how to write
// bindings.
const renamedDemo = "renamed"

// openDemo opens the built-in estate: "" as it is, or "renamed" with what is
// known about sites in other tables than those that the shipped bindings read.
func openDemo(ctx context.Context, variant string) (Source, error) {
	open := fixtures.Open
	switch variant {
	case "":
	case renamedDemo:
		open = fixtures.OpenRenamed
	default:
		return nil, fmt.Errorf("open source %q: nothing but renamed may follow demo: in it", Demo+variant)
	}
	db, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return &demo{db}, nil
}

func (d *demo) Collect(ctx context.Context, sink Sink, options Options) (*snapshot.Manifest, error) {
	return cmdb.Collect(ctx, d.database(), sink, options)
}

func (d *demo) database() cmdb.Database {
	return cmdb.Database{
		DB: d.db,
		Origin: snapshot.Origin{
			Kind:     "demo",
			Server:   fixtures.Server(),
			Database: fixtures.Database(),
		},
		Now:       fixtures.Now(),
		UTCOffset: fixtures.UTCOffset(),
		Clock:     func() time.Time { return fixtures.Now() },
	}
}

func (d *demo) Close() error { return d.db.Close() }

// Package cmdb reads a CMDB through database/sql: SQL Server, or the fixture in
// SQLite, with the same queries. It also reads CSV files through a RowSource. It
// writes a manifest, an estate and clients to a sink, in this order.
//
// Package binding has the queries and the columns of each section. Queries run one
// after another on one connection. Sections about clients are ordered by the
// computers' GUIDs and are kept compressed in temporary files. When all have been
// read they are merged, client by client, so that no step holds more than one client
// and the manifest, which comes first, has the status of each section. A section that
// cannot be read is recorded in the manifest and left out; the others continue.
package cmdb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/snapshot"
)

// Database is a CMDB to be read.
type Database struct {
	// DB runs the queries.
	DB *sql.DB
	// Origin describes the database in the manifest.
	Origin snapshot.Origin
	// Now is the source's clock when reading begins.
	Now time.Time
	// UTCOffset is the offset from UTC of the server's local time, which all times in
	// a CMDB are in. One offset is used for all of them; a time from the other half
	// of the year may be an hour off.
	UTCOffset time.Duration
	// Name identifies the source in the manifest if there are several.
	Name string
	// Files, if set, is read instead of DB. It returns rows in any order and needs no
	// query.
	Files RowSource
	// Has, if set, reports whether the source has a section at all.
	Has func(section string) bool
	// Clock measures the duration of sections; nil means the machine's clock.
	Clock func() time.Time
	// SQLServer is set for a SQL Server. Now, UTCOffset and the isolation level of
	// Origin are then queried from the server, and the session limits its effect on
	// other users of the database.
	SQLServer bool
}

// Options of a collection.
type Options struct {
	// ToolVersion is nscheck's version, for the manifest.
	ToolVersion string
	// Product is the name or GUID of the licensed product, with % for any
	// text; empty means Patch Management.
	Product string
	// StatementTimeout limits each statement; 0 means no limit.
	StatementTimeout time.Duration
	// Pause waits between attempts to read a section; nil means a timer. It returns
	// an error as soon as ctx ends.
	Pause func(ctx context.Context, d time.Duration) error
	// AfterFunc sets a statement's deadline; nil means time.AfterFunc.
	AfterFunc func(d time.Duration, f func()) (stop func() bool)
	// Bindings of the sections; nil means the shipped ones.
	Bindings *binding.Set
	// TempDir is the directory for rows until all sections have been read; empty
	// means the system's directory for temporary files. The files contain what the
	// snapshot contains and are readable by their owner only.
	TempDir string
	// SourceName names a source that has no name of its own. It is set if there are
	// several sources.
	SourceName string
	// Before and After are further sources, which are read before and after the main
	// one. The first source that has a whole section provides it.
	Before, After []Database
	// Progress, if set, is called while a section is read, with the number of rows so
	// far and an empty status, and once at its end with its status. For the section
	// "merge" it counts the clients written.
	Progress func(section string, rows int64, status snapshot.Status)
}

// DefaultProduct is the product that patch clients hold licences of.
const DefaultProduct = "Altiris Patch Management Solution"

// Sink receives the parts of a snapshot in order. snapshot.Writer is one.
type Sink interface {
	WriteManifest(*snapshot.Manifest) error
	WriteEstate(*snapshot.Estate) error
	WriteClient(*snapshot.Client) error
}

// collection is one run.
type collection struct {
	source   Database
	options  Options
	bindings map[string]*binding.Binding // for the server's version
	version  string                      // the server's; empty until it is known
	session  *session                    // of the source that is being asked
	readers  []*reader
	main     *reader
	current  *reader
	calendar calendar
	built    *estateBuilder // the estate, once it has been read
	manifest *snapshot.Manifest
}

// Collect reads everything and writes it to the sink, which the caller closes. It
// returns the manifest that it wrote. It fails if nothing can be read from the
// database at all, if ctx ends, or if the sink or temporary files fail. A section
// that cannot be read is not a failure.
func Collect(ctx context.Context, source Database, sink Sink, options Options) (*snapshot.Manifest, error) {
	c := newCollection(source, options)
	defer c.closeAll()
	if err := c.run(ctx, sink); err != nil {
		return nil, err
	}
	return c.manifest, nil
}

func newCollection(source Database, options Options) *collection {
	if source.Clock == nil {
		source.Clock = time.Now
	}
	if options.Pause == nil {
		options.Pause = pause
	}
	if options.AfterFunc == nil {
		options.AfterFunc = func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
	}
	c := &collection{
		source:   source,
		options:  options,
		bindings: options.Bindings.OrShipped().Choose(""),
		manifest: &snapshot.Manifest{
			Format:   snapshot.FormatVersion,
			Tool:     options.ToolVersion,
			Source:   source.Origin,
			Sections: []snapshot.Section{},
		},
		session: &session{
			db:        source.DB,
			files:     source.Files,
			timeout:   options.StatementTimeout,
			afterFunc: options.AfterFunc,
			params: map[string]any{
				"product":  cmp.Or(options.Product, DefaultProduct),
				"database": source.Origin.Database,
			},
		},
	}
	if source.SQLServer {
		c.session.options = &sessionOptions{note: c.note}
	}
	c.prepare()
	return c
}

func (c *collection) run(ctx context.Context, sink Sink) (err error) {
	if err := c.start(ctx); err != nil {
		return err
	}
	estate, err := c.estate(ctx)
	if err != nil {
		return err
	}
	streams, err := c.clients(ctx)
	defer func() { err = errors.Join(err, streams.close()) }()
	if err != nil {
		return err
	}
	if g := c.main.session.options; g != nil {
		c.manifest.Source.Isolation = g.level.String()
	}
	if ended := c.main.session.ended; ended != nil && !slices.ContainsFunc(c.manifest.Sections, func(s snapshot.Section) bool { return usable(s.Status) }) {
		return fmt.Errorf("collect: nothing could be read: %w", ended)
	}
	c.closeAll() // the databases have done their part
	c.conform(estate)
	if err := sink.WriteManifest(c.manifest); err != nil {
		return err
	}
	if err := sink.WriteEstate(estate); err != nil {
		return err
	}
	return c.merge(ctx, streams, sink)
}

// start connects and sets the calendar.
func (c *collection) start(ctx context.Context) error {
	if c.source.Files == nil {
		if _, err := c.session.connection(ctx); err != nil {
			return fmt.Errorf("collect: %w", causeOf(ctx, err))
		}
	}
	if c.source.SQLServer {
		c.progress("server", 0, "")
		if _, _, err := c.attempts(ctx, "server", func() (int64, error) { return 0, c.askTime(ctx) }); err != nil {
			return fmt.Errorf("collect: ask the server for its time: %w", causeOf(ctx, err))
		}
	}
	c.calendar = calendar{now: c.source.Now, offset: c.source.UTCOffset}
	for _, r := range c.readers {
		r.session.offset, r.session.now = c.source.UTCOffset, c.source.Now
	}
	offset := int(c.source.UTCOffset / time.Minute)
	c.manifest.Source.UTCOffsetMinutes = &offset
	c.manifest.CollectedAt = snapshot.Time{Time: c.source.Now.UTC().Truncate(time.Second)}
	return nil
}

// askTime reads the server's clock and its offset from UTC, because a CMDB's times
// are in the server's local time.
func (c *collection) askTime(ctx context.Context) error {
	conn, err := c.session.connection(ctx)
	if err != nil {
		return err
	}
	ctx, stop := c.session.withTimeout(ctx, c.session.timeout)
	defer stop()
	if err := conn.QueryRowContext(ctx, "SELECT SYSDATETIMEOFFSET()").Scan(&c.source.Now); err != nil {
		return causeOf(ctx, err)
	}
	_, seconds := c.source.Now.Zone()
	c.source.UTCOffset = time.Duration(seconds) * time.Second
	return nil
}

// note adds a note about reading the source to the manifest.
func (c *collection) note(format string, args ...any) {
	if text := secret.HideIn(fmt.Sprintf(format, args...)); !slices.Contains(c.manifest.Source.Notes, text) {
		c.manifest.Source.Notes = append(c.manifest.Source.Notes, text)
	}
}

func (c *collection) progress(section string, rows int64, status snapshot.Status) {
	if c.options.Progress != nil {
		c.options.Progress(section, rows, status)
	}
}

// progressEvery is the number of rows between two reports of progress.
const progressEvery = 1000

// localError is a fault on this side, such as a full disk. It ends the run, because
// the database is not the cause and other sections would fail the same way.
type localError struct{ error }

// Package cmdb reads a CMDB through database/sql: SQL Server, or the fixture in
// SQLite, with the same statements. What goes in is a connection and bindings
// (queries/*.sql: one plain SELECT for each section or field of a snapshot, with
// what it relies on and how well that is known in its head comment). What comes
// out is a manifest, an estate and clients, in this order.
//
// Statements run one after another on one connection. Sections about clients
// come in the order of the computers' GUIDs and are kept compressed in temporary
// files; when all have been read they are merged, client by client, so that no
// step holds more than one client and the manifest, which comes first, knows
// how each section ended. A section that cannot be read is recorded in the
// manifest and left out; the others go on.
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
	// DB is where the statements run.
	DB *sql.DB
	// Origin is what the manifest says about it.
	Origin snapshot.Origin
	// Now is the source's clock when reading begins.
	Now time.Time
	// UTCOffset is the difference between the server's local time, in which a
	// CMDB's times stand, and UTC. It is taken as the same for all of them; a
	// time from the other half of the year may be an hour off.
	UTCOffset time.Duration
	// Name is what the manifest calls the source where there are several.
	Name string
	// Files gives the rows instead of DB if they are in files: in any order that is
	// asked for, and without a query.
	Files RowSource
	// Has, where given, says whether the source has a section at all.
	Has func(section string) bool
	// Clock measures how long sections take; nil means the machine's.
	Clock func() time.Time
	// SQLServer says that it is one. Then Now, UTCOffset and the isolation
	// level of Origin are asked of the server, and the session behaves as a
	// guest on a database that others work with.
	SQLServer bool
}

// Options are the choices of whoever collects.
type Options struct {
	// ToolVersion is nscheck's version, for the manifest.
	ToolVersion string
	// Product is the name or GUID of the licensed product, with % for any
	// text; empty means Patch Management.
	Product string
	// StatementTimeout limits each statement; 0 means no limit.
	StatementTimeout time.Duration
	// Pause waits between attempts to read a section; nil means a timer. It
	// ends early, with an error, where the context does.
	Pause func(ctx context.Context, d time.Duration) error
	// AfterFunc sets a statement's deadline; nil means time.AfterFunc.
	AfterFunc func(d time.Duration, f func()) (stop func() bool)
	// Bindings say what fills each section; nil means the shipped ones.
	Bindings *binding.Set
	// TempDir is where rows are kept until all sections have been read; empty
	// means the system's directory for temporary files. Files there hold what
	// the snapshot holds, readable by their owner only.
	TempDir string
	// SourceName is the name of a source that has none of its own. It is
	// given where there are several sources to be told apart.
	SourceName string
	// Before and After are further sources, asked for a section before and
	// after the one that is collected from. The first that can give the whole
	// of it does.
	Before, After []Database
	// Progress, where given, is told while a section is read how many rows
	// have come, with an empty status, and once more at its end with the one
	// that it ended with. For the section "merge" it counts clients written.
	Progress func(section string, rows int64, status snapshot.Status)
}

// DefaultProduct is the product whose licences patch clients hold.
const DefaultProduct = "Altiris Patch Management Solution"

// Sink takes the parts of a snapshot in their order. snapshot.Writer is one.
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

// Collect reads everything and writes it to the sink, which the caller closes.
// It returns the manifest that it wrote. It fails where nothing can be had from
// the database at all, where ctx ends, and where sink or temporary files fail; a
// section that cannot be read is no failure.
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
		c.session.guest = &guest{note: c.note}
	}
	c.prepare()
	return c
}

func (c *collection) run(ctx context.Context, sink Sink) (err error) {
	if err := c.begin(ctx); err != nil {
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
	if g := c.main.session.guest; g != nil {
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

// begin connects and sets the calendar.
func (c *collection) begin(ctx context.Context) error {
	if c.source.Files == nil {
		if _, err := c.session.connection(ctx); err != nil {
			return fmt.Errorf("collect: %w", because(ctx, err))
		}
	}
	if c.source.SQLServer {
		c.progress("server", 0, "")
		if _, _, err := c.attempts(ctx, "server", func() (int64, error) { return 0, c.askTime(ctx) }); err != nil {
			return fmt.Errorf("collect: ask the server for its time: %w", because(ctx, err))
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

// askTime asks the server for its clock and its offset from UTC: a CMDB's times
// are the server's local time.
func (c *collection) askTime(ctx context.Context) error {
	conn, err := c.session.connection(ctx)
	if err != nil {
		return err
	}
	ctx, stop := c.session.limit(ctx, c.session.timeout)
	defer stop()
	if err := conn.QueryRowContext(ctx, "SELECT SYSDATETIMEOFFSET()").Scan(&c.source.Now); err != nil {
		return because(ctx, err)
	}
	_, seconds := c.source.Now.Zone()
	c.source.UTCOffset = time.Duration(seconds) * time.Second
	return nil
}

// note adds to what the manifest tells about how the source was read.
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

// localError is a fault on this side, such as a full disk. It ends the run: the
// database is not to blame, and other sections would fail the same way.
type localError struct{ error }

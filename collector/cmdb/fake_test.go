package cmdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

// fakeServer answers the query of a section with rows that a test gives, and
// breaks as it says. It stands for what a SQL Server does beyond what SQLite can
// show: its order of GUIDs, its bytes of a GUID, its errors in mid-stream.
type fakeServer struct {
	mu       sync.Mutex
	sections map[string]answer
	open     int // connections
	opened   int
	rows     int // result sets that are open
	most     int // most result sets open at once
}

// answer is a result set, and what comes after its rows.
type answer struct {
	columns []string
	rows    [][]driver.Value
	err     error         // when the query is sent
	after   error         // instead of the end of the rows
	stall   time.Duration // before the query is answered
	broken  bool          // whether the connection is lost with the error
	then    *answer       // to the second query, where it is another
}

func (f *fakeServer) Connect(context.Context) (driver.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open++
	f.opened++
	return &fakeConn{server: f}, nil
}

func (f *fakeServer) Driver() driver.Driver { return nil }

type fakeConn struct {
	server *fakeServer
	lost   bool
}

func (c *fakeConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not asked for") }
func (c *fakeConn) Begin() (driver.Tx, error)           { return nil, errors.New("not asked for") }
func (c *fakeConn) IsValid() bool                       { return !c.lost }
func (c *fakeConn) Ping(context.Context) error {
	if c.lost {
		return driver.ErrBadConn
	}
	return nil
}

func (c *fakeConn) Close() error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.open--
	return nil
}

func (c *fakeConn) QueryContext(ctx context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	section := strings.TrimPrefix(strings.SplitN(query, "\n", 2)[0], "-- section: ")
	a, ok := c.server.sections[section]
	if !ok {
		return nil, mssqlError{invalidObject, "Invalid object name 'dbo.nothing'."}
	}
	if a.then != nil {
		c.server.sections[section] = *a.then
	}
	if a.stall > 0 {
		select {
		case <-ctx.Done():
			return nil, errors.New("mssql: the statement was cancelled")
		case <-time.After(a.stall):
		}
	}
	if a.err != nil {
		c.lost = a.broken
		return nil, a.err
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.rows++
	c.server.most = max(c.server.most, c.server.rows)
	return &fakeRows{conn: c, answer: a}, nil
}

type fakeRows struct {
	conn *fakeConn
	answer
	next int
}

func (r *fakeRows) Columns() []string { return r.columns }

func (r *fakeRows) Close() error {
	r.conn.server.mu.Lock()
	defer r.conn.server.mu.Unlock()
	r.conn.server.rows--
	return nil
}

func (r *fakeRows) Next(dest []driver.Value) error {
	if r.next == len(r.answer.rows) {
		r.conn.lost = r.conn.lost || r.broken
		if r.after != nil {
			return r.after
		}
		return io.EOF
	}
	copy(dest, r.answer.rows[r.next])
	r.next++
	return nil
}

// mssqlError looks like go-mssqldb's.
type mssqlError struct {
	number  int32
	message string
}

func (e mssqlError) Error() string           { return "mssql: " + e.message }
func (e mssqlError) SQLErrorNumber() int32   { return e.number }
func (e mssqlError) SQLErrorMessage() string { return e.message }

// memory is a sink that keeps what it is given.
type memory struct {
	manifest *snapshot.Manifest
	estate   *snapshot.Estate
	clients  []*snapshot.Client
	fail     error // instead of taking the second client
}

func (m *memory) WriteManifest(manifest *snapshot.Manifest) error {
	m.manifest = manifest
	return nil
}

func (m *memory) WriteEstate(estate *snapshot.Estate) error {
	if m.manifest == nil {
		return errors.New("the estate came before the manifest")
	}
	m.estate = estate
	return nil
}

func (m *memory) WriteClient(client *snapshot.Client) error {
	if m.estate == nil {
		return errors.New("a client came before the estate")
	}
	if m.fail != nil && len(m.clients) == 1 {
		return m.fail
	}
	m.clients = append(m.clients, client)
	return nil
}

func (m *memory) section(t *testing.T, name string) snapshot.Section {
	t.Helper()
	i := slices.IndexFunc(m.manifest.Sections, func(s snapshot.Section) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("the manifest has no section %s", name)
	}
	return m.manifest.Sections[i]
}

func (m *memory) client(t *testing.T, guid string) *snapshot.Client {
	t.Helper()
	i := slices.IndexFunc(m.clients, func(c *snapshot.Client) bool { return c.GUID == guid })
	if i < 0 {
		t.Fatalf("there is no client %s", guid)
	}
	return m.clients[i]
}

var testNow = time.Date(2014, 3, 3, 6, 0, 0, 0, time.UTC)

// collectFake reads a fake server and checks that nothing is left open.
func collectFake(t *testing.T, f *fakeServer, options Options) (*memory, error) {
	t.Helper()
	db := sql.OpenDB(f)
	if options.TempDir == "" {
		options.TempDir = t.TempDir()
	}
	if options.Pause == nil {
		options.Pause = func(context.Context, time.Duration) error { return nil }
	}
	m := new(memory)
	_, err := Collect(t.Context(), Database{DB: db, Now: testNow, UTCOffset: time.Hour}, m, options)
	if f.rows != 0 {
		t.Errorf("%d result sets are still open", f.rows)
	}
	if f.most > 1 {
		t.Errorf("%d result sets were open at once on one connection", f.most)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if f.open != 0 {
		t.Errorf("%d connections are still open", f.open)
	}
	return m, err
}

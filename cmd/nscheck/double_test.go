package main

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

// plantedPassword is the password of all logins to the double. Wherever it turns up in
// what the program leaves behind, something is wrong.
const plantedPassword = "Pl4nted/S3cret+Passw0rd"

// double is a SQL Server that holds a fixture's CMDB.
type double struct {
	*tdstest.Server
	cmdb *sql.DB
}

func startDouble(t *testing.T, estate *fixtures.Estate, change func(*tdstest.Options)) *double {
	t.Helper()
	db, err := estate.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	zone := time.FixedZone("", int(estate.UTCOffset()/time.Second))
	options := tdstest.Options{
		Backend:      tdstest.SQL(db),
		Encryption:   tdstest.EncryptRequired,
		Users:        map[string]string{"reader": plantedPassword},
		WindowsUsers: map[string]string{`CORP\reader`: plantedPassword},
		Now:          func() time.Time { return estate.Now.In(zone) },
	}
	if change != nil {
		change(&options)
	}
	return &double{tdstest.Start(t, options), db}
}

// smallClients is the number of computers in the small estate.
const smallClients = 9

// smallEstate has a row in every table and few computers.
func smallEstate(t *testing.T) *fixtures.Estate {
	t.Helper()
	e, err := fixtures.ParseFile("../../collector/cmdb/testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// url is the double's address for the program.
func (d *double) url(params ...string) string {
	q := url.Values{"database": {"Symantec_CMDB"}}
	for _, p := range params {
		key, value, _ := strings.Cut(p, "=")
		q.Set(key, value)
	}
	return (&url.URL{Scheme: "sqlserver", User: url.User("reader"), Host: d.Addr(), RawQuery: q.Encode()}).String()
}

// allow says which isolation levels the database allows.
func (d *double) allow(t *testing.T, snapshotState, committed int) {
	t.Helper()
	if _, err := d.cmdb.Exec("UPDATE [sys].[databases] SET [snapshot_isolation_state] = ?, [is_read_committed_snapshot_on] = ?", snapshotState, committed); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a run of the program left behind.
type outcome struct {
	status         int
	stdout, stderr string
	manifest       *snapshot.Manifest // nil where no file was written
	clients        int
	waited         []time.Duration
	deadlines      map[time.Duration]bool // of statements
	folder         string
}

// section finds a section in the manifest.
func (o *outcome) section(t *testing.T, name string) snapshot.Section {
	t.Helper()
	if o.manifest == nil {
		t.Fatalf("no snapshot was written; standard error: %s", o.stderr)
	}
	i := slices.IndexFunc(o.manifest.Sections, func(s snapshot.Section) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("the manifest has no section %s", name)
	}
	return o.manifest.Sections[i]
}

// others fails the test where a section that is not named was not collected.
func (o *outcome) others(t *testing.T, except ...string) {
	t.Helper()
	if o.manifest == nil {
		t.Fatalf("no snapshot was written; standard error: %s", o.stderr)
	}
	for _, s := range o.manifest.Sections {
		if s.Status != snapshot.Collected && !slices.Contains(except, s.Name) {
			t.Errorf("%s is %s: %s", s.Name, s.Status, s.Error)
		}
	}
}

func (o *outcome) notes() string {
	if o.manifest == nil {
		return ""
	}
	return strings.Join(o.manifest.Source.Notes, "\n")
}

// deadline takes the place of the clock for the deadline of the running
// statement: it passes when a test has seen the statement stall, however slow
// the machine is.
var deadline stopwatch

type stopwatch struct {
	mu   sync.Mutex
	pass func()
}

func (w *stopwatch) set(f func()) (stop func() bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pass = f
	return func() bool { return true }
}

// overdue makes a match that lets the statement's deadline pass a little later,
// when the rows before a stall have come.
func (w *stopwatch) overdue(match tdstest.Match) tdstest.Match {
	return func(sql string) bool {
		if !match(sql) {
			return false
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		time.AfterFunc(time.Second, w.pass)
		return true
	}
}

// collectRun runs the whole program in this process, so that what it leaves
// behind in it can be seen too.
func collectRun(t *testing.T, d *double, args ...string) *outcome {
	t.Helper()
	return collectInto(t, t.TempDir(), append([]string{"--source", d.url(), "--ca-file", d.CAFile()}, args...)...)
}

func collectInto(t *testing.T, folder string, args ...string) *outcome {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	if _, set := os.LookupEnv(passwordVariable); !set {
		t.Setenv(passwordVariable, plantedPassword)
	}
	o := &outcome{folder: folder}
	var mu sync.Mutex
	pause = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		o.waited = append(o.waited, d)
		return ctx.Err()
	}
	o.deadlines = make(map[time.Duration]bool)
	afterFunc = func(d time.Duration, f func()) func() bool {
		mu.Lock()
		defer mu.Unlock()
		o.deadlines[d] = true
		return deadline.set(f)
	}
	defer func() { pause, afterFunc = nil, nil }()
	file := filepath.Join(folder, "estate.jsonl")
	var stdout, stderr bytes.Buffer
	o.status = run(append([]string{"nscheck", "collect", "-o", file}, args...), &stdout, &stderr)
	o.stdout, o.stderr = stdout.String(), stderr.String()
	noGoroutines(t)
	noFiles(t, temp)
	o.read(t, file)
	noPassword(t, folder, o.stdout, o.stderr)
	return o
}

// read looks at the file, which is there only as a whole.
func (o *outcome) read(t *testing.T, file string) {
	t.Helper()
	entries, err := os.ReadDir(o.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("a half-written file is left: %s", e.Name())
		}
	}
	if _, err := os.Stat(file); os.IsNotExist(err) {
		return
	}
	s, err := snapshot.Verify(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	o.manifest, o.clients = s.Manifest, int(s.Clients)
}

// noPassword looks for the planted password, in the forms in which it could
// stand somewhere.
func noPassword(t *testing.T, folder string, texts ...string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "secret.txt" {
			return err
		}
		text, err := os.ReadFile(name)
		texts = append(texts, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		for _, form := range []string{plantedPassword, url.QueryEscape(plantedPassword), url.PathEscape(plantedPassword)} {
			if strings.Contains(text, form) {
				t.Errorf("the password stands in what the program left behind: %.300s", text)
			}
		}
	}
}

func noFiles(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("files are left in the folder for temporary files: %v %v", entries, err)
	}
}

// noGoroutines waits for the program's goroutines to end; those of the double
// are not meant.
func noGoroutines(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		left := programGoroutines()
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left:\n%s", left)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func programGoroutines() string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var left []string
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		ours := strings.Contains(stack, "go-mssqldb") || strings.Contains(stack, "nscheck/collector") || strings.Contains(stack, "signal.NotifyContext")
		if ours && !strings.Contains(stack, "programGoroutines") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}

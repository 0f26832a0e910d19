package cmdb

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/microsoft/go-mssqldb"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

// The measuring of large estates. Each measurement is a process of its own, so
// that its memory and its processor time are its own: this test's binary, with
// a variable that chooses its part. "make bench-collect" prints the table.
var scale = flag.Int("scale", 0, "measure collecting from estates of up to this many clients, and print a table")

var scaleKinds = flag.String("scale-sources", "TDS,SQLite", "what to measure with")

const (
	roleVariable = "NSCHECK_SCALE_ROLE" // serve, bare or collect
	fromVariable = "NSCHECK_SCALE_FROM" // a URL, or a SQLite file
	sizeVariable = "NSCHECK_SCALE_SIZE" // clients
	// profileVariable names a file for the processor profile of collecting.
	profileVariable = "NSCHECK_SCALE_PROFILE"
)

func TestMain(m *testing.M) {
	role := os.Getenv(roleVariable)
	if role == "" {
		os.Exit(m.Run())
	}
	if name := os.Getenv(profileVariable); name != "" && role == "collect" {
		f, err := os.Create(name)
		if err != nil {
			panic(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			panic(err)
		}
		defer pprof.StopCPUProfile()
	}
	if err := play(role); err != nil {
		fmt.Fprintln(os.Stderr, role+":", err)
		os.Exit(1)
	}
}

func play(role string) error {
	switch role {
	case "serve":
		return serveScale()
	case "bare":
		return measure(readBare)
	case "collect":
		return measure(collectScale)
	}
	return errors.New("there is no such role")
}

// figures are what one process has measured.
type figures struct {
	Rows    int64
	Clients int64
	Wall    float64 // seconds
	First   float64 // seconds to the first client written
	CPU     float64 // seconds, filled by the parent
	Peak    int64   // MiB, filled by the parent
}

// measure runs one part on the source and prints its figures.
func measure(part func(context.Context, Database, *figures) error) error {
	from := os.Getenv(fromVariable)
	source := Database{Now: scaleNow, Origin: snapshot.Origin{Kind: "demo", Database: "Symantec_CMDB"}}
	driverName := "sqlite"
	if strings.HasPrefix(from, "sqlserver:") {
		driverName, source.SQLServer = "sqlserver", true
	}
	db, err := sql.Open(driverName, from)
	if err != nil {
		return err
	}
	defer db.Close()
	if driverName == "sqlite" {
		db.SetMaxOpenConns(1)
	}
	source.DB = db
	var f figures
	start := time.Now()
	if err := part(context.Background(), source, &f); err != nil {
		return err
	}
	f.Wall = time.Since(start).Seconds()
	return json.NewEncoder(os.Stdout).Encode(f)
}

// readBare reads all sections with the driver alone, into the types that the
// collector uses, and does nothing with them.
func readBare(ctx context.Context, source Database, f *figures) error {
	conn, err := source.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &session{conn: conn, params: map[string]any{"product": DefaultProduct, "database": "Symantec_CMDB"}}
	for _, section := range binding.Layouts() {
		rows, err := s.eachRow(ctx, binding.Shipped()[section.Section], section.Columns, func([]cell) error { return nil })
		f.Rows += rows
		var wrong *sectionError
		if err != nil && !errors.As(err, &wrong) && !strings.Contains(err.Error(), "Invalid object name") && !strings.Contains(err.Error(), "no such table") {
			return fmt.Errorf("%s: %w", section.Section, err)
		}
	}
	return nil
}

// collectScale does all that nscheck collect does.
func collectScale(ctx context.Context, source Database, f *figures) error {
	dir, err := os.MkdirTemp("", "nscheck-scale-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := snapshot.Create(filepath.Join(dir, "estate.jsonl.zst"))
	if err != nil {
		return err
	}
	defer w.Abort()
	start := time.Now()
	m, err := Collect(ctx, source, w, Options{TempDir: dir, Progress: func(section string, rows int64, status snapshot.Status) {
		if section == "merge" && f.First == 0 {
			f.First = time.Since(start).Seconds()
		}
		if section == "merge" && status == snapshot.Collected {
			f.Clients = rows
		}
	}})
	if err != nil {
		return err
	}
	for _, s := range m.Sections {
		f.Rows += s.Rows
		if strings.HasPrefix(s.Name, "clients") && s.Status != snapshot.Collected {
			return fmt.Errorf("%s", s.Error)
		}
	}
	return w.Close()
}

// TestScale prints the table of docs/performance.md.
func TestScale(t *testing.T) {
	if *scale == 0 {
		t.Skip("takes minutes; make bench-collect runs it")
	}
	fmt.Println("| source | clients | rows | driver alone, rows/s | reading, rows/s | all, rows/s | reading : driver | all : driver | processor s, driver / all | first client after | peak memory |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|")
	for _, kind := range strings.Split(*scaleKinds, ",") {
		for _, size := range []int{10_000, 100_000, 1_000_000} {
			if size > *scale {
				break
			}
			from, stop := scaleSource(t, kind, size)
			var bare, all figures
			for range 3 - 2*(size/1_000_000) { // small ones several times, in turns; the best counts
				bare = better(bare, runRole(t, "bare", from, size))
				all = better(all, runRole(t, "collect", from, size))
			}
			stop()
			if all.Clients != int64(size) || bare.Rows != all.Rows {
				t.Errorf("%s: %d clients, %d rows; the bare driver had %d rows", kind, all.Clients, all.Rows, bare.Rows)
			}
			rate := func(seconds float64) string { return fmt.Sprintf("%.0f k", float64(all.Rows)/seconds/1000) }
			fmt.Printf("| %s | %d | %d | %s | %s | %s | %.2f | %.2f | %.1f / %.1f | %.1f s | %d MiB |\n", kind, size, all.Rows,
				rate(bare.Wall), rate(all.First), rate(all.Wall), bare.Wall/all.First, bare.Wall/all.Wall, bare.CPU, all.CPU, all.First, all.Peak)
		}
	}
}

func better(a, b figures) figures {
	if a.Wall == 0 || b.Wall < a.Wall {
		return b
	}
	return a
}

func roleCommand(t *testing.T, role, from string, size int) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), roleVariable+"="+role, fromVariable+"="+from, sizeVariable+"="+strconv.Itoa(size))
	c.Stderr = os.Stderr
	return c
}

func runRole(t *testing.T, role, from string, size int) figures {
	t.Helper()
	c := roleCommand(t, role, from, size)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	var f figures
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatal(err)
	}
	f.CPU = (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
	f.Peak = peakMiB(c.ProcessState)
	return f
}

// scaleSource starts a server, or makes a file, with an estate of that size.
func scaleSource(t *testing.T, kind string, size int) (from string, stop func()) {
	t.Helper()
	if kind == "SQLite" {
		return scaleFile(t, size), func() {}
	}
	c := roleCommand(t, "serve", "", size)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address), func() {
		in.Close() // which ends the server
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// serveScale is a SQL Server with an estate that is made while it is sent. It
// runs until its standard input ends.
func serveScale() error {
	size, err := strconv.Atoi(os.Getenv(sizeVariable))
	if err != nil {
		return err
	}
	srv, err := tdstest.New(tdstest.Options{Now: func() time.Time { return scaleNow }})
	if err != nil {
		return err
	}
	defer srv.Close()
	answerScale(srv, size)
	address, err := url.Parse(srv.DSN("encrypt=disable", "packet size=16384"))
	if err != nil {
		return err
	}
	fmt.Println(address)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

var scaleNow = time.Date(2024, 3, 3, 6, 0, 0, 0, time.UTC)

// scaleGUID gives the GUIDs of computers in the order of their bytes, with as
// much chance in them as real ones have.
func scaleGUID(i, size int) (g guid.GUID) {
	step := ^uint64(0) / uint64(size)
	binary.BigEndian.PutUint64(g[:8], uint64(i)*step)
	hash := probeHash(i)
	copy(g[8:], hash[:8])
	return g
}

// scaleSections are the rows of one computer in each section: how many, and the
// columns after the key.
var scaleSections = map[string]struct {
	columns []tdstest.Column
	rows    func(i int) [][]any
}{
	"clients": {
		[]tdstest.Column{{Name: "name", Type: "nvarchar(255)"}, {Name: "managed", Type: "bit"}, {Name: "active", Type: "int"}, {Name: "status", Type: "nvarchar(255)"}, {Name: "domain", Type: "nvarchar(255)"}, {Name: "os_name", Type: "nvarchar(255)"}},
		func(i int) [][]any {
			return [][]any{{fmt.Sprintf("SITE%03d-PC%06d", i%300, i), true, int64(1), "Active", "CORP", "Windows 10 Enterprise"}}
		},
	},
	"clients.agents": {
		[]tdstest.Column{{Name: "agent", Type: "nvarchar(255)"}, {Name: "version", Type: "nvarchar(64)"}},
		func(int) [][]any { return [][]any{{nil, nil}, {"core", "8.5.5032"}, {"plugin", "8.5.5032"}} },
	},
	"clients.licence": {nil, func(i int) [][]any {
		if i%10 == 0 {
			return nil
		}
		return [][]any{{}}
	}},
	"clients.addresses": {
		[]tdstest.Column{{Name: "address", Type: "nvarchar(64)"}, {Name: "mask", Type: "nvarchar(64)"}, {Name: "primary", Type: "int"}},
		func(i int) [][]any {
			return [][]any{{fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255), "255.255.252.0", int64(1)}}
		},
	},
	"clients.filters": {
		[]tdstest.Column{{Name: "filter", Type: "uniqueidentifier"}},
		func(int) [][]any { return [][]any{{"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"}} },
	},
	"clients.plugin_policies": {
		[]tdstest.Column{{Name: "policy", Type: "uniqueidentifier"}},
		func(int) [][]any { return [][]any{{"6CD61A43-60BF-50C6-BB04-BAF55031CC88"}} },
	},
	"clients.packages": {
		[]tdstest.Column{{Name: "role", Type: "varchar(6)"}, {Name: "event_time", Type: "datetime"}, {Name: "status", Type: "nvarchar(64)"}},
		func(i int) [][]any {
			at := scaleNow.Add(-time.Duration(i%5000) * time.Minute)
			return [][]any{{"scan", at, "Downloaded"}, {"tools", at, "Downloaded"}}
		},
	},
	"clients.packages.last_run": {
		[]tdstest.Column{{Name: "role", Type: "varchar(6)"}, {Name: "event_time", Type: "datetime"}, {Name: "started_at", Type: "datetime"}, {Name: "return_code", Type: "int"}},
		func(i int) [][]any {
			at := scaleNow.Add(-time.Duration(i%5000) * time.Minute)
			return [][]any{{"scan", at, at, int64(0)}}
		},
	},
	"clients.inventory": {
		[]tdstest.Column{{Name: "class", Type: "varchar(5)"}, {Name: "modified_at", Type: "datetime"}},
		func(i int) [][]any {
			at := scaleNow.Add(-time.Duration(i%5000) * time.Minute)
			return [][]any{{"basic", at}, {"patch", at}}
		},
	},
	"clients.task_agent": {
		[]tdstest.Column{{Name: "registered_at", Type: "datetime"}},
		func(i int) [][]any { return [][]any{{scaleNow.Add(-time.Duration(i%5000) * time.Minute)}} },
	},
}

// answerScale registers streams for the sections about clients. The server sorts
// GUIDs by plain bytes.
func answerScale(srv *tdstest.Server, size int) {
	key := tdstest.Column{Name: "key", Type: "uniqueidentifier"}
	for name, section := range scaleSections {
		srv.Handle(tdstest.Exact(binding.Shipped()[name].Query), tdstest.Answer{
			Columns: append([]tdstest.Column{key}, section.columns...),
			Rows:    scaleRows(size, section.rows),
		})
	}
	var order [][]any
	for _, g := range probe(knownOrders["text"]) {
		order = append(order, []any{[16]byte(g)})
	}
	srv.Handle(tdstest.Exact(binding.Shipped()["key_order"].Query), tdstest.Answer{Columns: []tdstest.Column{key}, Rows: tdstest.Rows(order...)})
}

// scaleRows repeats the values of a thousand computers, except for keys
// and names: making rows must not be what is measured.
func scaleRows(size int, rows func(i int) [][]any) iter.Seq2[[]any, error] {
	const different = 4096
	made := make([][][]any, min(size, different))
	for i := range made {
		for _, row := range rows(i) {
			made[i] = append(made[i], append([]any{nil}, row...))
		}
	}
	return func(yield func([]any, error) bool) {
		for i := range size {
			key := any([16]byte(scaleGUID(i, size)))
			for _, row := range made[i%len(made)] {
				row[0] = key
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

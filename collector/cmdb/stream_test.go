package cmdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// ids are computers whose order differs between text and SQL Server.
var ids = []guid.GUID{
	mustGUID("10000000-0000-0000-0000-000000000003"),
	mustGUID("20000000-0000-0000-0000-000000000001"),
	mustGUID("30000000-0000-0000-0000-000000000004"),
	mustGUID("40000000-0000-0000-0000-000000000002"),
}

func mustGUID(text string) guid.GUID {
	g, err := guid.Parse(text)
	if err != nil {
		panic(err)
	}
	return g
}

// wireValue is a GUID as go-mssqldb gives it.
func wireValue(g guid.GUID) driver.Value {
	wire := toWire(g)
	return wire[:]
}

// newFake is a server that sorts in one of the known orders and has four
// computers, of which the first and third hold a licence. Sections that are not
// about clients do not exist in it.
func newFake(order string) *fakeServer {
	compare := knownOrders[order]
	sorted := slices.SortedFunc(slices.Values(ids), compare)
	f := &fakeServer{sections: map[string]answer{"key_order": {columns: []string{"key"}}}}
	keys := f.sections["key_order"]
	for _, g := range probe(compare) {
		keys.rows = append(keys.rows, []driver.Value{wireValue(g)})
	}
	f.sections["key_order"] = keys
	base := answer{columns: []string{"key", "name", "managed", "active", "status", "domain", "os_name"}}
	licence := answer{columns: []string{"Key"}}
	addresses := answer{columns: []string{"key", "address", "mask", "primary"}}
	for _, g := range sorted {
		n := slices.Index(ids, g)
		base.rows = append(base.rows, []driver.Value{wireValue(g), fmt.Sprintf("PC%d", n), true, int64(1), nil, "CORP", nil})
		if n%2 == 0 {
			licence.rows = append(licence.rows, []driver.Value{wireValue(g)})
		}
		addresses.rows = append(addresses.rows,
			[]driver.Value{wireValue(g), fmt.Sprintf("10.0.%d.9", n), "255.255.255.0", int64(0)},
			[]driver.Value{wireValue(g), fmt.Sprintf("10.9.%d.9", n), "255.255.255.0", int64(1)})
	}
	f.sections["clients"] = base
	f.sections["clients.licence"] = licence
	f.sections["clients.addresses"] = addresses
	return f
}

func (f *fakeServer) change(section string, change func(*answer)) {
	a := f.sections[section]
	change(&a)
	f.sections[section] = a
}

func TestMergeInEveryOrder(t *testing.T) {
	for order, compare := range knownOrders {
		f := newFake(order)
		// A licence of a computer that is gone stands between those of others.
		f.change("clients.licence", func(a *answer) {
			a.rows = append(a.rows, []driver.Value{wireValue(mustGUID("20000000-0000-0000-0000-000000000002"))})
			slices.SortFunc(a.rows, func(x, y []driver.Value) int {
				gx, _ := scanGUID(x[0])
				gy, _ := scanGUID(y[0])
				return compare(gx, gy)
			})
		})
		m, err := collectFake(t, f, Options{})
		if err != nil {
			t.Fatalf("%s: %v", order, err)
		}
		if len(m.clients) != len(ids) {
			t.Fatalf("%s: %d clients", order, len(m.clients))
		}
		for n, g := range ids {
			c := m.client(t, g.String())
			if c.Name != fmt.Sprintf("PC%d", n) || *c.Licence.InUse != (n%2 == 0) {
				t.Errorf("%s: client %d is %s, licence %t", order, n, c.Name, *c.Licence.InUse)
			}
			if diff := cmp.Diff([]string{fmt.Sprintf("10.9.%d.9/24", n), fmt.Sprintf("10.0.%d.9/24", n)}, c.Addresses); diff != "" {
				t.Errorf("%s: client %d: %s", order, n, diff)
			}
			if c.Plugin != nil || c.Inventory != nil || c.Filters != nil {
				t.Errorf("%s: client %d has sections that do not exist", order, n)
			}
		}
		if s := m.section(t, "clients.agents"); s.Status != snapshot.Missing || s.Rows != 0 {
			t.Errorf("%s: clients.agents: %+v", order, s)
		}
		if s := m.section(t, "clients.addresses"); s.Status != snapshot.Collected || s.Rows != 8 {
			t.Errorf("%s: clients.addresses: %+v", order, s)
		}
	}
}

func TestOutOfOrder(t *testing.T) {
	f := newFake("SQL Server")
	f.change("clients.addresses", func(a *answer) { a.rows[2], a.rows[4] = a.rows[4], a.rows[2] })
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := m.section(t, "clients.addresses")
	if s.Status != snapshot.Failed || !strings.Contains(s.Error, "row 4 is out of order") {
		t.Errorf("%+v", s)
	}
	for _, c := range m.clients {
		if c.Addresses != nil || c.Licence == nil {
			t.Errorf("%s: addresses %v, licence %v", c.Name, c.Addresses, c.Licence)
		}
	}
}

func TestMidStreamFailure(t *testing.T) {
	f := newFake("text")
	f.change("clients.addresses", func(a *answer) {
		a.rows = a.rows[:5] // the third computer's second row is lost
		a.after = mssqlError{deadlockVictim, "Transaction was deadlocked."}
	})
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := m.section(t, "clients.addresses")
	if s.Status != snapshot.Partial || s.Rows != 5 || !strings.Contains(s.Error, "victim of a deadlock") || !strings.Contains(s.Error, "tried 4 times") || !strings.Contains(s.Error, "after 5 rows") {
		t.Errorf("%+v", s)
	}
	for n, g := range ids {
		if got := m.client(t, g.String()).Addresses; (got != nil) != (n < 2) || got != nil && len(got) != 2 {
			t.Errorf("client %d has addresses %v", n, got)
		}
	}
}

func TestBaseBreaksOff(t *testing.T) {
	f := newFake("text")
	f.change("clients", func(a *answer) {
		a.rows = a.rows[:2]
		a.after, a.broken = errors.New("connection reset by peer"), true
	})
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := m.section(t, "clients"); s.Status != snapshot.Partial || s.Rows != 2 {
		t.Errorf("%+v", s)
	}
	if len(m.clients) != 2 || m.clients[1].Licence == nil || len(m.clients[1].Addresses) != 2 {
		t.Errorf("%d clients", len(m.clients))
	}
	if want := 2 + len(pauses); f.opened != want {
		t.Errorf("%d connections were opened, want %d: one at first, and one after each loss", f.opened, want)
	}
}

func TestBaseFails(t *testing.T) {
	for name, break_ := range map[string]func(*fakeServer){
		"denied": func(f *fakeServer) {
			f.change("clients", func(a *answer) { a.err = mssqlError{permissionDenied, "The SELECT permission was denied"} })
		},
		"order denied": func(f *fakeServer) {
			f.change("key_order", func(a *answer) { a.err = mssqlError{permissionDenied, "The SELECT permission was denied"} })
		},
		"order unknown": func(f *fakeServer) { f.change("key_order", func(a *answer) { slices.Reverse(a.rows) }) },
		"out of order":  func(f *fakeServer) { f.change("clients", func(a *answer) { slices.Reverse(a.rows) }) },
	} {
		f := newFake("SQL Server")
		break_(f)
		m, err := collectFake(t, f, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		base := m.section(t, "clients")
		if m.estate == nil || len(m.clients) != 0 || usable(base.Status) || base.Error == "" {
			t.Errorf("%s: %+v, %d clients", name, base, len(m.clients))
		}
		s := m.section(t, "clients.licence")
		if s.Status != base.Status || !strings.Contains(s.Error, `not read, because section "clients" was not collected`) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestTwoStatuses(t *testing.T) {
	f := newFake("text")
	f.change("clients", func(a *answer) {
		for i := range a.rows {
			a.rows[i][3], a.rows[i][4] = int64(0), "Retired"
		}
		second := slices.Clone(a.rows[0])
		second[4] = "Disposed"
		a.rows = slices.Insert(a.rows, 1, second)
	})
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.clients) != 4 || m.clients[0].Status != nil || *m.clients[1].Status != "Retired" || len(m.clients[0].Addresses) != 2 {
		t.Errorf("%d clients, first %v", len(m.clients), m.clients[0])
	}
}

func TestWrongResults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*answer)
		status snapshot.Status
		text   string
	}{
		"a value that cannot be read": {func(a *answer) { a.rows[1][3] = "perhaps" }, snapshot.Partial, "row 2"},
		"at once":                     {func(a *answer) { a.rows[0][0] = "PC0" }, snapshot.Failed, "row 1"},
		"a column that is not there":  {func(a *answer) { a.columns = []string{"key", "address", "masque", "primary"} }, snapshot.Missing, `no column "mask"`},
		"another column besides":      {func(a *answer) { a.columns = append(a.columns, "more"); a.rows = nil }, snapshot.Doubtful, "it returned no rows"},
		"a stall":                     {func(a *answer) { a.stall = time.Minute }, snapshot.TimedOut, "longer than it may"},
	} {
		f := newFake("text")
		f.change("clients.addresses", c.change)
		m, err := collectFake(t, f, Options{StatementTimeout: 50 * time.Millisecond})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s := m.section(t, "clients.addresses"); s.Status != c.status || !strings.Contains(s.Error, c.text) {
			t.Errorf("%s: %+v", name, s)
		}
		if s := m.section(t, "clients.licence"); s.Status != snapshot.Collected || len(m.clients) != 4 {
			t.Errorf("%s: the others did not go on: %+v", name, s)
		}
	}
}

func TestCancel(t *testing.T) {
	f := newFake("text")
	f.change("clients.addresses", func(a *answer) { a.stall = time.Minute })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	db := sql.OpenDB(f)
	defer db.Close()
	m := new(memory)
	dir := t.TempDir()
	_, err := Collect(ctx, Database{DB: db, Now: testNow}, m, Options{TempDir: dir, StatementTimeout: time.Hour})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "collect clients.addresses") {
		t.Errorf("%v", err)
	}
	if m.manifest != nil {
		t.Error("something was written")
	}
	if f.rows != 0 {
		t.Errorf("%d result sets are open", f.rows)
	}
	noFiles(t, dir)
}

func TestSinkFails(t *testing.T) {
	db := sql.OpenDB(newFake("text"))
	defer db.Close()
	full := errors.New("no space left on device")
	if _, err := Collect(t.Context(), Database{DB: db, Now: testNow}, &memory{fail: full}, Options{}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

func TestProgress(t *testing.T) {
	var seen []string
	f := newFake("text")
	f.change("clients.licence", func(a *answer) { a.after = errors.New("torn") })
	f.change("clients.addresses", func(a *answer) { slices.Reverse(a.rows) })
	f.sections["subnets"] = answer{columns: []string{"guid", "cidr"}, rows: [][]driver.Value{{wireValue(ids[0]), "10.0.0.0/8"}}, after: errors.New("torn")}
	_, err := collectFake(t, f, Options{Progress: func(section string, rows int64, status snapshot.Status) {
		if status != "" {
			seen = append(seen, fmt.Sprint(section, " ", status, " ", rows))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sites missing 0", "subnets failed 1", "clients collected 4", "clients.licence partial 2", "clients.addresses failed 2", "merge collected 4"} {
		if !slices.Contains(seen, want) {
			t.Errorf("%q was not reported: %q", want, seen)
		}
	}
}

// manyClients are enough for spools to move into files.
func manyClients(n int) *fakeServer {
	f := newFake("text")
	f.change("clients", func(a *answer) {
		a.rows = nil
		for i := range n {
			g := guid.GUID{0: byte(i >> 16), 1: byte(i >> 8), 2: byte(i), 15: byte(i * 7)}
			// Names that do not compress, so that a few clients fill a file.
			name := fmt.Sprintf("%x", probeHash(i))
			a.rows = append(a.rows, []driver.Value{wireValue(g), name, true, int64(1), nil, "CORP", name})
		}
	})
	return f
}

func probeHash(i int) [32]byte {
	var out [32]byte
	state := uint64(i)*0x9E3779B97F4A7C15 + 1
	for j := range out {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		out[j] = byte(state)
	}
	return out
}

// TestSpoolsInFiles collects more than spools keep in memory; TestNoRoomForSpools
// shows that so many clients need files.
func TestSpoolsInFiles(t *testing.T) {
	dir := t.TempDir()
	m, err := collectFake(t, manyClients(20000), Options{TempDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.clients) != 20000 || m.clients[19999].Name != fmt.Sprintf("%x", probeHash(19999)) {
		t.Errorf("%d clients", len(m.clients))
	}
	noFiles(t, dir)
}

func TestNoRoomForSpools(t *testing.T) {
	_, err := collectFake(t, manyClients(20000), Options{TempDir: filepath.Join(t.TempDir(), "not", "there")})
	if err == nil || !strings.Contains(err.Error(), "make a temporary file for rows") {
		t.Errorf("%v", err)
	}
}

func noFiles(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("files are left in the temporary directory: %v %v", entries, err)
	}
}

func TestSpoolDetectsForeignBytes(t *testing.T) {
	columns := []binding.Column{{Name: "a", Kind: binding.Text}, {Name: "b", Kind: binding.GUID}, {Name: "c", Kind: binding.Int}}
	row := sortKey{1}
	cells := []cell{{kind: binding.Text, known: true, text: "abc"}, {kind: binding.GUID, known: true}, {kind: binding.Int, known: true, num: -5}}
	whole := row[:]
	for i := range cells {
		whole = cells[i].appendTo(whole)
	}
	for length := len(row); length < len(whole); length++ {
		rest := whole[len(row):length]
		var err error
		for _, c := range columns {
			cell := cell{kind: c.Kind}
			if rest, err = cell.readFrom(rest, new(texts)); err != nil {
				break
			}
		}
		if !errors.Is(err, errSpool) {
			t.Errorf("%d of %d bytes were read as a row", length, len(whole))
		}
	}
}

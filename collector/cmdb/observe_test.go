package cmdb

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"testing"

	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// knowing are rows by which a source shows that it knows the plug-in, the class
// of patch inventory and the product, and rows of one that does not.
var knowing = map[string]struct {
	columns        []string
	known, unknown []driver.Value
}{
	"clients.agents":    {[]string{"key", "agent", "version"}, []driver.Value{nil, "plugin", "7.5"}, []driver.Value{nil, "core", "7.5"}},
	"clients.inventory": {[]string{"key", "class", "modified_at"}, []driver.Value{nil, "patch", testNow}, []driver.Value{nil, "basic", testNow}},
	"clients.licence":   {[]string{"key"}, []driver.Value{nil}, nil},
}

// rowsOf repeats a row for some computers.
func rowsOf(row []driver.Value, computers ...guid.GUID) [][]driver.Value {
	var rows [][]driver.Value
	for _, g := range computers {
		if row != nil {
			one := slices.Clone(row)
			one[0] = wireValue(g)
			rows = append(rows, one)
		}
	}
	return rows
}

// unsaid checks that nothing is said of what the rows that were used do not show.
func unsaid(t *testing.T, m *memory) {
	t.Helper()
	for _, c := range m.clients {
		if c.Plugin.Installed != nil || c.Inventory.PatchReturned != nil || c.Licence != nil {
			t.Errorf("%s: plug-in %v, patch inventory %v, licence %v", c.Name, c.Plugin.Installed, c.Inventory.PatchReturned, c.Licence)
		}
	}
	if s := m.section(t, "clients.licence"); s.Status != snapshot.Failed {
		t.Errorf("%+v", s)
	}
}

// TestKnownInAnEarlierAttempt: what an attempt has seen that broke off says
// nothing about the rows of the next one.
func TestKnownInAnEarlierAttempt(t *testing.T) {
	f := newFake("text")
	for section, k := range knowing {
		f.sections[section] = answer{
			columns: k.columns, rows: rowsOf(k.known, ids[:2]...), after: mssqlError{deadlockVictim, "Transaction was deadlocked."},
			then: &answer{columns: k.columns, rows: rowsOf(k.unknown, ids...)},
		}
	}
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	unsaid(t, m)
}

// TestKnownToAnotherSource: what a source has shown whose rows are not used says
// nothing about those of the next.
func TestKnownToAnotherSource(t *testing.T) {
	first, second := newFake("text"), newFake("text")
	for section, k := range knowing {
		first.sections[section] = answer{columns: k.columns, rows: rowsOf(k.known, ids[1], ids[0])}
		second.sections[section] = answer{columns: k.columns, rows: rowsOf(k.unknown, ids...)}
	}
	db := sql.OpenDB(second)
	defer db.Close()
	m, err := collectFake(t, first, Options{SourceName: "first", After: []Database{{DB: db, Name: "second"}}})
	if err != nil {
		t.Fatal(err)
	}
	if s := m.section(t, "clients.agents"); s.Source != "second" {
		t.Errorf("%+v", s)
	}
	unsaid(t, m)
}

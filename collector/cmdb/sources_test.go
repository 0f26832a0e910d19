package cmdb

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

// collectFakes reads fake servers, asked for a section in this order.
func collectFakes(t *testing.T, first *fakeServer, others ...*fakeServer) *memory {
	t.Helper()
	options := Options{SourceName: "first"}
	names := []string{"second", "third"}
	for i, f := range others {
		db := sql.OpenDB(f)
		options.After = append(options.After, Database{DB: db, Name: names[i]})
	}
	dir := t.TempDir()
	options.TempDir = dir
	m, err := collectFake(t, first, options)
	if err != nil {
		t.Fatal(err)
	}
	noFiles(t, dir)
	for _, db := range options.After {
		if err := db.DB.Close(); err != nil {
			t.Error(err)
		}
	}
	return m
}

// breaks ends a section's rows early.
func (f *fakeServer) breaks(section string, after int) {
	f.change(section, func(a *answer) {
		a.rows = a.rows[:after]
		a.after = mssqlError{8115, "Arithmetic overflow."}
	})
}

func subnetsOf(networks ...string) answer {
	a := answer{columns: []string{"guid", "cidr"}}
	for i, n := range networks {
		a.rows = append(a.rows, []driver.Value{wireValue(ids[i]), n})
	}
	return a
}

// TestWholeWins: a later source that has all of a section takes precedence over an earlier
// one that broke off or left rows out.
func TestWholeWins(t *testing.T) {
	first, second, third := newFake("text"), newFake("text"), newFake("text")
	first.breaks("clients.addresses", 5)
	first.breaks("clients", 2)
	first.sections["subnets"] = subnetsOf("10.1.0.0/16", "Warehouse")
	second.change("clients.addresses", func(a *answer) { a.err = errors.New("no") })
	second.change("clients", func(a *answer) { a.err = errors.New("no") })
	third.sections["subnets"] = subnetsOf("10.1.0.0/16", "10.2.0.0/16")
	m := collectFakes(t, first, second, third)
	for section, note := range map[string]string{
		"clients":           "first: partial: the server answered with error 8115: Arithmetic overflow. This section was left out; collect again (after 2 rows); second: failed: no; this section was left out, collect again",
		"clients.addresses": "first: partial: the server answered with error 8115: Arithmetic overflow. This section was left out; collect again (after 5 rows); second: failed: no; this section was left out, collect again",
		"subnets":           `first: partial: row 2, column "cidr": "Warehouse", and a network such as 10.4.0.0/24 is required; what it is about is unknown; second: missing: `,
	} {
		if s := m.section(t, section); s.Status != snapshot.Collected || s.Source != "third" || s.Error != "" || !strings.HasPrefix(s.Note, note) {
			t.Errorf("%+v", s)
		}
	}
	if len(m.clients) != 4 || len(m.estate.Subnets) != 2 {
		t.Errorf("%d clients, subnets %v", len(m.clients), m.estate.Subnets)
	}
	for _, c := range m.clients {
		if len(c.Addresses) != 2 {
			t.Errorf("%s has addresses %v", c.Name, c.Addresses)
		}
	}
}

// TestFirstPartWins: where no source has all of a section, the part that the
// first has is taken, and nothing that others have shown meanwhile.
func TestFirstPartWins(t *testing.T) {
	first, second, third := newFake("text"), newFake("text"), newFake("text")
	for _, f := range []*fakeServer{first, second} {
		f.sections["clients.agents"] = answer{columns: []string{"key", "agent", "version"}, rows: rowsOf([]driver.Value{nil, "core", "7.5"}, ids...)}
	}
	first.breaks("clients.agents", 3)
	second.change("clients.agents", func(a *answer) { a.rows[0][1] = "plugin" })
	second.breaks("clients.agents", 2)
	third.sections["clients.agents"] = answer{columns: []string{"key", "agent", "version"}, rows: rowsOf([]driver.Value{nil, "plugin", "7.5"}, ids[1], ids[0])}
	first.sections["subnets"] = subnetsOf("10.1.0.0/16", "Warehouse")
	second.sections["subnets"] = subnetsOf("Depot", "10.2.0.0/16", "10.3.0.0/16")
	m := collectFakes(t, first, second, third)
	s := m.section(t, "clients.agents")
	if s.Status != snapshot.Partial || s.Source != "first" || s.Rows != 3 || !strings.HasSuffix(s.Error, "(after 3 rows, which are kept)") ||
		!strings.HasPrefix(s.Note, "second: partial: the server answered with error 8115") || !strings.Contains(s.Note, "; third: failed: row 2 is out of order") {
		t.Errorf("%+v", s)
	}
	var versions []string
	for _, c := range m.clients {
		if c.Plugin != nil && c.Plugin.Installed != nil {
			t.Errorf("%s: plug-in %t", c.Name, *c.Plugin.Installed)
		}
		if c.Agent != nil {
			versions = append(versions, *c.Agent.Version)
		}
	}
	if !slices.Equal(versions, []string{"7.5", "7.5"}) { // of the third, more rows may have been to come
		t.Errorf("agents' versions %v", versions)
	}
	if s := m.section(t, "subnets"); s.Status != snapshot.Partial || s.Source != "first" || len(m.estate.Subnets) != 1 || m.estate.Subnets[0].CIDR != "10.1.0.0/16" {
		t.Errorf("%+v, subnets %v", s, m.estate.Subnets)
	}
}

package cmdb

import (
	"database/sql/driver"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

// TestRepeatedObjects: a join that repeats an object makes no second one of it.
// Equal rows are noted; rows that contradict each other make the section
// partial, and the same one is kept in whatever order they come.
func TestRepeatedObjects(t *testing.T) {
	id := func(n int) driver.Value { return wireValue(ids[n]) }
	for name, c := range map[string]struct {
		section string
		columns []string
		rows    [][]driver.Value
		error   string // of the section; else it is collected
		note    string
		want    func(*snapshot.Estate) any
		is      any
	}{
		"equal": {
			section: "sites", columns: []string{"guid", "name"},
			rows: [][]driver.Value{{id(0), "Leeds"}, {id(1), "York"}, {id(0), "Leeds"}},
			note: `section "sites": 1 object came in several equal rows, the first ` + ids[0].String() + ` in rows 1 and 3; one row of each is kept`,
			want: func(e *snapshot.Estate) any { return e.Sites },
			is:   []snapshot.Site{{GUID: ids[0].String(), Name: "Leeds"}, {GUID: ids[1].String(), Name: "York"}},
		},
		"different": {
			section: "sites", columns: []string{"guid", "name"},
			rows:  [][]driver.Value{{id(0), "York"}, {id(1), "Hull"}, {id(1), nil}, {id(0), "Leeds"}, {id(0), "York"}},
			error: `collect sites: 2 objects came in several rows that contradict each other, the first ` + ids[0].String() + ` in rows 1 and 4, which differ in name; one row of each is kept; section "sites" needs a query that returns one row for each`,
			want:  func(e *snapshot.Estate) any { return e.Sites },
			is:    []snapshot.Site{{GUID: ids[1].String(), Name: "Hull"}, {GUID: ids[0].String(), Name: "Leeds"}},
		},
		"without a GUID": {
			section: "sites", columns: []string{"guid", "name"},
			rows:  [][]driver.Value{{nil, "Leeds"}, {nil, "York"}},
			error: `collect sites: row 1, column "guid": it is empty; every row needs one (1 more like it)`,
			want:  func(e *snapshot.Estate) any { return e.Sites }, is: []snapshot.Site(nil),
		},
		"next to rows left out": {
			section: "subnets", columns: []string{"guid", "cidr"},
			rows:  [][]driver.Value{{id(0), "10.1.0.0/16"}, {id(1), "Depot"}, {id(0), "10.2.0.0/16"}},
			error: `collect subnets: 1 object came in several rows that contradict each other, the first ` + ids[0].String() + ` in rows 1 and 3, which differ in cidr; one row of each is kept; section "subnets" needs a query that returns one row for each; row 2, column "cidr": "Depot", and a network such as 10.4.0.0/24 is required; what it is about is unknown`,
			want:  func(e *snapshot.Estate) any { return e.Subnets },
			is:    []snapshot.Subnet{{GUID: ids[0].String(), CIDR: "10.1.0.0/16"}},
		},
		"agents of a package server": {
			section: "package_servers", columns: []string{"guid", "name", "dns_suffix", "os_name", "agent", "version"},
			rows: [][]driver.Value{{id(0), "PS1", nil, nil, "package", "7.5"}, {id(0), "PS1", nil, nil, "core", "7.5"}, {id(0), "PS1", nil, nil, "core", "7.5"}},
			want: func(e *snapshot.Estate) any { return len(e.PackageServers) }, is: 1,
		},
		"names of a package server": {
			section: "package_servers", columns: []string{"guid", "name", "dns_suffix", "os_name", "agent", "version"},
			rows:  [][]driver.Value{{id(0), "PS2", nil, "Y", "package", "7.5"}, {id(0), "PS1", nil, "X", "core", "7.5"}},
			error: `collect package_servers: 1 object came in several rows that contradict each other, the first ` + ids[0].String() + ` in rows 1 and 2, which differ in name and os_name; one row of each is kept; section "package_servers" needs a query that returns one name and os_name for each`,
			want: func(e *snapshot.Estate) any {
				return e.PackageServers[0].Name + " " + *e.PackageServers[0].OSName + " " + *e.PackageServers[0].AgentVersion
			},
			is: "PS1 X 7.5",
		},
	} {
		for _, order := range []string{"", ", in another order"} {
			name := name + order
			rows := slices.Clone(c.rows)
			if order != "" {
				slices.Reverse(rows)
			}
			f := newFake("text")
			f.sections[c.section] = answer{columns: c.columns, rows: rows}
			m, err := collectFake(t, f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			s, notes := m.section(t, c.section), strings.Join(m.manifest.Source.Notes, "\n")
			if partial := c.error != ""; partial != (s.Status == snapshot.Partial || s.Status == snapshot.Failed) || partial != (s.Error != "") || (c.note != "") != (notes != "") {
				t.Errorf("%s: %+v, notes %q", name, s, notes)
			}
			if order == "" && (s.Error != c.error || notes != c.note) {
				t.Errorf("%s: %+v, notes %q", name, s, notes)
			}
			if diff := cmp.Diff(c.is, c.want(m.estate)); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", name, diff)
			}
		}
	}
}

// TestContradictedClient: what a computer's rows contradict each other in is
// unknown, and the note lists these computers.
func TestContradictedClient(t *testing.T) {
	for _, reversed := range []bool{false, true} {
		f := newFake("text")
		f.change("clients", func(a *answer) {
			var rows [][]driver.Value
			for i, row := range a.rows {
				row[3], row[4] = int64(0), "Retired"
				second := slices.Clone(row)
				if i == 1 || i == 2 {
					second[1], second[4], second[6] = "PC9", "Disposed", "Windows"
				}
				pair := [][]driver.Value{row, second}
				if reversed {
					slices.Reverse(pair)
				}
				rows = append(rows, pair...)
			}
			a.rows = rows
		})
		m, err := collectFake(t, f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		note := `section "clients": 2 computers came in several rows that contradict each other in name, status and os_name, the first ` + ids[1].String() + `; what is not clear from them is unknown`
		if s := m.section(t, "clients"); s.Status != snapshot.Collected || !slices.Equal(m.manifest.Source.Notes, []string{note}) {
			t.Errorf("%+v, notes %q", s, m.manifest.Source.Notes)
		}
		for i, c := range m.clients {
			if clear := i == 0 || i == 3; (c.Status != nil) != clear || c.OSName != nil || *c.Domain != "CORP" || c.Name != []string{"PC0", "PC1", "PC2", "PC3"}[i] {
				t.Errorf("%+v", c)
			}
		}
	}
}

// TestContradictedFields: a field that its rows contradict each other in is
// unknown, and noted.
func TestContradictedFields(t *testing.T) {
	id := wireValue(ids[0])
	f := newFake("text")
	f.sections["package_servers"] = answer{columns: []string{"guid", "name", "dns_suffix", "os_name", "agent", "version"}, rows: [][]driver.Value{{id, "PS1", nil, nil, "package", "7.5"}}}
	f.sections["package_servers.constrained"] = answer{columns: []string{"guid", "constrained"}, rows: [][]driver.Value{{id, true}, {id, false}, {id, true}}}
	f.sections["licences"] = answer{columns: []string{"product", "in_use"}, rows: [][]driver.Value{{"Patch", int64(1)}}}
	f.sections["licences.inactive_holders"] = answer{columns: []string{"guid", "name", "status"}, rows: [][]driver.Value{{id, "PC0", "Retired"}, {id, "PC0", "Disposed"}, {id, "PC0", "Disposed"}}}
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`section "licences.inactive_holders": 1 object came in several rows that contradict each other in status, the first ` + ids[0].String() + `; it is unknown`,
		`section "package_servers.constrained": 1 object came in several rows that contradict each other in constrained, the first ` + ids[0].String() + `; it is unknown`,
	}
	if diff := cmp.Diff(want, m.manifest.Source.Notes); diff != "" {
		t.Error(diff)
	}
	if m.estate.PackageServers[0].Constrained != nil || m.estate.Licences.InactiveHolders[0].Status != nil {
		t.Error("one of two was taken")
	}
}

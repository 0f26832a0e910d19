package cmdb

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// plainValues are what a healthy server has in the columns of a kind, or in a
// column of a name.
func plainValue(dice *rand.Rand, c binding.Column) driver.Value {
	switch c.Name {
	case "role":
		return []string{"plugin", "scan", "tools", "plugin_install", "plugin_policy", "vulnerability_analysis"}[dice.IntN(6)]
	case "agent":
		return []string{"core", "plugin", "package", "task"}[dice.IntN(4)]
	case "class":
		return []string{"basic", "patch"}[dice.IntN(2)]
	case "cidr":
		return "10.1.0.0/16"
	case "address":
		return "10.1.2.3"
	case "mask":
		return "255.255.255.0"
	}
	switch c.Kind {
	case binding.GUID:
		return wireValue(ids[dice.IntN(len(ids))])
	case binding.Int, binding.Count:
		return int64(dice.IntN(5))
	case binding.Bool:
		return int64(dice.IntN(2))
	case binding.Time:
		return time.Date(2014, 3, 1, 0, 0, 0, 0, time.UTC)
	}
	return "text"
}

var hostileValues = []driver.Value{
	nil, "", " ", "\x00", "\xff\xfe\xfd", "\u202e\u0085\u2028", "-5", int64(-5), int64(math.MinInt64), int64(math.MaxInt64), float64(1e300), math.NaN(), math.Inf(-1), 0.5,
	true, "NULL", "true", "plugin ", "Plugin", "'", "\"\\\n\r\t", "{}", "0.0.0.0/0", "10.1.0.1/16", "::1/128", "999.1.1.1", "0001-01-01", "9999-12-31 23:59:59", "10000-01-01",
	time.Time{}, time.Date(-4000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(math.MinInt64/2, 0),
	[]byte{}, []byte{0, 1, 2}, make([]byte, 16), "00000000-0000-0000-0000-000000000000", strings.Repeat("x", 100_000), strings.Repeat("\u00e4\U0001F600", 50_000),
	"<item><schedule", "<item>" + strings.Repeat("<a>", 3000), `<item><triggers><trigger type="` + strings.Repeat("y", 9000) + `"/></triggers></item>`,
}

// hostileServer has some rows of each section, a few of whose cells hold what no
// healthy server has.
func hostileServer(dice *rand.Rand) *fakeServer {
	f := newFake("text")
	for _, l := range binding.Layouts() {
		a := answer{}
		for _, c := range l.Columns {
			a.columns = append(a.columns, c.Name)
		}
		keys := slices.SortedFunc(slices.Values(ids), knownOrders["text"])
		for i := range 1 + dice.IntN(4) {
			row := make([]driver.Value, len(l.Columns))
			for j, c := range l.Columns {
				row[j] = plainValue(dice, c)
				if dice.IntN(12) == 0 && c.Name != keyColumn {
					row[j] = hostileValues[dice.IntN(len(hostileValues))]
				}
			}
			if l.Columns[0].Name == keyColumn {
				row[0] = wireValue(keys[min(i, len(keys)-1)])
			}
			a.rows = append(a.rows, row)
		}
		f.sections[l.Section] = a
	}
	return f
}

// TestCollect_whatIsWrittenIsRead collects from hostile servers and reads the
// snapshot back: eval must never refuse what collect wrote.
func TestCollect_whatIsWrittenIsRead(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 50
	}
	for seed := range uint64(runs) {
		f := hostileServer(rand.New(rand.NewPCG(seed, 7)))
		db := sql.OpenDB(f)
		var file bytes.Buffer
		w := snapshot.NewWriter(&file)
		_, err := Collect(t.Context(), Database{DB: db, Now: testNow, UTCOffset: time.Hour}, w, Options{
			TempDir: t.TempDir(), Pause: func(context.Context, time.Duration) error { return nil },
		})
		db.Close()
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Errorf("seed %d: collect: %v", seed, err)
			continue
		}
		r, err := snapshot.NewReader(&file, "s")
		if err != nil {
			t.Errorf("seed %d: read: %.500v", seed, err)
			continue
		}
		for _, err := range r.Clients() {
			if err != nil {
				t.Errorf("seed %d: read: %.500v", seed, err)
				break
			}
		}
	}
}

// TestCollect_refusesWithItsRow checks that a section with such a value fails
// with the row and the value, and the others stay.
func TestCollect_refusesWithItsRow(t *testing.T) {
	for _, c := range []struct {
		section, column string
		value           driver.Value
		want            string
	}{
		{"filters.members", "members", int64(-5), "row 1: "},
		{"filters.members", "members", int64(-5), "-5 is below 0, and a count is not"},
		{"policies.target_counts", "computers", "-1", "-1 is below 0"},
		{"licences", "in_use", int64(-1), "-1 is below 0"},
		{"policies", "role", "Plug", `row 1: column "role": "Plug" is not one of plugin_install, plugin_policy, vulnerability_analysis`},
		{"packages", "role", "Plug", `row 1: column "role": "Plug" is not one of plugin, scan, tools`},
	} {
		dice := rand.New(rand.NewPCG(1, 1))
		f := newFake("text")
		for _, l := range binding.Layouts() {
			if binding.AboutClients(l.Section) {
				continue
			}
			a := answer{}
			var row []driver.Value
			for _, column := range l.Columns {
				a.columns = append(a.columns, column.Name)
				value := plainValue(dice, column)
				if column.Name == "guid" {
					value = wireValue(ids[0])
				}
				if column.Name == "role" && l.Section == "policies" {
					value = "plugin_policy"
				}
				if column.Name == "role" && l.Section == "packages" {
					value = "scan"
				}
				if l.Section == c.section && column.Name == c.column {
					value = c.value
				}
				row = append(row, value)
			}
			a.rows = [][]driver.Value{row}
			f.sections[l.Section] = a
		}
		m, err := collectFake(t, f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s := m.section(t, c.section); s.Status != snapshot.Failed || !strings.Contains(s.Error, c.want) {
			t.Errorf("%s: %s: %s", c.section, s.Status, s.Error)
		}
		if s := m.section(t, "sites"); s.Status != snapshot.Collected {
			t.Errorf("sites: %s: %s", s.Status, s.Error)
		}
	}
}

// TestConform_leavesTheSectionOut checks what happens to values that no fill
// function refuses.
func TestConform_leavesTheSectionOut(t *testing.T) {
	below := -3
	c := &collection{manifest: &snapshot.Manifest{Sections: []snapshot.Section{{Name: "filters", Status: snapshot.Collected, Rows: 1}, {Name: "filters.members", Status: snapshot.Collected, Rows: 1}}}}
	e := &snapshot.Estate{
		Filters: []snapshot.Filter{{GUID: ids[0].String(), Name: "F", Members: &below}},
		Sites:   []snapshot.Site{{GUID: "x", Name: "S"}},
	}
	c.conform(e)
	if e.Sites != nil || len(e.Filters) != 1 || e.Filters[0].Members != nil {
		t.Errorf("%+v", e)
	}
	var got []string
	for _, s := range c.manifest.Sections {
		got = append(got, s.Name+" "+string(s.Status)+" "+s.Error)
	}
	want := []string{
		"filters collected ",
		`filters.members failed collect filters.members: filters[0].members must be 0 or more, not -3, which no snapshot can hold; the section was left out`,
		`sites failed collect sites: sites[0].guid "x" is not a GUID such as D3BA9CA7-5E71-4D76-B961-1BA0B436AACB, which no snapshot can hold; the section was left out`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

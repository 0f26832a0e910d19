package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/tdstest"
)

const dbaPage = "../../docs/dba.md"

var objectTable = regexp.MustCompile(`(?s)(<!-- objects:.*?-->\n).*(<!-- end of objects -->)`)

// TestDBAPage: the table of objects is that of the queries.
func TestDBAPage(t *testing.T) {
	text, err := os.ReadFile(dbaPage)
	if err != nil {
		t.Fatal(err)
	}
	if !objectTable.Match(text) {
		t.Fatal("the page has no table of objects")
	}
	want := objectTable.ReplaceAllString(string(text), "${1}"+objects()+"${2}")
	if update {
		if err := os.WriteFile(dbaPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the page is not up to date; run the test with -update: %s", diff)
	}
}

// objects is the table of what the queries read.
func objects() string {
	type column struct{ object, name string }
	marks := make(map[column]binding.Mark)
	sections := make(map[string][]string)
	for _, b := range binding.All() {
		for _, o := range b.Objects {
			if !slices.Contains(sections[o.Name], b.Section) {
				sections[o.Name] = append(sections[o.Name], b.Section)
			}
			for _, c := range o.Columns {
				marks[column{o.Name, c.Name}] = c.Mark
			}
		}
	}
	var out strings.Builder
	out.WriteString("| object | columns | sections |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		var columns []string
		for c, mark := range marks {
			if c.object == name {
				columns = append(columns, fmt.Sprintf("`%s` %c", c.name, mark))
			}
		}
		slices.Sort(columns)
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", name, strings.Join(columns, ", "), strings.Join(sections[name], ", "))
	}
	return out.String()
}

// TestDBAPageSaysWhatIsSent: every statement that goes to the server is one of
// the queries, or one that the page names.
func TestDBAPageSaysWhatIsSent(t *testing.T) {
	text, err := os.ReadFile(dbaPage)
	if err != nil {
		t.Fatal(err)
	}
	d := startDouble(t, smallEstate(t), nil)
	d.allow(t, 1, 1)
	if o := collectRun(t, d); o.status != 0 {
		t.Fatal(o.stderr)
	}
	sent := make(map[string]bool)
	for _, e := range d.Log() {
		if e.Kind == tdstest.KindBatch || e.Kind == tdstest.KindRPC {
			sent[e.SQL] = true
		}
	}
	for _, b := range binding.All() {
		delete(sent, b.Query)
	}
	named := map[string]string{
		"SET LOCK_TIMEOUT 10000":                   "`SET LOCK_TIMEOUT 10000`",
		"SET DEADLOCK_PRIORITY LOW":                "`SET DEADLOCK_PRIORITY LOW`",
		"SET TRANSACTION ISOLATION LEVEL SNAPSHOT": "snapshot, one transaction over the whole run",
		"BEGIN TRANSACTION":                        "snapshot, one transaction over the whole run",
		"ROLLBACK TRANSACTION":                     "transaction ends",
		"SELECT SYSDATETIMEOFFSET()":               "`SYSDATETIMEOFFSET()`",
		"SELECT @@TRANCOUNT":                       "`@@TRANCOUNT`",
	}
	for statement := range sent {
		if strings.Contains(statement, "sys].[databases") || strings.TrimSuffix(statement, ";") == "select 1" { // the last is the driver's ping
			continue
		}
		if what, ok := named[statement]; !ok || !strings.Contains(string(text), what) {
			t.Errorf("the page does not tell of this statement: %s", statement)
		}
	}
}

var systemView = regexp.MustCompile(`\[(INFORMATION_SCHEMA|sys)\]\.\[(\w+)\]`)

// TestDBAPageSaysWhatProbingReads: every view of the server's own that is asked
// when objects are missing.
func TestDBAPageSaysWhatProbingReads(t *testing.T) {
	text, err := os.ReadFile(dbaPage)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NSCHECK_PASSWORD", plantedPassword)
	d := startDouble(t, smallEstate(t), nil)
	d.Fail(tdstest.Word("vRM_Subnet_Item"), tdstest.NoObject("vRM_Subnet_Item"))
	column := func(name string) tdstest.Column { return tdstest.Column{Name: name, Type: "nvarchar(128)"} }
	d.Handle(tdstest.Word("INFORMATION_SCHEMA"), tdstest.Answer{
		Columns: []tdstest.Column{column("schema"), column("object"), column("kind"), column("column"), column("type")},
		Rows:    tdstest.Rows([]any{"dbo", "vSubnets", "VIEW", "SubnetGuid", "uniqueidentifier"}),
	})
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "probe", "--source", d.url("certificate=" + d.CAFile())}, &stdout, &stderr); status != 3 {
		t.Fatalf("status %d, %s%s", status, stdout.String(), stderr.String())
	}
	asked := make(map[string]bool)
	for _, e := range d.Log() {
		for _, m := range systemView.FindAllStringSubmatch(e.SQL, -1) {
			asked[m[1]+"."+m[2]] = true
		}
	}
	if !asked["sys.sql_modules"] || !asked["INFORMATION_SCHEMA.COLUMNS"] {
		t.Fatalf("the probe did not look for candidates: %v", asked)
	}
	for view := range asked {
		if !strings.Contains(string(text), "`"+view+"`") {
			t.Errorf("the page does not tell that %s is read", view)
		}
	}
}

package collector

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/snapshottest"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// The law of all sources: taking a cell, a row or a field away makes something
// unknown, partial or not collected, and the manifest reports it. It never invents a value, and
// never turns what is unknown into "none".

const lawClock = "?collected_at=2014-03-03T06:00:00Z&utc_offset=+01:00"

// demoRecords are the demo estate as CSV files, by section: the first record of
// each is its header. Every tenth client is kept, so that it can be evaluated
// many times.
func demoRecords(t *testing.T) map[string][][]string {
	t.Helper()
	dir := exported(t, nil)
	records := map[string][][]string{}
	for _, l := range binding.Layouts() {
		text, err := os.ReadFile(filepath.Join(dir, l.Section+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		header := all[0]
		for i, r := range all {
			all[i] = wantedFields(header, r, l)
		}
		records[l.Section] = all
	}
	key := slices.Index(records["clients"][0], "key")
	kept := records["clients"][:1]
	for i, r := range records["clients"][1:] {
		if i%10 == 0 {
			kept = append(kept, r)
		}
	}
	clients := map[string]bool{}
	for _, r := range kept {
		clients[r[key]] = true
	}
	for section, all := range records {
		if section == "clients" || !strings.HasPrefix(section, "clients.") {
			continue
		}
		at := slices.Index(all[0], "key")
		records[section] = slices.DeleteFunc(all, func(r []string) bool { return !clients[r[at]] && r[at] != "" && r[at] != "key" })
	}
	records["clients"] = kept
	return records
}

// wantedFields leaves out the field that the export adds and no section needs.
func wantedFields(header, record []string, l binding.Layout) []string {
	var kept []string
	for i, name := range header {
		if slices.ContainsFunc(l.Columns, func(c binding.Column) bool { return c.Name == name }) {
			kept = append(kept, record[i])
		}
	}
	return kept
}

// lawRun collects the records and evaluates them with the built-in pack.
type lawRun struct {
	*memory
	verdicts map[string]string // by rule, with what was found
	tree     map[string]any
}

var builtin = sync.OnceValues(func() (*rule.Pack, error) {
	return rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
})

func writeRecords(t *testing.T, dir string, records map[string][][]string) {
	t.Helper()
	for section, all := range records {
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		if err := w.WriteAll(all); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, section+".csv"), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func collectLaw(t *testing.T, dir string) *lawRun {
	t.Helper()
	s, err := Open(t.Context(), "csv:"+dir+lawClock, Access{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := &lawRun{memory: new(snapshottest.Memory)}
	if _, err := Collect(t.Context(), s, run.memory, Options{ToolVersion: "test", TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	run.tree = treeOf(t, run.memory)
	return run
}

func treeOf(t *testing.T, m *memory) map[string]any {
	t.Helper()
	clients := map[string]any{}
	for _, c := range m.Clients {
		clients[c.GUID] = tree(t, c)
	}
	return map[string]any{"estate": tree(t, m.Estate), "clients": clients}
}

// tree is a value as JSON, with lists of objects by their GUIDs or hosts.
func tree(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return keyed(plain)
}

func keyed(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k := range v {
			v[k] = keyed(v[k])
		}
		return v
	case []any:
		list := map[string]any{"is a list": true}
		for i, element := range v {
			name := fmt.Sprint(element)
			if object, ok := element.(map[string]any); ok {
				name = fmt.Sprint(i)
				for _, id := range []string{"guid", "host"} {
					if text, ok := object[id].(string); ok {
						name = text
					}
				}
			}
			list[name] = keyed(element)
		}
		return list
	}
	return value
}

// lost compares what was read before and after something was taken away. Known
// values may become unknown; anything else is returned: a value that is another,
// or an element that is gone from a list that is still there.
func lost(path string, before, after any) (changed bool, wrong []string) {
	if after == nil {
		return before != nil, nil
	}
	old, isMap := before.(map[string]any)
	now, stillMap := after.(map[string]any)
	if !isMap || !stillMap {
		if before != after {
			return true, []string{fmt.Sprintf("%s: %v became %v", path, before, after)}
		}
		return false, nil
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		value, ok := now[name]
		if !ok && old["is a list"] == true {
			changed, wrong = true, append(wrong, path+"."+name+" is gone")
			continue
		}
		c, w := lost(path+"."+name, old[name], value)
		changed, wrong = changed || c, append(wrong, w...)
	}
	for name := range now {
		if _, ok := old[name]; !ok && !nothing(now[name]) && name != "bulletins_unknown" {
			changed, wrong = true, append(wrong, path+"."+name+" is new")
		}
	}
	return changed, wrong
}

// nothing reports whether a value says nothing: it is null, or an object of which
// all fields are.
func nothing(value any) bool {
	object, ok := value.(map[string]any)
	for _, field := range object {
		if !nothing(field) {
			return false
		}
	}
	return ok || value == nil
}

// vouched reports whether a section may be empty by what its query says.
func vouched(section string) bool {
	return slices.ContainsFunc(binding.All(), func(b *binding.Binding) bool { return b.Section == section && b.Empty != "" })
}

func (r *lawRun) evaluate(t *testing.T) map[string]string {
	t.Helper()
	if r.verdicts != nil {
		return r.verdicts
	}
	pack, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	w := snapshot.NewWriter(&text)
	for _, write := range []func() error{
		func() error { return w.WriteManifest(r.Manifest) },
		func() error { return w.WriteEstate(r.Estate) },
		func() error {
			for _, c := range r.Clients {
				if err := w.WriteClient(c); err != nil {
					return err
				}
			}
			return nil
		},
		w.Close,
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	snap, err := snapshot.NewReader(&text, "s")
	if err != nil {
		t.Fatal(err)
	}
	result, err := evaluator.Evaluate(context.Background(), pack, snap, evaluator.Options{ToolVersion: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	r.verdicts = map[string]string{}
	for _, rule := range result.Rules {
		r.verdicts[rule.ID] = string(rule.Verdict)
	}
	return r.verdicts
}

// turned are the rules whose verdict was turned over: what was found is passed,
// or what passed is found.
func turned(before, after map[string]string) []string {
	var rules []string
	for _, id := range slices.Sorted(maps.Keys(before)) {
		pair := before[id] + " to " + after[id]
		if pair == "pass to fail" || pair == "fail to pass" {
			rules = append(rules, id+": "+pair)
		}
	}
	return rules
}

// said reports whether the manifest says that something of a section is wrong or
// unknown, with file and line if a line is given.
func said(m *memory, section, place string) bool {
	for _, s := range m.Manifest.Sections {
		if s.Name == section && (s.Status != snapshot.Collected || s.Note != "") && strings.Contains(s.Error+s.Note, place) {
			return true
		}
	}
	return slices.ContainsFunc(m.Manifest.Source.Notes, func(n string) bool {
		return strings.Contains(n, fmt.Sprintf("section %q", section)) && strings.Contains(n, place)
	})
}

// TestLawOfCells blanks cells of every column of every file of the demo estate.
func TestLawOfCells(t *testing.T) {
	records := demoRecords(t)
	dir := t.TempDir()
	writeRecords(t, dir, records)
	base := collectLaw(t, dir)
	for _, l := range binding.Layouts() {
		all := records[l.Section]
		for column := range all[0] {
			name := all[0][column]
			if !slices.ContainsFunc(l.Columns, func(c binding.Column) bool { return c.Name == name }) {
				continue
			}
			rows := filledRows(all, column)
			if testing.Short() && len(rows) > 1 {
				rows = rows[:1]
			}
			for _, row := range rows {
				if len(all[0]) == 1 && row == len(all)-1 {
					continue // an empty line at the end of a file is no row
				}
				value := all[row][column]
				all[row][column] = ""
				writeRecords(t, dir, map[string][][]string{l.Section: all})
				after := collectLaw(t, dir)
				all[row][column] = value
				checkLaw(t, fmt.Sprintf("%s.%s of line %d (%s) blank", l.Section, name, lineOf(all, row), value), base, after, l.Section, fmt.Sprintf("line %d", lineOf(all, row)), name)
			}
		}
		writeRecords(t, dir, map[string][][]string{l.Section: all})
	}
}

// lineOf is the line on which a record begins.
func lineOf(all [][]string, row int) int {
	line := 1
	for _, record := range all[:row] {
		line += 1 + strings.Count(strings.Join(record, ""), "\n")
	}
	return line
}

// filledRows are the first, the middle and the last row with a value.
func filledRows(all [][]string, column int) []int {
	var filled []int
	for i := 1; i < len(all); i++ {
		if all[i][column] != "" {
			filled = append(filled, i)
		}
	}
	if len(filled) < 3 {
		return filled
	}
	return []int{filled[len(filled)/2], filled[0], filled[len(filled)-1]}
}

// checkLaw holds a snapshot after something was taken away to the one before.
func checkLaw(t *testing.T, what string, base, after *lawRun, section, place, column string) {
	t.Helper()
	changed, wrong := lost("", base.tree, after.tree)
	if !changed {
		return
	}
	var invented []string
	for _, w := range wrong {
		switch {
		case column == "name" && strings.Contains(w, ".name: "): // shown by its GUID
		case strings.Contains(w, "is gone") && said(after.memory, section, place): // a part of a list
		case column == "mask" && strings.Contains(w, "/32 is new") && said(after.memory, section, place): // an address without its network
		default:
			invented = append(invented, w)
		}
	}
	if len(invented) > 0 && vouched(section) && place == "" {
		return // its query says that it may have no rows
	}
	if len(invented) > 0 {
		t.Errorf("%s: %s", what, strings.Join(invented[:min(3, len(invented))], "; "))
	}
	if rules := turned(base.evaluate(t), after.evaluate(t)); len(rules) > 0 {
		t.Errorf("%s: %s", what, strings.Join(rules, ", "))
	}
}

// TestLawOfRows leaves only the header of every file, cuts a row in the middle
// of it, and cuts the file off within the last row.
func TestLawOfRows(t *testing.T) {
	records := demoRecords(t)
	dir := t.TempDir()
	writeRecords(t, dir, records)
	base := collectLaw(t, dir)
	for _, l := range binding.Layouts() {
		all := records[l.Section]
		path := filepath.Join(dir, l.Section+".csv")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		writeRecords(t, dir, map[string][][]string{l.Section: all[:1]})
		if after := collectLaw(t, dir); len(all) > 1 {
			checkLaw(t, l.Section+" without rows", base, after, l.Section, "", "")
		}
		if len(all) > 2 && len(all[0]) > 1 {
			short := slices.Clone(all)
			short[len(all)/2] = short[len(all)/2][:1]
			writeRecords(t, dir, map[string][][]string{l.Section: short})
			if s := collectLaw(t, dir).Section(t, l.Section); s.Status != snapshot.Failed || !strings.Contains(s.Error, path+": line ") {
				t.Errorf("%s with a short row: %+v", l.Section, s)
			}
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// blanking is a database whose answer to the query of one section lacks one value.
type blanking struct {
	db      *sql.DB
	section string
	row     int
	column  string
	value   driver.Value // what was there
}

func (b *blanking) Connect(context.Context) (driver.Conn, error) { return b, nil }
func (b *blanking) Driver() driver.Driver                        { return nil }
func (b *blanking) Prepare(string) (driver.Stmt, error)          { return nil, errors.ErrUnsupported }
func (b *blanking) Begin() (driver.Tx, error)                    { return nil, errors.ErrUnsupported }
func (b *blanking) Close() error                                 { return nil }
func (b *blanking) CheckNamedValue(*driver.NamedValue) error     { return nil }
func (b *blanking) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	named := make([]any, len(args))
	for i, a := range args {
		named[i] = sql.Named(a.Name, a.Value)
	}
	rows, err := b.db.QueryContext(ctx, query, named...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	answer := &answered{}
	if answer.columns, err = rows.Columns(); err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(answer.columns))
		targets := make([]any, len(values))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := make([]driver.Value, len(values))
		for i, v := range values {
			row[i] = v
		}
		answer.rows = append(answer.rows, row)
	}
	if b.column != "" && strings.HasPrefix(query, "-- section: "+b.section+"\n") {
		b.blank(answer)
	}
	return answer, rows.Err()
}

// blank takes away the value of the middle one of the rows that have one.
func (b *blanking) blank(answer *answered) {
	column := slices.Index(answer.columns, b.column)
	var filled []int
	for i, row := range answer.rows {
		if row[column] != nil {
			filled = append(filled, i)
		}
	}
	if len(filled) > 0 {
		b.row = filled[len(filled)/2]
		b.value, answer.rows[b.row][column] = answer.rows[b.row][column], nil
	}
}

type answered struct {
	columns []string
	rows    [][]driver.Value
}

func (a *answered) Columns() []string { return a.columns }
func (a *answered) Close() error      { return nil }
func (a *answered) Next(dest []driver.Value) error {
	if len(a.rows) == 0 {
		return io.EOF
	}
	copy(dest, a.rows[0])
	a.rows = a.rows[1:]
	return nil
}

func collectSQL(t *testing.T, b *blanking) *lawRun {
	t.Helper()
	db := sql.OpenDB(b)
	defer db.Close()
	run := &lawRun{memory: new(snapshottest.Memory)}
	source := cmdb.Database{
		DB: db, Now: fixtures.Now(), UTCOffset: fixtures.UTCOffset(), Origin: snapshot.Origin{Kind: "demo", Database: fixtures.Database()},
	}
	if _, err := cmdb.Collect(t.Context(), source, run.memory, cmdb.Options{ToolVersion: "test", TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	run.tree = treeOf(t, run.memory)
	return run
}

// computed are columns that a query makes and that are never null.
var computed = map[string]bool{"clients.active": true, "clients.addresses.primary": true}

// TestLawOfSQL blanks a value of every column of the answer to every query.
func TestLawOfSQL(t *testing.T) {
	db, err := fixtures.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM [RM_ResourceComputer] WHERE SUBSTR([Guid], 36) NOT IN ('0', '7')"); err != nil {
		t.Fatal(err)
	}
	base := collectSQL(t, &blanking{db: db})
	for i, l := range binding.Layouts() {
		for j, c := range l.Columns {
			if testing.Short() && (i+j)%3 > 0 || computed[l.Section+"."+c.Name] {
				continue
			}
			b := &blanking{db: db, section: l.Section, column: c.Name}
			after := collectSQL(t, b)
			checkLaw(t, fmt.Sprintf("%s.%s of row %d (%v) null", l.Section, c.Name, b.row+1, b.value), base, after, l.Section, "row ", c.Name)
		}
	}
}

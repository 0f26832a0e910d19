package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
)

func TestParse(t *testing.T) {
	s, err := parse([]string{"-clients", "1000, 20", "-violating", "50"})
	if err != nil || len(s.clients) != 2 || s.clients[1] != 20 || s.violating != 50 || s.repeat != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, wrong := range [][]string{{"-clients", "1k"}, {"-clients", "0"}, {"-clients", " "}, {"-repeat", "0"}, {"more"}} {
		if _, err := parse(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

func TestExecute(t *testing.T) {
	s := &settings{bin: t.TempDir()}
	build := exec.Command("go", "build", "-o", s.bin+string(filepath.Separator), "./launch")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	f, err := s.execute(t.Context(), out, []int{0}, self, "-test.list", "TestExecute")
	if err != nil {
		t.Fatal(err)
	}
	if f.Wall <= 0 || f.CPU <= 0 || f.Peak == 0 && runtime.GOOS == "linux" {
		t.Errorf("%+v", f)
	}
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), "TestExecute") {
		t.Errorf("the output is %q, %v", text, err)
	}
	if _, err := s.execute(t.Context(), out, []int{1}, self, "-test.list", "none"); err == nil || !strings.Contains(err.Error(), "exit status 0") {
		t.Errorf("another exit status than the expected one: %v", err)
	}
	if runtime.GOOS != "windows" {
		f, err := s.execute(t.Context(), out, []int{0}, "sh", "-c", "kill -9 $$")
		if err == nil || f.Exit != killed {
			t.Errorf("a program that was killed: %+v, %v", f, err)
		}
	}
	if _, err := s.execute(t.Context(), out, []int{0}, filepath.Join(s.bin, "nowhere")); err == nil {
		t.Error("a program that is not there ran")
	}
}

// TestDocumentRules loads the rules that find the host's documents.
func TestDocumentRules(t *testing.T) {
	texts, err := documentRules()
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS}, rule.Source{Name: "documents", FS: files})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{tablesRule, fieldsRule} {
		if _, ok := pack.Rule(id); !ok {
			t.Errorf("there is no rule %s", id)
		}
	}
}

func TestReadDocuments(t *testing.T) {
	const result = `{"pack":{"params":{"a":1}},"findings":[
		{"rule":"BENCH-001","msg":"index","resource":{"type":"table","name":"sites"},"actual":{"x":{}}},
		{"rule":"BENCH-001","msg":"totals","resource":{"type":"table","name":"clients"},"actual":1},
		{"rule":"NS-CLI-001","msg":"index","resource":{"type":"client","guid":"B","name":"sites"},"actual":2},
		{"rule":"BENCH-002","msg":"location","resource":{"type":"client","guid":"A","name":"a"},"actual":{"site":null}},
		{"rule":"BENCH-002","msg":"events","resource":{"type":"client","guid":"A","name":"a"},"actual":{}}]}`
	d, err := readDocuments([]byte(result), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %s %s %s", d.params, d.tables["index"]["sites"], d.tables["totals"]["clients"], d.fields["A"]["location"])
	if got != `{"a":1} {"x":{}} 1 {"site":null}` {
		t.Error(got)
	}
	if _, err := readDocuments([]byte(result), 2); err == nil {
		t.Error("a client without a location was taken")
	}
	if _, err := readDocuments([]byte(strings.ReplaceAll(result, `"events"`, `"location"`)), 1); err == nil {
		t.Error("a client without events was taken")
	}
}

// TestPack compiles the pack that the peers get, and asks it for all sets.
func TestPack(t *testing.T) {
	folder := t.TempDir()
	if err := writePack(folder); err != nil {
		t.Fatal(err)
	}
	modules := map[string]*ast.Module{}
	sets := map[string]int{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		m, err := ast.ParseModule(path, string(text))
		if err != nil {
			return err
		}
		modules[path] = m
		for _, name := range []string{"violation", "unknown"} {
			for _, r := range m.Rules {
				if r.Head.Ref().String() == name {
					sets[name]++
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	compiler := ast.NewCompiler()
	if compiler.Compile(modules); compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	text, err := os.ReadFile(filepath.Join(folder, "bench.rego"))
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range sets {
		if asked := strings.Count(string(text), `"`+name+`": data.`); asked != n || n == 0 {
			t.Errorf("%d rules define %s, the wrapper asks %d of them", n, name, asked)
		}
	}
}

func TestCounts(t *testing.T) {
	want := counts{
		client: map[string]count{"C": {2, 1}},
		estate: map[string]count{"E": {1, 0}},
	}
	const finding = `{"rule":"C","kind":"violation","resource":{"type":"client"}},{"rule":"C","kind":"violation","resource":{"type":"client"}},
		{"rule":"C","kind":"unknown","resource":{"type":"client"}},{"rule":"E","kind":"violation","resource":{"type":"site"}}`
	for _, test := range []struct {
		name, text string
		count      func(string) (counts, error)
	}{
		{"nscheck", `{"rules":[{"id":"C","scope":"client","findings":2,"unknown":[{"count":1}]},{"id":"E","scope":"estate","findings":1}]}`, countNscheck},
		{"opa", `{"result":[{"expressions":[{"value":[` + finding + `]}]}]}`, countOPA},
		{"conftest", `[{"failures":[{"metadata":` + strings.ReplaceAll(finding, "}},", `}}},{"metadata":`) + `}]}]`, countConftest},
	} {
		file := filepath.Join(t.TempDir(), "result.json")
		if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := test.count(file)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(counts{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestCompare(t *testing.T) {
	of := func(name string, client, estate map[string]count) *subject {
		return &subject{name: name, counted: "file", count: func(string) (counts, error) { return counts{client, estate}, nil }}
	}
	floor := of("floor", map[string]count{"C": {1, 0}, "D": {}}, nil)
	same := of("nscheck", map[string]count{"C": {1, 0}}, map[string]count{"E": {3, 0}})
	wrongEstate := of("opa", map[string]count{"C": {1, 0}}, map[string]count{"E": {4, 0}})
	wrongClient := of("conftest", map[string]count{"C": {1, 1}}, map[string]count{"E": {3, 0}})
	people := &subject{name: "table"}
	if err := compare([]*subject{floor, same, people, same}); err != nil {
		t.Error(err)
	}
	if err := compare([]*subject{floor, same, wrongEstate}); err == nil || !strings.Contains(err.Error(), "E {Violations:3 Unknowns:0}, {Violations:4 Unknowns:0}") {
		t.Errorf("another estate: %v", err)
	}
	if err := compare([]*subject{floor, same, wrongClient}); err == nil {
		t.Error("another client was taken")
	}
}

func TestRender(t *testing.T) {
	took := func(wall, cpu time.Duration, mib int64) figures {
		return figures{Wall: wall, CPU: cpu, Peak: mib << 20}
	}
	rows := []row{
		{name: nameFloor, clients: 1000, figures: []figures{took(time.Second, time.Second, 9)}},
		{name: nameNscheck, clients: 1000, figures: []figures{took(3*time.Second, 2*time.Second, 70), took(time.Second, 4*time.Second, 80), took(2*time.Second, 3*time.Second, 60)}},
		{name: nameOPA, clients: 1000, figures: []figures{took(61*time.Second, 90*time.Second, 700)}},
		{name: nameConftest, clients: 1000, killed: true},
	}
	got := render(rows, &settings{clients: []int64{1000}, violating: 5, seed: 1, repeat: 3})
	_, tables, _ := strings.Cut(got, "\n\n")
	want := `| clients | 1,000 |
|---|---|
| nscheck eval, JSON, from zstd | not run |
| nscheck eval, JSON | 2.00 s, 3.00 s, 70 MiB |
| nscheck eval, table | not run |
| nscheck diff, JSON, of two estates | not run |
| nscheck fixture generate, zstd, once | not run |
| rules by hand in Go (the floor) | 1.00 s, 1.00 s, 9 MiB |
| opa eval | 61 s, 90 s, 700 MiB |
| conftest test | killed by the system |

| nscheck eval, JSON, compared | 1,000 |
|---|---|
| processor time, times that of the floor | 3.0 |
| opa eval's wall time, times as much | 30.5 |
| opa eval's memory, times as much | 10.0 |
| conftest's wall time, times as much | – |
| conftest's memory, times as much | – |
`
	if diff := cmp.Diff(want, tables); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWriteTable(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	const five, fifty = "<!-- make bench at 5 % writes from here -->\n", "<!-- make bench at 50 % writes from here -->\n"
	other := fifty + "kept\n" + tableEnd
	if err := os.WriteFile(page, []byte(other+"before\n"+five+"old\n"+tableEnd+"after\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := writeTable(page, 5, "new\n"); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(page)
		if err != nil || string(text) != other+"before\n"+five+"\nnew\n\n"+tableEnd+"after\n" {
			t.Errorf("%q, %v", text, err)
		}
	}
	if err := checkMarkers(page, 5); err != nil {
		t.Error(err)
	}
	if err := checkMarkers(page, 20); err == nil || !strings.Contains(err.Error(), "make bench at 20 % writes from here") {
		t.Errorf("a page without the share: %v", err)
	}
	if err := os.WriteFile(page, []byte("none\n"+tableEnd+five), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := checkMarkers(page, 5); err == nil || !strings.Contains(err.Error(), "make bench at 5 % writes from here") {
		t.Errorf("a page without markers: %v", err)
	}
	for _, violating := range []float64{5, 50} {
		if err := checkMarkers("../../docs/performance.md", violating); err != nil {
			t.Error(err)
		}
	}
}

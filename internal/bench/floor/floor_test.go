package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/fixtures/synthetic"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

func generate(t testing.TB, clients int64, violating float64) []byte {
	t.Helper()
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	if err := synthetic.Write(t.Context(), w, synthetic.Options{Clients: clients, Seed: 11, Violating: violating}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestFindsWhatTheRulesFind holds the rules by hand to those in Rego.
func TestFindsWhatTheRulesFind(t *testing.T) {
	file := generate(t, 800, 60)
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := snapshot.NewReader(bytes.NewReader(file), "generated")
	if err != nil {
		t.Fatal(err)
	}
	result, err := evaluator.Evaluate(t.Context(), pack, snap, evaluator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	want := map[string]count{}
	for _, r := range result.Rules {
		if r.Scope == rule.ClientScope {
			want[r.ID] = count{r.Findings, r.UnknownCount()}
		}
	}
	for _, workers := range []int{1, 3} {
		var out bytes.Buffer
		sum, err := judgeFile(bytes.NewReader(file), &out, workers)
		if err != nil {
			t.Fatal(err)
		}
		if got := sum.counts(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		var violations int64
		for _, n := range want {
			violations += n.Violations
		}
		if lines := strings.Count(out.String(), "\n"); int64(lines) != violations {
			t.Errorf("%d lines, want %d", lines, violations)
		}
	}
}

func TestScanner(t *testing.T) {
	line := []byte(` {"kind":"client" , "x\u0041":[1,{"a":"\"]}"},[]], "guid":"A\"\u00e9", "os_name":null, "status" : "Active",` +
		`"managed":false,"plugin_policies":["1", "2"],"task_agent":{"registered_at":"x","registration_age_days":-12},"n":1.5e3}`)
	var c client
	if _, err := c.read(bytes.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	if string(c.guid) != `A"é` || c.os != nil || string(c.status) != "Active" || c.managed != no || c.policies != 2 || c.taskAge != -12 {
		t.Errorf("%+v", c)
	}
	for end := range line { // whatever is left of it, nothing beyond it is read
		if _, err := c.read(bytes.TrimSpace(line[:end])); err == nil && end > len(`{"kind":"client"`) {
			t.Errorf("%s was taken", line[:end])
		}
	}
	for _, bad := range []string{`{"kind":"client"`, `{"kind":"client","guid":1}`, `{"kind":"client","guid":"x`, `{"kind":"client","managed":0}`} {
		if _, err := c.read([]byte(bad)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// TestLongLines are longer than a chunk.
func TestLongLines(t *testing.T) {
	file := generate(t, 3, 100)
	long := bytes.Replace(file, []byte(`"domain":"`), []byte(`"domain":"`+strings.Repeat("x", 3*chunkSize)), 2)
	want, err := judgeFile(bytes.NewReader(file), io.Discard, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := judgeFile(bytes.NewReader(long), io.Discard, 2)
	if err != nil {
		t.Fatal(err)
	}
	if *got != *want {
		t.Errorf("got %v, want %v", got.counts(), want.counts())
	}
	if _, err := judgeFile(bytes.NewReader(file[:len(file)-5]), io.Discard, 2); err == nil {
		t.Error("a file that is cut short was taken")
	}
}

func TestOlderVersion(t *testing.T) {
	for _, test := range []struct {
		a, b         string
		older, known bool
	}{
		{"8.6.3268", "8.6.3268", false, true},
		{"8.9", "8.10", true, true},
		{"8.10", "8.9", false, true},
		{"8.6", "8.6.0.0", false, true},
		{"8.6", "8.6.0.1", true, true},
		{" 08.06 ", "8.6", false, true},
		{"99999999999999999999", "100000000000000000000", true, true},
		{"8.6a", "8.6", false, false},
		{"", "8.6", false, false},
		{"8.", "8", false, false},
	} {
		if older, known := olderVersion([]byte(test.a), []byte(test.b)); older != test.older || known != test.known {
			t.Errorf("%q, %q: %v, %v", test.a, test.b, older, known)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	file := generate(b, 2000, 5)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := judgeFile(bytes.NewReader(file), io.Discard, 1); err != nil {
			b.Fatal(err)
		}
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

// example is one worked example of a rule; policies/README.md describes them.
type example struct {
	Name    string
	Case    string
	Estate  yaml.Node
	Clients yaml.Node
	Expect  struct {
		Verdict  evaluator.Verdict
		Findings []exampleObject
		Unknown  []exampleObject
	}
}

type exampleObject struct {
	Resource string
	Msg      string
}

var exampleCases = []string{"healthy", "broken", "unknown", "missing"}

// TestWorkedExamples takes every worked example of every rule from the document
// to the report, with all rules loaded.
func TestWorkedExamples(t *testing.T) {
	pack, err := evaluator.LoadPack(evaluator.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range pack.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			cases := map[string]bool{}
			for _, e := range readExamples(t, rule) {
				if !slices.Contains(exampleCases, e.Case) {
					t.Errorf("%s: case %q is none of %v", e.Name, e.Case, exampleCases)
				}
				cases[e.Case] = true
				t.Run(e.Name, func(t *testing.T) { e.run(t, pack, rule.ID) })
			}
			for _, c := range exampleCases {
				if !cases[c] {
					t.Errorf("%s has no worked example of the case %s", rule.ID, c)
				}
			}
		})
	}
}

func readExamples(t *testing.T, rule *evaluator.Rule) []example {
	t.Helper()
	name := strings.TrimPrefix(strings.TrimSuffix(rule.File, path.Ext(rule.File)), "builtin/") + ".yaml"
	data, err := fs.ReadFile(policies.FS, name)
	if err != nil {
		t.Fatalf("%s has no worked examples: %v", rule.ID, err)
	}
	var file struct{ Examples []example }
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return file.Examples
}

func (e *example) run(t *testing.T, pack *evaluator.Pack, id string) {
	doc := map[string]any{"estate": &e.Estate}
	if !e.Clients.IsZero() {
		doc["clients"] = &e.Clients
	}
	data, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := snapshot.NewReader(bytes.NewReader(data), "example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	evaluated, err := evaluator.Evaluate(context.Background(), pack, snap, evaluator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer evaluated.Close()
	var out bytes.Buffer
	format, err := report.Lookup("json")
	if err != nil {
		t.Fatal(err)
	}
	if err := format.Write(&out, evaluated, report.Options{FailOn: evaluator.Medium}); err != nil {
		t.Fatal(err)
	}
	var result report.Document
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(result.Rules, func(r evaluator.RuleResult) bool { return r.ID == id })
	if got := result.Rules[i].Verdict; got != e.Expect.Verdict {
		t.Errorf("verdict %s, want %s; reasons %v", got, e.Expect.Verdict, result.Rules[i].Reasons)
	}
	var findings, unknown []exampleObject
	for _, f := range result.Findings {
		if f.Rule == id {
			findings = append(findings, exampleObject{f.Resource.Name, f.Msg})
		}
	}
	for _, u := range result.Rules[i].Unknown {
		for _, r := range u.Sample {
			unknown = append(unknown, exampleObject{r.Name, u.Msg})
		}
	}
	compareObjects(t, "findings", e.Expect.Findings, findings)
	compareObjects(t, "unknown", e.Expect.Unknown, unknown)
}

func compareObjects(t *testing.T, what string, want, got []exampleObject) {
	t.Helper()
	order := func(a, b exampleObject) int { return strings.Compare(a.Resource+a.Msg, b.Resource+b.Msg) }
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

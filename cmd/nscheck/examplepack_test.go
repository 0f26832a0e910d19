package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
)

// examplePack is the folder of rules that administrators may use or copy from.
const examplePack = "../../examples"

func examplePackSource() rule.Source {
	return rule.Source{Name: examplePack, FS: os.DirFS(examplePack)}
}

func builtinSource() rule.Source {
	return rule.Source{Name: builtin, FS: policies.FS}
}

// loadExamplePack loads the example rules beside the built-in ones, and returns
// the example rules.
func loadExamplePack(t *testing.T) (*rule.Pack, []*rule.Rule) {
	t.Helper()
	pack, err := rule.LoadPack(builtinSource(), examplePackSource())
	if err != nil {
		t.Fatal(err)
	}
	return pack, slices.DeleteFunc(slices.Clone(pack.Rules), func(r *rule.Rule) bool {
		return strings.HasPrefix(r.File, builtin+"/")
	})
}

// TestExamplePack runs every test and every worked example of the example rules,
// beside the built-in rules as their users have them.
func TestExamplePack(t *testing.T) {
	testRules(t, ruletest.Options{
		Targets: []ruletest.Target{{Source: examplePackSource()}},
		Others:  []rule.Source{builtinSource()},
	})
	manifest, err := rule.ReadPackManifest(os.DirFS(examplePack))
	if err != nil {
		t.Fatal(err)
	}
	_, rules := loadExamplePack(t)
	for _, rule := range rules {
		if !strings.HasPrefix(rule.ID, manifest.Prefix+"-") {
			t.Errorf("the id %s does not begin with the pack's prefix %s", rule.ID, manifest.Prefix)
		}
		if len(rule.Related) == 0 {
			t.Errorf("%s names nothing to read", rule.ID)
		}
		data, err := os.ReadFile(strings.TrimSuffix(rule.File, ".rego") + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		examples, err := evaluator.ReadExamples(rule.File, data)
		if err != nil {
			t.Fatal(err)
		}
		everyCase(t, rule, examples)
	}
}

// TestExamplePackLints holds the example rules to what shared packs are held to.
func TestExamplePackLints(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "rule", "lint", "--strict", examplePack}, &stdout, &stderr); status != result.ExitClean {
		t.Errorf("exit status %d:\n%s%s", status, stdout.String(), stderr.String())
	}
}

// TestExamplePackPage holds the table in the examples' README to the rules.
func TestExamplePackPage(t *testing.T) {
	text, err := os.ReadFile(examplePack + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rules := loadExamplePack(t)
	for _, r := range rules {
		row := fmt.Sprintf("| [%s](%s) | %s |", r.ID, strings.TrimPrefix(r.File, examplePack+"/"), r.Title)
		if !strings.Contains(string(text), row) {
			t.Errorf("the README's table has no row that begins with %s", row)
		}
	}
	if n := strings.Count(string(text), "\n| ["); n != len(rules) {
		t.Errorf("the README's table has %d rows for %d rules", n, len(rules))
	}
}

// TestExamplePackOnDemo holds what the example rules say about the demo estate to
// a golden file: with the parameters as they come, and as somebody might set them.
func TestExamplePackOnDemo(t *testing.T) {
	var got strings.Builder
	for _, params := range [][]string{
		nil,
		{"--param", "plugin_minimum=7.5", "--param", "licences_bought=420", "--param", "lab_sites=[]"},
	} {
		args := append([]string{"nscheck", "scan", "--demo", "--quiet", "-p", examplePack, "-f", "json"}, params...)
		var stdout, stderr bytes.Buffer
		if status := run(args, &stdout, &stderr); status != result.ExitFindings {
			t.Fatalf("exit status %d: %s", status, stderr.String())
		}
		fmt.Fprintf(&got, "$ nscheck scan --demo -p examples %s\n\n", strings.Join(params, " "))
		printExampleVerdicts(t, &got, stdout.Bytes())
	}
	const file = "testdata/examplepack.txt"
	if update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// printExampleVerdicts prints of a result what the example rules found, with the
// computers that a rule found for one reason on one line.
func printExampleVerdicts(t *testing.T, w *strings.Builder, result []byte) {
	t.Helper()
	type said struct {
		Rule, Verdict, Msg string
		Resource           struct{ Name string }
	}
	var doc struct {
		Rules []struct {
			ID, Verdict string
			Reasons     []struct{ Msg string }
			Unknown     []struct {
				Msg    string
				Count  int
				Sample []struct{ Name string }
			}
		}
		Findings []said
	}
	if err := json.Unmarshal(result, &doc); err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(doc.Findings, func(a, b said) int {
		return cmp.Or(cmp.Compare(a.Msg, b.Msg), cmp.Compare(a.Resource.Name, b.Resource.Name))
	})
	for _, r := range doc.Rules {
		if !strings.HasPrefix(r.ID, "EX-") {
			continue
		}
		fmt.Fprintf(w, "%s %s\n", r.ID, r.Verdict)
		for _, reason := range r.Reasons {
			fmt.Fprintf(w, "  because %s\n", reason.Msg)
		}
		names := map[string][]string{}
		var msgs []string
		for _, f := range doc.Findings {
			if f.Rule == r.ID {
				if names[f.Msg] == nil {
					msgs = append(msgs, f.Msg)
				}
				names[f.Msg] = append(names[f.Msg], f.Resource.Name)
			}
		}
		for _, msg := range msgs {
			fmt.Fprintf(w, "  found   %s: %s\n", shorten(names[msg], len(names[msg])), msg)
		}
		for _, u := range r.Unknown {
			var sample []string
			for _, o := range u.Sample {
				sample = append(sample, o.Name)
			}
			fmt.Fprintf(w, "  unknown %s: %s\n", shorten(sample, u.Count), u.Msg)
		}
	}
	w.WriteString("\n")
}

// shorten lists the first of n names.
func shorten(names []string, n int) string {
	const most = 3
	if n <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
}

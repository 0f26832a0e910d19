package scaffold

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/format"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
)

var scopes = []rule.Scope{rule.EstateScope, rule.ClientScope}

func options(dir string, scope rule.Scope) Options {
	return Options{Dir: dir, Name: "site/house_rule", Title: "A house rule", Severity: rule.Medium, Scope: scope, Pack: "acme-rules", Prefix: "ACME"}
}

// filesOf are a rule's files without writing them.
func filesOf(t *testing.T, o Options) fstest.MapFS {
	t.Helper()
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, f := range r.Files {
		out[f.Path] = &fstest.MapFile{Data: f.Text}
	}
	return out
}

func run(files fstest.MapFS) (*ruletest.Report, error) {
	return ruletest.Run(context.Background(), ruletest.Options{
		Targets:  []ruletest.Target{{Source: rule.Source{Name: "pack", FS: files}}},
		Coverage: true,
	})
}

func TestNewRuleWorks(t *testing.T) {
	for _, scope := range scopes {
		files := filesOf(t, options(t.TempDir(), scope))
		want := []string{"pack.yaml", "site/house_rule.rego", "site/house_rule.yaml", "site/house_rule_test.rego"}
		if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
			t.Errorf("%s: files %v, want %v", scope, got, want)
		}
		for name, f := range files {
			if !strings.HasSuffix(name, ".rego") {
				continue
			}
			if formatted, err := format.Source(name, f.Data); err != nil || string(formatted) != string(f.Data) {
				t.Errorf("%s: %s is not as opa fmt has it: %v", scope, name, err)
			}
		}
		r, err := run(files)
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK() || len(r.Gaps) > 0 || r.Coverage.Percent != 100 {
			t.Errorf("%s: %+v", scope, r)
		}
		examples, err := evaluator.ReadExamples("site/house_rule.yaml", files["site/house_rule.yaml"].Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range evaluator.ExampleCases {
			if !slices.ContainsFunc(examples, func(e evaluator.Example) bool { return e.Case == c }) {
				t.Errorf("%s: there is no example of the case %s", scope, c)
			}
		}
	}
}

// TestPlaceholdersAreThere: rule lint finds by them what was not written anew.
func TestPlaceholdersAreThere(t *testing.T) {
	for _, scope := range []string{"client", "estate"} {
		text, err := templateFiles.ReadFile("templates/" + scope + ".rego.tmpl")
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.Join(strings.Fields(strings.ReplaceAll(string(text), "\n#", " ")), " ")
		for _, p := range Placeholders {
			if !strings.Contains(plain, p) {
				t.Errorf("%q is not in the rule of scope %s", p, scope)
			}
		}
	}
}

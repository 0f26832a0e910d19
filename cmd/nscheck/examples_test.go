package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/rulepage"
	"github.com/nscheck/nscheck/policies"
)

// TestBuiltinRules runs every test and every worked example of the built-in
// rules, with all rules loaded.
func TestBuiltinRules(t *testing.T) {
	testRules(t, ruletest.Options{
		Targets: []ruletest.Target{{Source: rule.Source{Name: builtin, FS: policies.FS}}},
	})
}

// testRules runs tests and worked examples of rules, all of which must have some
// and pass.
func testRules(t *testing.T, o ruletest.Options) {
	t.Helper()
	r, err := ruletest.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.OK() && len(r.Gaps) == 0 {
		return
	}
	write, err := ruletest.LookupFormat("text")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := write(&text, r, ruletest.FormatOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Error(text.String())
}

func TestWorkedExamplesOfEveryCase(t *testing.T) {
	pack, err := rule.LoadPack(rule.Source{Name: builtin, FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	pages := rulepage.New(pack, policies.FS)
	for _, rule := range pack.Rules {
		examples, err := pages.Examples(rule)
		if err != nil {
			t.Fatal(err)
		}
		everyCase(t, rule, examples)
	}
}

// everyCase makes sure that a rule has a worked example of each case.
func everyCase(t *testing.T, rule *rule.Rule, examples []evaluator.Example) {
	t.Helper()
	for _, c := range evaluator.ExampleCases {
		if !slices.ContainsFunc(examples, func(e evaluator.Example) bool { return e.Case == c }) {
			t.Errorf("%s has no worked example of the case %s", rule.ID, c)
		}
	}
}

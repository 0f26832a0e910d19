package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/internal/rulepage"
	"github.com/nscheck/nscheck/policies"
)

// TestWorkedExamples judges every worked example of every rule, with all rules
// loaded.
func TestWorkedExamples(t *testing.T) {
	pack, err := evaluator.LoadPack(evaluator.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	pages := rulepage.New(pack, policies.FS)
	for _, rule := range pack.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			examples, err := pages.Examples(rule)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range evaluator.ExampleCases {
				if !slices.ContainsFunc(examples, func(e evaluator.Example) bool { return e.Case == c }) {
					t.Errorf("%s has no worked example of the case %s", rule.ID, c)
				}
			}
			for i := range examples {
				e := &examples[i]
				t.Run(e.Name, func(t *testing.T) {
					got, err := e.Run(context.Background(), pack, rule.ID)
					if err != nil {
						t.Fatal(err)
					}
					for _, list := range [][]evaluator.ExampleObject{got.Findings, got.Unknown, e.Expect.Findings, e.Expect.Unknown} {
						slices.SortFunc(list, func(a, b evaluator.ExampleObject) int {
							return strings.Compare(a.Resource+a.Msg, b.Resource+b.Msg)
						})
					}
					if diff := cmp.Diff(e.Expect, got); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				})
			}
		})
	}
}

package lint

import (
	"context"
	"os"
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
)

var builtin = rule.Source{Name: "builtin", FS: policies.FS}

// TestOurOwnRulesAreClean holds the built-in rules and the examples to all that
// shared packs are held to.
func TestOurOwnRulesAreClean(t *testing.T) {
	for _, c := range []struct {
		source rule.Source
		opts   Options
	}{
		{builtin, Options{Strict: true, Shipped: true}},
		{rule.Source{Name: "examples", FS: os.DirFS("../../examples")}, Options{Strict: true, Beside: []rule.Source{builtin}}},
	} {
		t.Run(c.source.Name, func(t *testing.T) {
			t.Parallel()
			report, err := Run(context.Background(), []rule.Source{c.source}, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range report.Problems {
				t.Error(p.Text())
			}
			for _, s := range report.Silenced {
				t.Logf("%s: %s is silenced: %s", s.File, s.Name, s.Reason)
			}
		})
	}
}

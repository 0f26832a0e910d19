package lint

import (
	"context"
	"os"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/policies"
)

var builtin = evaluator.Source{Name: "builtin", FS: policies.FS}

// TestOurOwnRulesAreClean holds the built-in rules and the examples to all that
// shared packs are held to.
func TestOurOwnRulesAreClean(t *testing.T) {
	for _, c := range []struct {
		source evaluator.Source
		opts   Options
	}{
		{builtin, Options{Strict: true, Shipped: true}},
		{evaluator.Source{Name: "examples", FS: os.DirFS("../../examples")}, Options{Strict: true, Beside: []evaluator.Source{builtin}}},
	} {
		t.Run(c.source.Name, func(t *testing.T) {
			t.Parallel()
			report, err := Run(context.Background(), []evaluator.Source{c.source}, c.opts)
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

package lint

import (
	"context"
	"testing"
	"time"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/policies"
)

var builtin = evaluator.Source{Name: "builtin", FS: policies.FS}

// TestTheBuiltinRulesAreClean holds the built-in rules to all that shared packs
// are held to.
func TestTheBuiltinRulesAreClean(t *testing.T) {
	start := time.Now()
	report, err := Run(context.Background(), []evaluator.Source{builtin}, Options{Strict: true, Shipped: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("it took %v", time.Since(start))
	for _, p := range report.Problems {
		t.Errorf("%s:%d:%d: %s: %s (%s)", p.File, p.Line, p.Column, p.Severity, p.Message, p.Name)
	}
	for _, s := range report.Silenced {
		t.Logf("%s: %s is silenced: %s", s.File, s.Name, s.Reason)
	}
}

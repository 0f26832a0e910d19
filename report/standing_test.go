package report

import (
	"bytes"
	"iter"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestStandingWithABaseline: with a baseline all that is there counts, as the exit
// status has it; what only the baseline has does not.
func TestStandingWithABaseline(t *testing.T) {
	r := compare.Alone(&result.Result{Rules: []result.RuleResult{{ID: "A", Verdict: result.Fail}, {ID: "W", Verdict: result.Warn}}})
	for _, c := range []struct {
		finding result.Finding
		want    standing
	}{
		{result.Finding{Rule: "A", Severity: rule.High}, counts},
		{result.Finding{Rule: "A", Severity: rule.High, BaselineState: result.New}, counts},
		{result.Finding{Rule: "A", Severity: rule.High, BaselineState: result.Unchanged}, counts},
		{result.Finding{Rule: "A", Severity: rule.High, BaselineState: result.Incomparable}, counts},
		{result.Finding{Rule: "A", Severity: rule.High, BaselineState: result.Incomparable, Gone: true}, unknown},
		{result.Finding{Rule: "A", Severity: rule.High, BaselineState: result.Absent, Gone: true}, fixed},
		{result.Finding{Rule: "A", Severity: rule.High, Waiver: &result.WaiverUse{}}, waived},
		{result.Finding{Rule: "A", Severity: rule.Low}, belowLimit},
		{result.Finding{Rule: "W", Severity: rule.High}, notYet},
	} {
		if got := standingOf(r, c.finding, Options{FailOn: rule.Medium}); got != c.want {
			t.Errorf("%+v stands as %s, want %s", c.finding, got, c.want)
		}
	}
}

// TestSarifOfWhatCannotBeCompared: the standard has no such state.
func TestSarifOfWhatCannotBeCompared(t *testing.T) {
	r := evaluate(t, docs["broken"])
	var out bytes.Buffer
	if err := (sarifFormat{}).write(&out, r, incomparable(r.Findings()), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	written, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(written); err != nil {
		t.Error(err)
	}
	for _, want := range []string{`"kind":"open","level":"none"`, `"baselineState":"incomparable"`} {
		if !bytes.Contains(out.Bytes(), []byte(want)) {
			t.Errorf("no %s in\n%s", want, out.Bytes())
		}
	}
}

// incomparable says of findings that one side could not judge them, of every
// second that it is the present one.
func incomparable(findings iter.Seq2[result.Finding, error]) iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		gone := false
		for f, err := range findings {
			gone = !gone
			f.BaselineState, f.Gone = result.Incomparable, gone
			if !yield(f, err) {
				return
			}
		}
	}
}

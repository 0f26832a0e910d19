package report

import (
	"bytes"
	"iter"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nscheck/nscheck/evaluator"
)

// TestStandingWithABaseline: with a baseline all that is there counts, as the exit
// status has it; what only the baseline has does not.
func TestStandingWithABaseline(t *testing.T) {
	r := evaluator.Alone(&evaluator.Result{Rules: []evaluator.RuleResult{{ID: "A", Verdict: evaluator.Fail}, {ID: "W", Verdict: evaluator.Warn}}})
	for _, c := range []struct {
		finding evaluator.Finding
		want    standing
	}{
		{evaluator.Finding{Rule: "A", Severity: evaluator.High}, counts},
		{evaluator.Finding{Rule: "A", Severity: evaluator.High, BaselineState: evaluator.New}, counts},
		{evaluator.Finding{Rule: "A", Severity: evaluator.High, BaselineState: evaluator.Unchanged}, counts},
		{evaluator.Finding{Rule: "A", Severity: evaluator.High, BaselineState: evaluator.Incomparable}, counts},
		{evaluator.Finding{Rule: "A", Severity: evaluator.High, BaselineState: evaluator.Incomparable, Gone: true}, unknown},
		{evaluator.Finding{Rule: "A", Severity: evaluator.High, BaselineState: evaluator.Absent, Gone: true}, fixed},
		{evaluator.Finding{Rule: "A", Severity: evaluator.High, Waiver: &evaluator.WaiverUse{}}, waived},
		{evaluator.Finding{Rule: "A", Severity: evaluator.Low}, belowLimit},
		{evaluator.Finding{Rule: "W", Severity: evaluator.High}, notYet},
	} {
		if got := standingOf(r, c.finding, Options{FailOn: evaluator.Medium}); got != c.want {
			t.Errorf("%+v stands as %s, want %s", c.finding, got, c.want)
		}
	}
}

// TestSarifOfWhatCannotBeCompared: the standard has no such state.
func TestSarifOfWhatCannotBeCompared(t *testing.T) {
	r := evaluate(t, docs["broken"])
	var out bytes.Buffer
	if err := (sarifFormat{}).write(&out, r, incomparable(r.Findings()), Options{FailOn: evaluator.Medium}); err != nil {
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
func incomparable(findings iter.Seq2[evaluator.Finding, error]) iter.Seq2[evaluator.Finding, error] {
	return func(yield func(evaluator.Finding, error) bool) {
		gone := false
		for f, err := range findings {
			gone = !gone
			f.BaselineState, f.Gone = evaluator.Incomparable, gone
			if !yield(f, err) {
				return
			}
		}
	}
}

package report

import (
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestJunitRoundTrip reads JUnit back: its numbers are those of its test cases,
// and these those of the findings.
func TestJunitRoundTrip(t *testing.T) {
	var got junit.Testsuites
	if err := xml.Unmarshal(writeHostile(t, "junit"), &got); err != nil {
		t.Fatal(err)
	}
	var counted junit.Testsuites
	for _, s := range got.Suites {
		again := junit.Testsuite{}
		for _, c := range s.Testcases {
			again.AddTestcase(c)
		}
		counted.AddSuite(again)
		if s.Tests != again.Tests || s.Failures != again.Failures || s.Errors != again.Errors || s.Skipped != again.Skipped {
			t.Errorf("%s: %d %d %d %d, counted %d %d %d %d", s.Name, s.Tests, s.Failures, s.Errors, s.Skipped,
				again.Tests, again.Failures, again.Errors, again.Skipped)
		}
	}
	if got.Tests != counted.Tests || got.Failures != counted.Failures || got.Skipped != counted.Skipped {
		t.Errorf("in all %d %d %d, counted %d %d %d", got.Tests, got.Failures, got.Skipped, counted.Tests, counted.Failures, counted.Skipped)
	}
	want := map[standing]int{}
	r := evaluate(t, hostileDoc())
	for _, f := range hostileFindings(t) {
		want[standingOf(r, f, Options{FailOn: rule.Critical})]++
	}
	have := map[standing]int{}
	for _, s := range got.Suites {
		for _, c := range s.Testcases {
			switch {
			case c.Failure != nil:
				have[counts]++
			case c.Skipped == nil && c.Error == nil:
				have[fixed]++
			case c.Skipped != nil && c.Skipped.Type != "not_evaluated":
				have[standing(c.Skipped.Type)]++
			}
		}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-findings +test cases):\n%s", diff)
	}
}

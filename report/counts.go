package report

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// standing is the effect of a finding on the outcome of a run.
type standing string

const (
	counts     standing = "counts"      // it is there, and bad enough to fail the run
	belowLimit standing = "below_limit" // it is there, and less bad than the limit, or does not count yet
	waived     standing = "waived"      // it is there, and a waiver accepts it
	notYet     standing = "not_yet"     // it is there, and its rule only warns yet
	unchanged  standing = "unchanged"   // it is there, was there before, and only what is new counts
	fixed      standing = "fixed"       // the baseline had it, and it is gone
	unknown    standing = "unknown"     // one side had it, and the other could not evaluate it
)

// standingOf returns the standing of a finding of a result with the options' limit, as
// the exit status has it: of a head only what is new counts, and of a result with
// a baseline all that is there.
func standingOf(r *compare.Outcome, f result.Finding, o Options) standing {
	head := r.Compared() != nil || r.FailsOnNew()
	switch {
	case f.BaselineState == result.Absent:
		return fixed
	case f.BaselineState == result.Incomparable && (head || f.Gone):
		return unknown
	case f.Waiver != nil:
		return waived
	case head && f.BaselineState != result.New:
		return unchanged
	case r.OnlyWarns(f.Rule):
		return notYet
	case !f.Severity.AtLeast(o.FailOn):
		return belowLimit
	}
	return counts
}

// gone reports whether only the baseline has a finding.
func gone(f result.Finding) bool { return f.Gone || f.BaselineState == result.Absent }

var verdictWord = map[result.Verdict]string{
	result.Errored:       "broke",
	result.Fail:          "found something",
	result.Warn:          "found something that does not count yet",
	result.Waived:        "waived",
	result.NotEvaluated:  "not evaluated",
	result.NoSource:      "without a source",
	result.NotApplicable: "not applicable",
	result.Disabled:      "switched off",
	result.Pass:          "passed",
}

// byVerdict counts the rules by what became of them.
func byVerdict(r *compare.Outcome) string {
	var parts []string
	for _, v := range result.Verdicts {
		if n := r.Summary.Rules[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, verdictWord[v]))
		}
	}
	return plural(int64(len(r.Rules)), "rule") + ": " + strings.Join(parts, ", ")
}

// bySeverity counts the findings by severity.
func bySeverity(r *compare.Outcome) string {
	var parts []string
	for _, s := range rule.Severities {
		if n := r.Summary.Findings[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ") + discounted(&r.Summary)
}

// exit returns the exit status of the command.
func (o Options) exit(r *compare.Outcome) Exit {
	return Exit{r.ExitStatus(o.FailOn, o.AllowIncomplete), o.FailOn, o.AllowIncomplete}
}

// exitMeaning says what the exit status says.
func exitMeaning(r *compare.Outcome, o Options) string {
	if d := r.Compared(); d != nil {
		return comparedMeaning(d, Exit{d.ExitStatus(o.FailOn, o.AllowIncomplete), o.FailOn, o.AllowIncomplete})
	}
	switch status := r.ExitStatus(o.FailOn, o.AllowIncomplete); {
	case status == result.ExitFindings && r.FailsOnNew():
		return "new findings at or above " + string(o.FailOn)
	case status == result.ExitFindings:
		return "findings at or above " + string(o.FailOn)
	case status == result.ExitTrouble:
		return "a rule broke"
	case status == result.ExitIncomplete:
		return "something was not evaluated"
	case r.Incomplete():
		return "what was not evaluated is allowed"
	case r.FailsOnNew():
		return "no new finding at or above " + string(o.FailOn)
	case discounted(&r.Summary) != "":
		return "no finding at or above " + string(o.FailOn) + " that counts"
	case bySeverity(r) != "none":
		return "no finding at or above " + string(o.FailOn)
	}
	return "clean"
}

package compare

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// ExitStatus is what a command that compares exits with: new findings count from
// failOn upwards, whatever the old ones are, unless they are waived or of a rule
// that only warns yet. Clients that are newly affected count whatever the findings
// are.
func (d *Difference) ExitStatus(failOn rule.Severity, allowIncomplete bool) int {
	if d.base.Summary.Rules[result.Errored]+d.head.Summary.Rules[result.Errored] > 0 {
		return result.ExitTrouble
	}
	switch {
	case len(d.Failures(failOn)) > 0:
		return result.ExitFindings
	case d.affectedUnclear(), d.Incomplete() && !allowIncomplete:
		return result.ExitIncomplete
	}
	return result.ExitClean
}

// Incomplete reports whether it could not be told of everything what lies
// between the two sides.
func (d *Difference) Incomplete() bool {
	if d.head.Summary.Unasked() == len(d.head.Rules) {
		return true
	}
	return d.CountRemarks(RemarkUnknown)+d.CountRemarks(RemarkStopped) > 0 || slices.ContainsFunc(d.Rules, func(r RuleDifference) bool { return len(r.Incomplete) > 0 })
}

// exitStatus is the exit status of the command that compares.
func (d *Difference) exitStatus(_ *result.Result, failOn rule.Severity, allowIncomplete bool) int {
	return d.ExitStatus(failOn, allowIncomplete)
}

func (d *Difference) incomplete(*result.Result) bool { return d.Incomplete() }

// Failures lists in words why the exit status is 1; none if nothing fails. A rule that
// broke makes it 2 all the same.
func (d *Difference) Failures(failOn rule.Severity) []string {
	var out []string
	if d.newCounting(failOn) > 0 {
		out = append(out, "new findings at or above "+string(failOn))
	}
	if d.affectedFail() {
		affected := result.Count(d.Clients.Harmed.Sure, "client") + " newly affected"
		if d.Limits.AllowAffected > 0 {
			affected += fmt.Sprintf(", %d allowed", d.Limits.AllowAffected)
		}
		out = append(out, affected)
	}
	if n := d.CountRemarks(RemarkUncovered); d.Limits.FailOnUncovered && n > 0 {
		out = append(out, result.Count(n, "changed setting")+" not covered by any rule")
	}
	return out
}

// Doubts lists in words why the exit status is 3 unless something fails; none if it
// is not.
func (d *Difference) Doubts() []string {
	var out []string
	if d.affectedUnclear() {
		out = append(out, result.Count(d.Clients.Harmed.Possible, "client")+" possibly newly affected")
	}
	if d.Incomplete() {
		out = append(out, "something was not evaluated")
	}
	return out
}

// newCounting counts the new findings that count from a severity upwards.
func (d *Difference) newCounting(failOn rule.Severity) (n int64) {
	for severity, all := range d.Findings[result.New] {
		if severity.AtLeast(failOn) {
			n += all - d.Waived[severity] - d.Warnings[severity]
		}
	}
	return n
}

// affectedFail reports whether more clients are newly affected than allowed.
func (d *Difference) affectedFail() bool { return d.Clients.Harmed.Sure > d.Limits.AllowAffected }

// affectedUnclear reports whether clients may be newly affected and that is not
// allowed.
func (d *Difference) affectedUnclear() bool {
	return d.Clients.Harmed.Possible > 0 && !d.Limits.AllowPossiblyAffected
}

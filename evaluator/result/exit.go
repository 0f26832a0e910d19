package result

import (
	"github.com/nscheck/nscheck/evaluator/rule"
	"slices"
)

// Exit statuses of commands that evaluate.
const (
	ExitClean      = 0 // every applicable rule was evaluated and found nothing that counts
	ExitFindings   = 1 // findings at or above the limit
	ExitTrouble    = 2 // the tool could not do its work
	ExitIncomplete = 3 // no such finding, but something was not evaluated
)

// ExitStatus is what a command that evaluates exits with. Findings count from
// failOn upwards. A rule that broke is the tool's trouble and goes before
// findings, for nobody knows what it would have found.
func (r *Result) ExitStatus(failOn rule.Severity, allowIncomplete bool) int {
	if r.Summary.Rules[Errored] > 0 {
		return ExitTrouble
	}
	for severity := range r.Summary.Findings {
		if r.Summary.Counting(severity) > 0 && severity.AtLeast(failOn) {
			return ExitFindings
		}
	}
	if r.Incomplete() && !allowIncomplete {
		return ExitIncomplete
	}
	return ExitClean
}

// Incomplete reports whether anything was not evaluated: a rule, an object
// that a rule could not judge, a part of what a rule needs, or whom a finding
// harms. If no rule that
// is switched on was for the platform's version and had a source, nothing was
// evaluated. What is switched off, what has no source and what the configuration
// accepts is not missing.
func (r *Result) Incomplete() bool {
	if r.Summary.Unasked() == len(r.Rules) {
		return true
	}
	return slices.ContainsFunc(r.Rules, func(rule RuleResult) bool { return rule.incomplete() })
}

// Unasked is how many rules nothing was asked of.
func (s *Summary) Unasked() int {
	return s.Rules[NotApplicable] + s.Rules[Disabled] + s.Rules[NoSource]
}

// Counting is how many findings of a severity count: neither waived nor of a
// rule that only warns yet.
func (s *Summary) Counting(severity rule.Severity) int64 {
	return s.Findings[severity] - s.Waived[severity] - s.Warnings[severity]
}

// Found reports whether the rule was evaluated and found something.
func (r *RuleResult) Found() bool {
	return r.Verdict == Fail || r.Verdict == Warn || r.Verdict == Waived
}

// OnlyWarns reports whether the findings of a rule do not count yet.
func (r *Result) OnlyWarns(rule string) bool {
	i := slices.IndexFunc(r.Rules, func(x RuleResult) bool { return x.ID == rule })
	return i >= 0 && r.Rules[i].Verdict == Warn
}

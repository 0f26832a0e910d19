package evaluator

import (
	"slices"

	"github.com/nscheck/nscheck/change"
)

// incomplete says why it cannot be told what lies between the two sides for a
// rule. What neither side could judge, and what no setting that differs has
// anything to do with, is as unknown as before: it leaves the answer complete.
func (d *Difference) incomplete(rule int) []string {
	var out []string
	base, head := &d.base.Rules[rule], &d.head.Rules[rule]
	if head.Verdict == Disabled {
		return nil // nobody asks
	}
	if n := d.Rules[rule].Findings[Incomparable]; n > 0 {
		out = append(out, count(n, "finding")+" of one side that the other could not judge")
	}
	names := d.blame.namesOf(head.ID)
	touched := slices.ContainsFunc(d.Settings, func(s change.Setting) bool { return !s.Observed && mayRead(names, &s) })
	for _, r := range []*RuleResult{base, head} {
		if r.Verdict == Errored {
			out = append(out, r.Reasons[0].Msg)
		}
	}
	for _, reason := range head.Reasons {
		before := slices.Contains(base.Reasons, reason)
		if head.Verdict != Errored && head.Verdict != NotApplicable && (touched || !before) {
			out = append(out, reason.Msg)
		}
	}
	if n := d.Rules[rule].unknown; n > 0 {
		out = append(out, "it is unknown of "+count(n, "client")+" of which it was known")
	}
	return append(out, d.newlyUnknown(rule, names)...)
}

// newlyUnknown lists the objects of the estate that the rule cannot judge on the
// head: those that it could judge before, and those that a setting which
// differs has to do with.
func (d *Difference) newlyUnknown(rule int, names map[string]bool) []string {
	id := d.Rules[rule].ID
	var out []string
	for _, object := range d.head.trail.unsure[id] {
		known := !slices.ContainsFunc(d.base.trail.unsure[id], object.is)
		f := Finding{Rule: id, Resource: object}
		near := d.blame.about(&f)
		related := slices.ContainsFunc(d.Settings, func(s change.Setting) bool {
			return !s.Observed && mayRead(names, &s) && s.Section != "server" && d.blame.relates(&s, &f, near)
		})
		if known || related {
			out = append(out, "it is unknown of "+object.Type+" "+object.Name)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	const shown = 5
	if more := len(out) - shown; more > 0 {
		out = append(out[:shown], "and "+count(int64(more), "further object"))
	}
	return out
}

// ExitStatus is what a command that compares exits with: new findings count from
// failOn upwards, whatever the old ones are, unless they are waived or of a rule
// that only warns yet.
func (d *Difference) ExitStatus(failOn Severity, allowIncomplete bool) int {
	if d.base.Summary.Rules[Errored]+d.head.Summary.Rules[Errored] > 0 {
		return ExitTrouble
	}
	for severity, n := range d.Findings[New] {
		if n > d.Waived[severity]+d.Warnings[severity] && severity.AtLeast(failOn) {
			return ExitFindings
		}
	}
	if d.Incomplete() && !allowIncomplete {
		return ExitIncomplete
	}
	return ExitClean
}

// discount counts the new findings that do not count.
func (d *Difference) discount() error {
	if len(d.Waivers) == 0 && d.head.Summary.Rules[Warn] == 0 {
		return nil
	}
	for c, err := range d.All() {
		switch {
		case err != nil:
			return err
		case c.BaselineState != New:
		case c.Waiver != nil:
			d.Waived = plus(d.Waived, c.Severity, 1)
		case d.head.OnlyWarns(c.Rule):
			d.Warnings = plus(d.Warnings, c.Severity, 1)
		}
	}
	return nil
}

// Incomplete reports whether it could not be told of everything what lies
// between the two sides.
func (d *Difference) Incomplete() bool {
	if d.head.Summary.Rules[NotApplicable]+d.head.Summary.Rules[Disabled] == len(d.head.Rules) {
		return true
	}
	return slices.ContainsFunc(d.Rules, func(r RuleDifference) bool { return len(r.Incomplete) > 0 })
}

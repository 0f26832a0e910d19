package compare

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// letPass is what only the present policy lets pass of one rule.
type letPass struct {
	findings int64
	why      string
	first    result.Finding
}

// DecidedBy notes that the comparison was made by the policy in a folder, and
// remarks what only the present policy, by which the same sides were compared, lets
// pass: new findings that count and clients that are newly affected.
func (d *Difference) DecidedBy(folder string, present *Difference, failOn rule.Severity) error {
	d.PolicyBase = folder
	states := map[string]*Compared{} // of the present findings, by fingerprint
	for c, err := range present.All() {
		if err != nil {
			return err
		}
		if c.BaselineState == result.New {
			states[c.Fingerprint] = &c
		}
	}
	passed := map[string]*letPass{}
	for c, err := range d.All() {
		if err != nil {
			return err
		}
		if !d.fails(&c, failOn) {
			continue
		}
		other := states[c.Fingerprint]
		if other != nil && present.fails(other, failOn) {
			continue
		}
		p := passed[c.Rule]
		if p == nil {
			p = &letPass{why: present.whyPassed(c.Rule, other, failOn), first: c.Finding}
			passed[c.Rule] = p
		}
		p.findings++
	}
	var remarks []Remark
	for _, rule := range d.head.Rules {
		if p := passed[rule.ID]; p != nil {
			remarks = append(remarks, Remark{
				Kind: RemarkPolicy, Rule: rule.ID, Resource: p.first.Resource, Package: p.first.Package, Path: p.first.Path, BaselineState: result.New,
				Msg:      fmt.Sprintf("Only the new configuration lets %s of %s pass, because %s: %s", result.Count(p.findings, "new finding"), rule.ID, p.why, p.first.Msg),
				Location: p.first.Location,
			})
		}
	}
	for i := range d.Remarks {
		r := &d.Remarks[i]
		if !r.Fails || r.Kind == RemarkPolicy || passed[r.Rule] != nil || present.failsLike(r) {
			continue
		}
		remarks = append(remarks, Remark{
			Kind: RemarkPolicy, Rule: r.Rule, Resource: r.Resource, Package: r.Package, Path: r.Path, BaselineState: r.BaselineState, Location: r.Location,
			Msg: fmt.Sprintf("Only the new configuration lets this pass, because %s: %s", present.whyPassed(r.Rule, nil, failOn), r.Msg),
		})
	}
	d.Remarks = append(d.Remarks, remarks...)
	return nil
}

// fails reports whether a finding makes the exit status 1.
func (d *Difference) fails(c *Compared, failOn rule.Severity) bool {
	return c.BaselineState == result.New && c.Waiver == nil && !d.head.OnlyWarns(c.Rule) && c.Severity.AtLeast(failOn)
}

// failsLike reports whether a remark of the same kind about the same thing fails.
func (d *Difference) failsLike(r *Remark) bool {
	return slices.ContainsFunc(d.Remarks, func(other Remark) bool {
		return other.Fails && other.Kind == r.Kind && other.Rule == r.Rule && other.Resource.Same(r.Resource) && other.Package == r.Package && other.Path == r.Path
	})
}

// whyPassed says why a finding does not fail here; c is nil if it is not new here.
func (d *Difference) whyPassed(rule string, c *Compared, failOn rule.Severity) string {
	i := slices.IndexFunc(d.head.Rules, func(r result.RuleResult) bool { return r.ID == rule })
	switch {
	case i < 0 && rule == "":
		return "a rule reads the setting"
	case i < 0:
		return "it has no rule " + rule
	case d.head.Rules[i].SwitchedOff != nil:
		return "its rule is " + d.head.Rules[i].SwitchedOff.String()
	case c != nil && c.Waiver != nil:
		return "a waiver covers it (" + c.Waiver.Place + ")"
	case d.head.OnlyWarns(rule):
		return "its rule only warns until " + string(d.head.Rules[i].EffectiveOn)
	case c != nil && !c.Severity.AtLeast(failOn):
		return fmt.Sprintf("its severity is %s", c.Severity)
	}
	return "its rules or parameters do not find it"
}

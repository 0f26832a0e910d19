package report

import (
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// against is the comparison, which is shown before the findings.
type against struct {
	New, Fixed, Unchanged, Incomparable int64
	Facts                               []string
	Remarks                             []pageRemark
	Incomplete                          []compare.RuleDifference
	// The worst of the new findings, with the settings that make them.
	Worst []pageFinding

	difference *compare.Difference
	worst      []result.Finding
}

// pageRemark is a remark of a comparison.
type pageRemark struct{ Level, Title, Text string }

// pageFinding is a finding that the page shows by itself.
type pageFinding struct {
	result.Finding
	Behind string
}

func newAgainst(r *compare.Outcome) *against {
	d := r.Compared()
	if d == nil {
		return nil
	}
	a := &against{
		difference: d,
		New:        total(d.Findings[result.New]), Fixed: total(d.Findings[result.Absent]),
		Unchanged: total(d.Findings[result.Unchanged]), Incomparable: total(d.Findings[result.Incomparable]),
	}
	for _, fact := range comparedFacts(d) {
		a.Facts = append(a.Facts, Message(fact))
	}
	for i := range d.Remarks {
		r := &d.Remarks[i]
		a.Remarks = append(a.Remarks, pageRemark{remarkLevel(r), remarkKinds[remarkKind(r.Kind)].title, Message(remarkText(r))})
	}
	for _, rule := range d.Rules {
		if len(rule.Incomplete) > 0 {
			a.Incomplete = append(a.Incomplete, rule)
		}
	}
	return a
}

// note keeps the worst of the new findings without a waiver.
func (a *against) note(f result.Finding) {
	if a != nil && f.BaselineState == result.New && f.Waiver == nil {
		a.worst = keepWorst(a.worst, f)
	}
}

func (a *against) settle() {
	if a == nil {
		return
	}
	for _, f := range a.worst {
		a.Worst = append(a.Worst, pageFinding{f, Message(strings.TrimSpace(behindText(a.difference, f)))})
	}
}

// More is the number of new findings besides the worst.
func (a *against) More() int64 { return a.New - int64(len(a.Worst)) }

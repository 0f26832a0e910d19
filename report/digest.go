package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// digestShown is how many findings of a kind a digest keeps.
const digestShown = 20

// digest has the contents of formats of bounded length. Its size does not
// grow with the number of clients.
type digest struct {
	*gathered
	difference *compare.Difference // nil if nothing is compared
	standings  map[standing]int64
	states     map[result.BaselineState]int64
	worst      []result.Finding // of the estate, that are there and not waived, by severity
	fresh      []result.Finding // that neither the baseline nor a waiver covers, by severity
	freshAll   int64
	freshOf    map[string]bool // rules of such findings
	waived     []result.Finding
	fixed      []result.Finding // that only the baseline has, by severity
	behind     causeFindings
}

func newDigest(r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) (*digest, error) {
	d := &digest{
		difference: r.Compared(),
		standings:  map[standing]int64{}, states: map[result.BaselineState]int64{}, behind: newCauseFindings(r), freshOf: map[string]bool{},
	}
	estate := map[string]bool{}
	for _, rl := range r.Rules {
		estate[rl.ID] = rl.Scope == rule.EstateScope
	}
	var err error
	d.gathered, err = gatherFrom(r, func(yield func(result.Finding, error) bool) {
		for f, err := range findings {
			if err == nil {
				isCause := d.behind.note(f)
				d.add(standingOf(r, f, o), f, estate[f.Rule] && !isCause)
			}
			if !yield(f, err) {
				return
			}
		}
	})
	return d, err
}

func (d *digest) add(s standing, f result.Finding, estate bool) {
	d.standings[s]++
	if f.BaselineState != "" {
		d.states[f.BaselineState]++
	}
	switch {
	case s == fixed:
		d.fixed = keepWorst(d.fixed, f)
		return
	case gone(f):
		return
	case s == waived:
		if len(d.waived) < digestShown {
			d.waived = append(d.waived, f)
		}
		return
	}
	if f.BaselineState == result.New {
		d.freshAll++
		d.freshOf[f.Rule] = true
		d.fresh = keepWorst(d.fresh, f)
	}
	if estate {
		d.worst = keepWorst(d.worst, f)
	}
}

// comparison counts the findings against the baseline, if there was one and no
// other comparison.
func (d *digest) comparison() string {
	if len(d.states) == 0 || d.difference != nil {
		return ""
	}
	return fmt.Sprintf("Against the baseline: %d new, %d fixed, %d unchanged.",
		d.states[result.New], d.states[result.Absent], d.states[result.Unchanged])
}

// moved reports whether a rule has new findings, or nothing was compared.
func (d *digest) moved(rule string) bool { return len(d.states) == 0 || d.freshOf[rule] }

// behindText names the settings that made a new finding.
func (d *digest) behindText(f result.Finding) string { return behindText(d.difference, f) }

// against names the other side of the comparison.
func (d *digest) against() string {
	if d.difference != nil {
		return "the base"
	}
	return "the baseline"
}

// finding is the finding that a cause comes from.
func (d *digest) finding(c result.Cause) result.Finding { return d.behind.of(c) }

// keepWorst keeps the worst findings, and of equally bad ones the first.
func keepWorst(list []result.Finding, f result.Finding) []result.Finding {
	rank := func(f result.Finding) int { return slices.Index(rule.Severities, f.Severity) }
	i := len(list)
	for i > 0 && cmp.Less(rank(f), rank(list[i-1])) {
		i--
	}
	if i == digestShown {
		return list
	}
	list = slices.Insert(list, i, f)
	return list[:min(len(list), digestShown)]
}

package report

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// waivers writes which waivers there are and what has become of them.
// waived describes what they waive.
func (w *writer) waivers(states []result.WaiverState, waived string) {
	if len(states) == 0 {
		return
	}
	w.heading("WAIVERS")
	w.line("")
	held := 0
	for i := range states {
		if states[i].Holds() {
			held++
		}
	}
	w.put(block{indent: 2, body: fmt.Sprintf("%s, %d in force, for %s", plural(int64(len(states)), "waiver"), held, waived)})
	for i := range states {
		s := &states[i]
		if s.Status == result.WaiverActive && s.Msg == "" {
			continue
		}
		body := fmt.Sprintf("%s %s for %s: %s", Name(s.Place), Name(s.Rule), Name(s.Scope()), clean(s.Msg, 300))
		if !s.Holds() && s.Findings > 0 {
			body += fmt.Sprintf("; not waived: %s", plural(s.Findings, "finding"))
		}
		w.item(2, body)
	}
}

// baseline writes how the findings differ from those of an earlier result.
func (w *writer) baseline(r *compare.Outcome) error {
	b := r.Baseline
	if b == nil {
		return nil
	}
	w.heading("BASELINE")
	w.line("")
	w.put(block{indent: 2, body: fmt.Sprintf("Against %s: %d new, %d unchanged, %d absent, %d incomparable", Name(b.File), b.New, b.Unchanged, b.Absent, b.Incomparable)})
	if !b.SameRules {
		w.put(block{indent: 2, body: "It was evaluated with other rules."})
	}
	shown, rest := 0, int64(0)
	for f, err := range r.Absent() {
		switch {
		case err != nil:
			return err
		case f.BaselineState != result.Absent:
		case shown < findingsShown:
			shown++
			w.item(2, fmt.Sprintf("absent: %s %s: %s", f.Rule, Name(f.Resource.Name), clean(f.Msg, 500)))
		default:
			rest++
		}
	}
	if rest > 0 {
		w.cut = true
		w.item(2, fmt.Sprintf("and %d more absent", rest))
	}
	return nil
}

// extent is how many findings a rule has, and how many of them do not count.
func extent(r *result.RuleResult) string {
	out := plural(r.Findings, "finding")
	switch {
	case r.Verdict == result.Waived:
		out += ", waived"
	case r.Waived > 0:
		out += fmt.Sprintf(", %d of them waived", r.Waived)
	}
	return out + countingFrom(r)
}

// countingFrom is the day from which the findings of a rule that only warns yet
// count.
func countingFrom(r *result.RuleResult) string {
	if r.Verdict != result.Warn {
		return ""
	}
	return ", counting from " + string(r.EffectiveOn)
}

// remark returns the additions to the message of a finding: its waiver, and
// how it compares with the baseline.
func remark(f *result.Finding) string {
	var parts []string
	if f.BaselineState != "" && f.BaselineState != result.Unchanged {
		parts = append(parts, string(f.BaselineState))
	}
	if f.Waiver != nil {
		parts = append(parts, waiverText(f.Waiver))
	}
	if w := f.LapsedWaiver; w != nil {
		parts = append(parts, fmt.Sprintf("its waiver (%s) has lapsed: %s", Name(w.Place), Message(w.Msg)))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// waiverRemark describes the waiver of a finding.
func waiverRemark(f *result.Finding) string {
	if f.Waiver == nil {
		return ""
	}
	return " (" + waiverText(f.Waiver) + ")"
}

func waiverText(u *result.WaiverUse) string {
	waived := "waived"
	if u.Expires != "" {
		waived += " until " + u.Expires
	}
	return waived + ": " + clean(u.Reason, 300)
}

// discounted is how many findings do not count, in words.
func discounted(s *result.Summary) string {
	var parts []string
	for _, kind := range []struct {
		of   map[rule.Severity]int64
		word string
	}{{s.Waived, "waived"}, {s.Warnings, "not counting yet"}} {
		var n int64
		for _, of := range kind.of {
			n += of
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.word))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (of these " + strings.Join(parts, ", ") + ")"
}

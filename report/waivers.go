package report

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/evaluator"
)

// waivers writes which waivers there are and what has become of them.
// waived describes what they waive.
func (w *writer) waivers(states []evaluator.WaiverState, waived string) {
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
		if s.Status == evaluator.WaiverActive && s.Msg == "" {
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
func (w *writer) baseline(r *evaluator.Outcome) error {
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
		case f.BaselineState != evaluator.Absent:
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
func extent(r *evaluator.RuleResult) string {
	out := plural(r.Findings, "finding")
	switch {
	case r.Verdict == evaluator.Waived:
		out += ", waived"
	case r.Waived > 0:
		out += fmt.Sprintf(", %d of them waived", r.Waived)
	}
	return out + countingFrom(r)
}

// countingFrom is the day from which the findings of a rule that only warns yet
// count.
func countingFrom(r *evaluator.RuleResult) string {
	if r.Verdict != evaluator.Warn {
		return ""
	}
	return ", counting from " + string(r.EffectiveOn)
}

// remark returns the additions to the message of a finding: its waiver, and
// how it compares with the baseline.
func remark(f *evaluator.Finding) string {
	var parts []string
	if f.BaselineState != "" && f.BaselineState != evaluator.Unchanged {
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
func waiverRemark(f *evaluator.Finding) string {
	if f.Waiver == nil {
		return ""
	}
	return " (" + waiverText(f.Waiver) + ")"
}

func waiverText(u *evaluator.WaiverUse) string {
	waived := "waived"
	if u.Expires != "" {
		waived += " until " + u.Expires
	}
	return waived + ": " + clean(u.Reason, 300)
}

// discounted is how many findings do not count, in words.
func discounted(s *evaluator.Summary) string {
	var parts []string
	for _, kind := range []struct {
		of   map[evaluator.Severity]int64
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

package waiver

import (
	"fmt"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"slices"
	"strings"
)

// Set is the entries of a waiver file, in its order.
type Set struct {
	// File as it was named.
	File string
	// What the configuration demands of every waiver.
	Settings Settings
	Entries  []*Waiver
}

// Settings is what the configuration demands of waivers.
type Settings struct {
	// MaxLifetimeDays is the longest time from starts to expires; 0 means any.
	MaxLifetimeDays int
	// Required are keys that every waiver must have beside rule, scope and reason.
	Required []string
	// WarnDays is how long before its end a waiver is told of; 0 means not.
	WarnDays int
}

// Waiver accepts findings of one rule: the one with a fingerprint, or those
// about certain objects.
type Waiver struct {
	Rule        string
	Fingerprint string
	Object      *result.WaiverObject
	Reason      string
	Owner       string
	Ticket      string
	Starts      rule.Date // first day; empty means from ever
	Expires     rule.Date // last day; empty means no end
	ObjectHash  string
	// Where it stands in its file.
	Line, Column int
}

// CheckRules refuses waivers of rules that a pack does not have.
func (w *Set) CheckRules(p *rule.Pack) error {
	for _, e := range w.Entries {
		if _, ok := p.Rule(e.Rule); !ok {
			return fmt.Errorf("%s: there is no rule %q; \"nscheck rule list\" lists them", w.place(e), e.Rule)
		}
	}
	return nil
}

// place is where a waiver stands, as editors and terminals understand it.
func (w *Set) place(e *Waiver) string { return fmt.Sprintf("%s:%d:%d", w.File, e.Line, e.Column) }

// StatusAt is what has become of a waiver on a day as far as its dates and the
// settings tell, and why it does not hold.
func (w *Set) StatusAt(e *Waiver, day rule.Date) (result.WaiverStatus, string) {
	limit := w.Settings.MaxLifetimeDays
	switch {
	case e.Starts > day:
		return result.WaiverNotStarted, fmt.Sprintf("it holds from %s", e.Starts)
	case e.Expires != "" && e.Expires < day:
		return result.WaiverExpired, fmt.Sprintf("it expired on %s", e.Expires)
	case limit > 0 && (e.Starts == "" || e.Expires == ""):
		return result.WaiverTooLong, fmt.Sprintf("it needs starts and expires, for waivers may last %s", result.Count(int64(limit), "day"))
	case limit > 0 && e.Starts.DaysUntil(e.Expires) > limit:
		return result.WaiverTooLong, fmt.Sprintf("it lasts %s and may last %d", result.Count(int64(e.Starts.DaysUntil(e.Expires)), "day"), limit)
	}
	return result.WaiverActive, w.soon(e, day)
}

// soon tells of an end that is near.
func (w *Set) soon(e *Waiver, day rule.Date) string {
	if e.Expires == "" || w.Settings.WarnDays <= 0 {
		return ""
	}
	if left := day.DaysUntil(e.Expires); left <= w.Settings.WarnDays {
		return fmt.Sprintf("it expires on %s", e.Expires)
	}
	return ""
}

// State is what has become of a waiver as far as its file tells.
func (w *Set) State(e *Waiver, day rule.Date) result.WaiverState {
	s := result.WaiverState{Rule: e.Rule, Fingerprint: e.Fingerprint, Object: e.Object, Starts: e.Starts, WaiverUse: result.WaiverUse{
		Reason: e.Reason, Owner: e.Owner, Ticket: e.Ticket, Expires: string(e.Expires), Place: fmt.Sprintf("%s:%d", w.File, e.Line),
	}}
	s.Status, s.Msg = w.StatusAt(e, day)
	return s
}

// YAML is the waiver as an entry of a file.
func (w *Waiver) YAML() string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	line("rule", quoteYAML(w.Rule))
	if o := w.Object; o != nil {
		b.WriteString("object:\n")
		for _, f := range []struct{ key, value string }{{"type", o.Type}, {"guid", o.GUID}, {"name", o.Name}, {"site", o.Site}} {
			line("  "+f.key, quoteYAML(f.value))
		}
	}
	line("fingerprint", quoteYAML(w.Fingerprint))
	line("reason", quoteYAML(w.Reason))
	line("owner", quoteYAML(w.Owner))
	line("ticket", quoteYAML(w.Ticket))
	line("starts", string(w.Starts))
	line("expires", string(w.Expires))
	line("object_hash", quoteYAML(w.ObjectHash))
	return b.String()
}

// glob reports whether a name is of a pattern with * and ?, whatever the case:
// names of computers and sites have none.
func glob(pattern, name string) bool {
	p, n := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(name))
	star, mark, i, j := -1, 0, 0, 0
	for j < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return !slices.ContainsFunc(p[i:], func(r rune) bool { return r != '*' })
}

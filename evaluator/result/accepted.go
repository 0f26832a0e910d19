package result

import (
	"github.com/nscheck/nscheck/evaluator/rule"
	"strings"
)

// Accept notes what of the unknown the configuration accepts.
func (r *RuleResult) Accept(accepted []rule.AcceptedUnknown) {
	for _, a := range accepted {
		if a.Object == "" {
			a.Used = r.open()
		}
		for i := range r.Unknown {
			u := &r.Unknown[i]
			objects := u.Objects
			if objects == nil {
				objects = u.Sample
			}
			for _, o := range objects {
				if a.Object != "" && (strings.EqualFold(o.Name, a.Object) || strings.EqualFold(o.GUID, a.Object)) {
					a.Used = true
					u.Accepted++
				}
			}
		}
		r.AcceptedUnknown = append(r.AcceptedUnknown, a)
	}
	for i := range r.Unknown {
		u := &r.Unknown[i]
		u.Accepted = min(u.Accepted, u.Count) // an object may be accepted by its name and by its GUID
		if r.acceptsAll() {
			u.Accepted = u.Count
		}
	}
}

// acceptsAll reports whether all that the rule could not evaluate is accepted at once.
func (r *RuleResult) acceptsAll() bool {
	for _, a := range r.AcceptedUnknown {
		if a.Object == "" {
			return true
		}
	}
	return false
}

// open reports whether something was not evaluated by the rule, accepted or not.
func (r *RuleResult) open() bool {
	return r.Verdict == NotEvaluated || r.Found() && (len(r.Reasons) > 0 || len(r.AffectsUnknown) > 0 || len(r.Unknown) > 0)
}

// incomplete reports whether something was not evaluated by the rule that the
// configuration does not accept.
func (r *RuleResult) incomplete() bool {
	if !r.open() || r.acceptsAll() {
		return false
	}
	if len(r.Reasons) > 0 || len(r.AffectsUnknown) > 0 || len(r.Unknown) == 0 {
		return true
	}
	for _, u := range r.Unknown {
		if u.Accepted < u.Count {
			return true
		}
	}
	return false
}

// Complete reports whether the rule judged all that there is.
func (r *RuleResult) Complete() bool {
	return (r.Verdict == Pass || r.Found()) && len(r.Reasons) == 0 && len(r.Unknown) == 0
}

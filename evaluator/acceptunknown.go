package evaluator

import (
	"fmt"
	"strings"
)

// AcceptedUnknown says that the configuration accepts what a rule cannot evaluate, so
// that it does not make the result incomplete. It hides no finding.
type AcceptedUnknown struct {
	// Name or GUID of the only object that it is about; absent if it is about all that the rule could not evaluate.
	Object string `json:"object,omitempty"`
	// Why, as the configuration says.
	Reason string `json:"reason"`
	// Where that is written, such as nscheck.yaml:12.
	Place string `json:"place"`
	// Whether there was anything to accept.
	Used bool `json:"used"`
}

// Described is the acceptance in words.
func (a AcceptedUnknown) Described() string {
	out := fmt.Sprintf("%s (%s)", a.Reason, a.Place)
	if a.Object != "" {
		out = a.Object + ": " + out
	}
	if !a.Used {
		out += "; nothing was unknown that it accepts"
	}
	return out
}

// AcceptUnknown accepts what a rule, by its id or an earlier one, cannot evaluate: of
// one object by its name or GUID, or at all.
func (p *Pack) AcceptUnknown(id, object, reason, place string) error {
	r, err := p.ruleToSet(id)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fmt.Errorf("say with \"reason\" why what %s cannot evaluate is accepted", r.ID)
	}
	for _, a := range r.AcceptedUnknown {
		if strings.EqualFold(a.Object, object) {
			return fmt.Errorf("%s is accepted twice, also in %s", r.ID, a.Place)
		}
	}
	r.AcceptedUnknown = append(r.AcceptedUnknown, AcceptedUnknown{Object: object, Reason: reason, Place: place})
	return nil
}

// accept notes what of the unknown the configuration accepts.
func (r *RuleResult) accept(accepted []AcceptedUnknown) {
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
	return r.Verdict == NotEvaluated || r.found() && (len(r.Reasons) > 0 || len(r.AffectsUnknown) > 0 || len(r.Unknown) > 0)
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

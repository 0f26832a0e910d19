package rule

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

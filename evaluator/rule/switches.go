package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SwitchedOff says that the configuration switched a rule off.
type SwitchedOff struct {
	// Why, as the configuration says.
	Reason string `json:"reason"`
	// Where that stands, such as nscheck.yaml:12.
	Place string `json:"place"`
}

func (s SwitchedOff) String() string { return fmt.Sprintf("switched off: %s (%s)", s.Reason, s.Place) }

// SeverityChange says that the configuration gave a rule another severity.
type SeverityChange struct {
	// The severity that the rule itself names.
	From Severity `json:"from"`
	// Why, where the configuration says it.
	Reason string `json:"reason,omitempty"`
	// Where that stands, such as nscheck.yaml:14.
	Place string `json:"place"`
}

// Described is a severity together with what it was before, such as "low
// (medium; nscheck.yaml:14)".
func (s *SeverityChange) Described(now Severity) string {
	if s == nil {
		return string(now)
	}
	parts := []string{string(s.From), s.Place}
	if s.Reason != "" {
		parts = append(parts, s.Reason)
	}
	return fmt.Sprintf("%s (%s)", now, strings.Join(parts, "; "))
}

// SwitchOff keeps a rule from being judged, by its id or an earlier one. It stays
// among the rules with the verdict [Disabled]. What it counts for other rules is
// counted all the same: they are switched on.
func (p *Pack) SwitchOff(id, reason, place string) error {
	r, err := p.ruleToSet(id)
	if err == nil && strings.TrimSpace(reason) == "" {
		err = fmt.Errorf("say with \"reason\" why the rule %s is switched off", r.ID)
	}
	if err != nil {
		return err
	}
	r.SwitchedOff = &SwitchedOff{strings.TrimSpace(reason), place}
	return nil
}

// SetSeverity gives a rule another severity, by its id or an earlier one.
func (p *Pack) SetSeverity(id string, s Severity, reason, place string) error {
	r, err := p.ruleToSet(id)
	if err != nil {
		return err
	}
	r.SeverityChange = nil
	if s != r.Severity {
		r.SeverityChange = &SeverityChange{From: r.Severity, Reason: strings.TrimSpace(reason), Place: place}
	}
	r.Severity = s
	return nil
}

func (p *Pack) ruleToSet(id string) (*Rule, error) {
	if r, ok := p.Rule(id); ok {
		return r, nil
	}
	return nil, fmt.Errorf("there is no rule %q; \"nscheck rule list\" lists them", id)
}

// CheckSwitches refuses a pack of which all rules are switched off: it would find
// nothing, whatever there is.
func (p *Pack) CheckSwitches() error {
	if slices.ContainsFunc(p.Rules, func(r *Rule) bool { return r.SwitchedOff == nil }) {
		return nil
	}
	return errors.New("all rules are switched off, so that nothing would be judged")
}

// OnlyCounts reports whether a rule is switched off and still has to count for
// rules that are not.
func (p *Pack) OnlyCounts(r *Rule) bool {
	return r.SwitchedOff != nil && slices.ContainsFunc(p.Rules, func(other *Rule) bool {
		return other.SwitchedOff == nil && r.CountsFor(other)
	})
}

// Asked are the outputs that a rule is asked for.
func (r *Rule) Asked() []string {
	if r.SwitchedOff != nil {
		return []string{TallyOutput}
	}
	return r.Outputs
}

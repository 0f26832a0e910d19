package waiver

import (
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// States returns what has become of waivers as far as their file and the rules tell.
func States(w *Set, p *rule.Pack, day rule.Date) []result.WaiverState {
	m := w.begin(p, day, nil)
	out := make([]result.WaiverState, len(m.all))
	for i, x := range m.all {
		out[i] = x.state
		if r, ok := p.Rule(x.state.Rule); ok && r.SwitchedOff != nil && x.state.Status == result.WaiverActive {
			out[i].Undecided, out[i].Msg = true, "its rule is "+r.SwitchedOff.String()
		}
	}
	return out
}

// StatesIn returns what has become of waivers by the findings of an earlier
// result.
func StatesIn(w *Set, p *rule.Pack, f *result.File, day rule.Date) ([]result.WaiverState, error) {
	var sites []snapshot.Site
	for _, s := range f.Sites {
		sites = append(sites, snapshot.Site{GUID: s.GUID, Name: s.Name})
	}
	scopes := map[string]rule.Scope{}
	rules := make([]result.RuleResult, len(f.Rules))
	for i, r := range f.Rules {
		scopes[r.ID] = r.Scope
		r.ID = p.PresentID(r.ID)
		rules[i] = r
	}
	m := w.begin(p, day, sites)
	for finding, err := range f.Findings() {
		if err != nil {
			return nil, err
		}
		at := finding.Sites
		if scopes[finding.Rule] == rule.EstateScope {
			at = finding.SitesAffected()
		}
		finding.Rule, finding.Waiver = p.PresentID(finding.Rule), nil
		print, _ := result.ParseFingerprint(finding.Fingerprint)
		m.Annotate(&finding, &result.FindingID{Prints: []result.Fingerprint{print}, Sites: at}, true)
	}
	return m.states(rules), nil
}

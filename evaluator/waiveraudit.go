package evaluator

import "github.com/nscheck/nscheck/snapshot"

// WaiverStates is what has become of waivers as far as their file and the rules tell.
func WaiverStates(w *Waivers, p *Pack, day Date) []WaiverState {
	m := w.begin(p, day, nil)
	out := make([]WaiverState, len(m.all))
	for i, x := range m.all {
		out[i] = x.state
		if r, ok := p.Rule(x.state.Rule); ok && r.SwitchedOff != nil && x.state.Status == WaiverActive {
			out[i].Undecided, out[i].Msg = true, "its rule is "+r.SwitchedOff.String()
		}
	}
	return out
}

// WaiverStatesIn is what has become of waivers by the findings of an earlier
// result.
func WaiverStatesIn(w *Waivers, p *Pack, f *ResultFile, day Date) ([]WaiverState, error) {
	var sites []snapshot.Site
	for _, s := range f.Sites {
		sites = append(sites, snapshot.Site{GUID: s.GUID, Name: s.Name})
	}
	scopes := map[string]Scope{}
	rules := make([]RuleResult, len(f.Rules))
	for i, r := range f.Rules {
		scopes[r.ID] = r.Scope
		r.ID = p.presentID(r.ID)
		rules[i] = r
	}
	m := w.begin(p, day, sites)
	for finding, err := range f.Findings() {
		if err != nil {
			return nil, err
		}
		at := finding.Sites
		if scopes[finding.Rule] == EstateScope {
			at = finding.SitesAffected()
		}
		finding.Rule, finding.Waiver = p.presentID(finding.Rule), nil
		print, _ := parseFingerprint(finding.Fingerprint)
		m.Annotate(&finding, &FindingID{Prints: []fingerprint{print}, Sites: at}, true)
	}
	return m.states(rules), nil
}

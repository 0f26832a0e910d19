package evaluator

// WaiverStates is what has become of waivers as far as their file and the rules tell.
func WaiverStates(w *Waivers, p *Pack, day Date) []WaiverState {
	m := newMarker(p, w, day, nil)
	out := make([]WaiverState, len(m.all))
	for i, x := range m.all {
		out[i] = x.state
	}
	return out
}

// WaiverStatesIn is what has become of waivers by the findings of an earlier
// result. A result does not tell where clients are, so waivers of sites stay
// undecided.
func WaiverStatesIn(w *Waivers, p *Pack, f *ResultFile, day Date) ([]WaiverState, error) {
	m := newMarker(p, w, day, nil)
	for finding, err := range f.Findings() {
		if err != nil {
			return nil, err
		}
		if rule, ok := p.Rule(finding.Rule); ok {
			finding.Rule = rule.ID
		}
		print, _ := parseFingerprint(finding.Fingerprint)
		m.mark(marked{&finding, []fingerprint{print}, nil}, true)
	}
	rules := make([]RuleResult, len(f.Rules))
	for i, r := range f.Rules {
		if rule, ok := p.Rule(r.ID); ok {
			r.ID = rule.ID
		}
		rules[i] = r
	}
	states := m.states(rules)
	for i, x := range m.all {
		if x.Object != nil && x.Object.Site != "" && (states[i].Status == WaiverActive || states[i].Status == WaiverUnused) {
			states[i].Status, states[i].Undecided = WaiverActive, true
			states[i].Msg = "a result does not tell where clients are; audit against the snapshot"
		}
	}
	return states, nil
}

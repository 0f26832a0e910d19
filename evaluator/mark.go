package evaluator

import (
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// marker marks findings with what is known of them beside the rules: the waivers
// that cover them, and what a baseline says. Findings of clients are not kept, so
// they are marked whenever they are read, and counted once.
type marker struct {
	waivers  map[string][]*waiving // by the present id of the rule
	all      []*waiving            // in the order of the file
	baseline *comparing
	waived   map[string]int64 // findings, by rule id
	later    map[string]Date  // rules that do not count yet, by id
}

// waiving is a waiver at work.
type waiving struct {
	*Waiver
	state  WaiverState
	print  fingerprint
	sites  map[string]bool // GUIDs of the sites that it names
	lapsed int64           // findings whose object has changed
}

// marked is a finding with what marking it takes.
type marked struct {
	finding *Finding
	prints  []fingerprint // the present one first
	sites   []string      // where all clients are that it harms; none where that is not known
}

func newMarker(p *Pack, waivers *Waivers, day Date, sites []snapshot.Site) *marker {
	m := &marker{waivers: map[string][]*waiving{}, waived: map[string]int64{}, later: map[string]Date{}}
	for _, rule := range p.Rules {
		if rule.EffectiveOn > day {
			m.later[rule.ID] = rule.EffectiveOn
		}
	}
	if waivers == nil {
		return m
	}
	for _, e := range waivers.Entries {
		w := &waiving{Waiver: e, state: waivers.State(e, day), sites: map[string]bool{}}
		m.all = append(m.all, w)
		rule, ok := p.Rule(e.Rule)
		if !ok {
			w.state.Status, w.state.Msg = WaiverUnknownRule, "there is no rule "+e.Rule
			continue
		}
		w.state.Rule = rule.ID
		w.print, _ = parseFingerprint(e.Fingerprint)
		for _, s := range sites {
			if e.Object != nil && (strings.EqualFold(e.Object.Site, s.GUID) || strings.EqualFold(e.Object.Site, s.Name)) {
				w.sites[s.GUID] = true
			}
		}
		m.waivers[rule.ID] = append(m.waivers[rule.ID], w)
	}
	return m
}

// idle reports whether there is nothing to mark findings with.
func (m *marker) idle() bool { return len(m.all) == 0 && m.baseline == nil && len(m.later) == 0 }

// mark marks a finding; counting is for the first time that it is read.
func (m *marker) mark(x marked, counting bool) {
	f := x.finding
	f.EffectiveOn = m.later[f.Rule]
	for _, w := range m.waivers[f.Rule] {
		if !w.covers(x) {
			continue
		}
		changed := w.ObjectHash != "" && w.ObjectHash != f.ObjectHash
		if counting {
			w.state.Findings++
			if changed {
				w.lapsed++
			}
		}
		if w.state.Status == WaiverActive && !changed && f.Waiver == nil {
			f.Waiver = &w.state.WaiverUse
		}
	}
	if counting && f.Waiver != nil {
		m.waived[f.Rule]++
	}
	if m.baseline != nil {
		f.BaselineState = m.baseline.state(f, x.prints, counting)
	}
}

// covers reports whether a waiver is about a finding, whether it holds or not.
func (w *waiving) covers(x marked) bool {
	if w.Fingerprint != "" {
		return slices.Contains(x.prints, w.print)
	}
	o, r := w.Object, x.finding.Resource
	switch {
	case o.Type != "" && o.Type != r.Type,
		o.GUID != "" && o.GUID != r.GUID,
		o.Name != "" && !glob(o.Name, r.Name):
		return false
	}
	return o.Site == "" || w.allIn(x.sites)
}

func (w *waiving) allIn(sites []string) bool {
	return len(sites) > 0 && !slices.ContainsFunc(sites, func(s string) bool { return !w.sites[s] })
}

// sitesHarmed are the sites that an estate finding is about: the site that is wrong,
// or those of all clients that it harms.
func sitesHarmed(f *Finding) []string {
	if f.Resource.Type == "site" {
		return []string{f.Resource.GUID}
	}
	var sites []string
	for _, s := range f.Affects {
		if s.Site == "" {
			return nil
		}
		sites = append(sites, s.Site)
	}
	return sites
}

// markEstate identifies and marks the findings of a rule of scope estate.
func (m *marker) markEstate(rule *Rule, findings []Finding, hashes objectHashes) {
	seen := ordinals{}
	for i := range findings {
		f := &findings[i]
		n := seen.next(rule.ID, f.Resource, f.Package, f.Path)
		id := newIdentity(rule, f.Resource.Type, f.Package, f.Path, n)
		prints := id.under(objectOf(f.Resource, f.Package))
		f.Fingerprint, f.ObjectHash = prints[0].String(), hashes[f.Resource.GUID]
		m.mark(marked{f, prints, sitesHarmed(f)}, true)
	}
}

// markClient marks the findings of one client.
func (m *marker) markClient(rec *clientRecord, findings []Finding, ids []identity, counting bool) {
	if m.idle() {
		return
	}
	object := objectOf(rec.resource(), "")
	for i := range findings {
		m.mark(marked{&findings[i], ids[i].under(object), rec.Sites}, counting)
	}
}

// states are what has become of the waivers, once all findings are marked.
func (m *marker) states(rules []RuleResult) []WaiverState {
	var out []WaiverState
	for _, w := range m.all {
		s := w.state
		i := slices.IndexFunc(rules, func(r RuleResult) bool { return r.ID == s.Rule })
		switch {
		case s.Status != WaiverActive:
		case w.lapsed > 0:
			s.Status, s.Msg = WaiverLapsed, "the object that it is about has changed"
		case s.Findings > 0:
		case i >= 0 && rules[i].SwitchedOff != nil:
			s.Undecided, s.Msg = true, "nothing was found that it covers, for its rule is "+rules[i].SwitchedOff.String()
		case i >= 0 && rules[i].complete():
			s.Status, s.Msg = WaiverUnused, "nothing was found that it covers"
		default:
			s.Undecided, s.Msg = true, "nothing was found that it covers, and its rule was not evaluated in full"
		}
		out = append(out, s)
	}
	return out
}

package waiver

import (
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// annotation annotates findings with the waivers that cover them.
type annotation struct {
	waivers map[string][]*waiving // by the present id of the rule
	all     []*waiving            // in the order of the file
	day     rule.Date
}

// waiving is a waiver at work.
type waiving struct {
	*Waiver
	state  result.WaiverState
	print  result.Fingerprint
	sites  map[string]bool // GUIDs of the sites that it names
	lapsed int64           // findings whose object has changed
}

// Begin starts to annotate findings with the waivers that cover them.
func (w *Set) Begin(p *rule.Pack, estate *snapshot.Estate, _ *snapshot.Manifest, day rule.Date) (result.Annotation, error) {
	return w.begin(p, day, estate.Sites), nil
}

func (w *Set) begin(p *rule.Pack, day rule.Date, sites []snapshot.Site) *annotation {
	a := &annotation{waivers: map[string][]*waiving{}, day: day}
	for _, e := range w.Entries {
		x := &waiving{Waiver: e, state: w.State(e, day), sites: map[string]bool{}}
		a.all = append(a.all, x)
		rule, ok := p.Rule(e.Rule)
		if !ok {
			x.state.Status, x.state.Msg = result.WaiverUnknownRule, "there is no rule "+e.Rule
			continue
		}
		x.state.Rule = rule.ID
		x.print, _ = result.ParseFingerprint(e.Fingerprint)
		for _, s := range sites {
			if e.Object != nil && (strings.EqualFold(e.Object.Site, s.GUID) || strings.EqualFold(e.Object.Site, s.Name)) {
				x.sites[s.GUID] = true
			}
		}
		a.waivers[rule.ID] = append(a.waivers[rule.ID], x)
	}
	return a
}

// objectHasChanged says why a waiver with an object_hash lapses.
const objectHasChanged = "the object that it is about has changed"

// Annotate sets the waiver that covers a finding.
func (a *annotation) Annotate(f *result.Finding, id *result.FindingID, first bool) {
	for _, w := range a.waivers[f.Rule] {
		if !w.covers(f, id) {
			continue
		}
		changed := w.ObjectHash != "" && w.ObjectHash != f.ObjectHash
		if first {
			w.state.Findings++
			if changed {
				w.lapsed++
			}
		}
		switch {
		case w.state.Status != result.WaiverActive:
			id.Lapsed = w.state.Msg
		case changed:
			id.Lapsed = objectHasChanged
		case f.Waiver == nil:
			f.Waiver = &w.state.WaiverUse
		}
	}
}

// Finish sets what became of the waivers.
func (a *annotation) Finish(r *result.Result) error {
	r.Waivers, r.AsOf = a.states(r.Rules), a.day
	return nil
}

// covers reports whether a waiver is about a finding, whether it holds or not.
func (w *waiving) covers(f *result.Finding, id *result.FindingID) bool {
	if w.Fingerprint != "" {
		return slices.Contains(id.Prints, w.print)
	}
	o, r := w.Object, f.Resource
	switch {
	case o.Type != "" && o.Type != r.Type,
		o.GUID != "" && o.GUID != r.GUID,
		o.Name != "" && !glob(o.Name, r.Name):
		return false
	}
	return o.Site == "" || w.allIn(id.Sites)
}

func (w *waiving) allIn(sites []string) bool {
	return len(sites) > 0 && !slices.ContainsFunc(sites, func(s string) bool { return !w.sites[s] })
}

// states are what has become of the waivers, once all findings are annotated.
func (a *annotation) states(rules []result.RuleResult) []result.WaiverState {
	var out []result.WaiverState
	for _, w := range a.all {
		s := w.state
		i := slices.IndexFunc(rules, func(r result.RuleResult) bool { return r.ID == s.Rule })
		switch {
		case s.Status != result.WaiverActive:
		case w.lapsed > 0:
			s.Status, s.Msg = result.WaiverLapsed, objectHasChanged
		case s.Findings > 0:
		case i >= 0 && rules[i].SwitchedOff != nil:
			s.Undecided, s.Msg = true, "nothing was found that it covers, for its rule is "+rules[i].SwitchedOff.String()
		case i >= 0 && rules[i].Complete():
			s.Status, s.Msg = result.WaiverUnused, "nothing was found that it covers"
		default:
			s.Undecided, s.Msg = true, "nothing was found that it covers, and its rule was not evaluated in full"
		}
		out = append(out, s)
	}
	return out
}

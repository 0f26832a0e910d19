package compare

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/guid"
)

// How certain it is that a fault harms a client, in the order of certainty.
const (
	possibly = 1
	surely   = 2
)

// reach finds the clients that the findings of one side's estate affect.
type reach struct {
	faults  []fault
	named   map[string]bool // GUIDs of clients that a finding names
	servers map[string]bool // computers that do not count as clients
	locator *evaluator.Locator
	known   map[*evaluator.Place]*affected
}

// fault is a finding of the estate that affects clients.
type fault struct {
	rule     *rule.Rule
	link     int // of the chain
	finding  *result.Finding
	state    result.BaselineState // empty if both sides have it
	accepted bool                 // new, and waived or of a rule that only warns yet
	on       []result.Selector

	clients AffectedBy // the clients that it newly affects
}

// hit is a fault that affects a client.
type hit struct {
	*fault
	level int
	on    map[string]int // how surely, by package
}

// affected is what affects the clients of one place.
type affected struct {
	hits   []hit
	levels levels // of all faults
	counts levels // of those that the other side could evaluate and nobody accepted
	sites  []string
}

// stage is a link of the chain on which one package depends.
type stage struct {
	link int
	role string
}

// levels is how surely a client is affected, by stage.
type levels map[stage]int

// raise keeps the higher level.
func (l levels) raise(s stage, level int) {
	if level > l[s] {
		l[s] = level
	}
}

// deliveryLinks is the first link of the chain after the delivery of packages.
const deliveryLinks = 5

// linkOf is the link of the chain that a rule belongs to. Hundreds are links. A
// rule without a position in the chain is a link of its own.
func linkOf(rule *rule.Rule, position int) int {
	if rule.Chain > 0 {
		return rule.Chain / 100
	}
	return 1000 + position
}

func newReach(d *Difference, side *Side) *reach {
	r := &reach{named: map[string]bool{}, servers: side.trail.Servers, known: map[*evaluator.Place]*affected{}}
	r.locator = evaluator.NewLocator(side.trail.Networks, func(p *evaluator.Place) { delete(r.known, p) })
	states := d.came
	if side == d.base {
		states = d.went
	}
	for position, rule := range side.trail.Pack.Rules {
		for i := range side.EstateFindings(rule.ID) {
			f := &side.EstateFindings(rule.ID)[i]
			if len(f.Affects) == 0 {
				continue
			}
			print, _ := result.ParseFingerprint(f.Fingerprint)
			state := states[print]
			accepted := state == result.New && f.Waiver != nil || side.OnlyWarns(rule.ID)
			r.faults = append(r.faults, fault{rule: rule, link: linkOf(rule, position), finding: f, state: state, accepted: accepted, on: f.Affects})
			for _, s := range f.Affects {
				r.named[s.Client] = true
			}
		}
	}
	return r
}

// affecting returns what affects a client; nothing if the computer does not count
// as one.
func (r *reach) affecting(t *track) *affected {
	id := guid.GUID(t.guid).String()
	if !t.active && !t.noStatus || r.servers[id] {
		return &affected{}
	}
	p, err := r.locator.At(t.addresses)
	if err != nil {
		p = r.locator.None
	}
	if r.named[id] {
		return r.measure(p, id)
	}
	a, ok := r.known[p]
	if !ok {
		a = r.measure(p, "")
		r.known[p] = a
	}
	return a
}

// measure works out what affects the clients of a place.
func (r *reach) measure(p *evaluator.Place, guid string) *affected {
	a := &affected{levels: levels{}, counts: levels{}}
	if p.Loc != nil {
		a.sites = p.Loc.Sites
	}
	for i := range r.faults {
		if h := r.faults[i].hitOn(p, guid); h.level > 0 {
			a.hits = append(a.hits, h)
		}
	}
	closeSites(a.hits, p, guid)
	for i := range a.hits {
		h := &a.hits[i]
		for role, level := range h.on {
			s := stage{h.link, role}
			a.levels.raise(s, level)
			if h.state != result.Incomparable && !h.accepted {
				a.counts.raise(s, level)
			}
		}
	}
	return a
}

// hitOn returns how surely a fault affects a client. Which packages have arrived
// does not matter: a package has to arrive again when it changes. A client in
// several sites has another way, unless the fault leaves it none in any of them.
func (f *fault) hitOn(p *evaluator.Place, guid string) hit {
	h := hit{fault: f}
	for i := range f.on {
		s := &f.on[i]
		if !covers(s, p, guid) {
			continue
		}
		level := surely
		if s.Certainty == result.Possible || s.Site != "" && len(p.Loc.Sites) > 1 {
			level = possibly
		}
		for _, role := range rolesOf(s) {
			if h.on == nil {
				h.on = map[string]int{}
			}
			h.on[role] = max(h.on[role], level)
		}
		h.level = max(h.level, level)
	}
	return h
}

// closeSites makes faults sure that together leave a client in several sites no
// way to a package in any of them.
func closeSites(hits []hit, p *evaluator.Place, guid string) {
	if p.Loc == nil || len(p.Loc.Sites) < 2 {
		return
	}
	roles := map[string]bool{}
	for i := range hits {
		for role := range hits[i].on {
			roles[role] = true
		}
	}
	for role := range roles {
		var closing []*hit
		closed := 0
		for _, site := range p.Loc.Sites {
			found := false
			for i := range hits {
				if hits[i].closes(site, role, p, guid) {
					closing, found = append(closing, &hits[i]), true
				}
			}
			if found {
				closed++
			}
		}
		if closed < len(p.Loc.Sites) {
			continue
		}
		for _, h := range closing {
			h.on[role], h.level = surely, surely
		}
	}
}

// closes reports whether a fault surely leaves no way to a package in a site.
func (h *hit) closes(site, role string, p *evaluator.Place, guid string) bool {
	return slices.ContainsFunc(h.fault.on, func(s result.Selector) bool {
		return s.Site == site && s.Certainty != result.Possible && (s.Package == "" || s.Package == role) && covers(&s, p, guid)
	})
}

// covers reports whether a selector selects a client, by where it is.
func covers(s *result.Selector, p *evaluator.Place, guid string) bool {
	if p.Loc == nil && (s.Site != "" || s.Subnet != "" || s.Network != "") {
		return false
	}
	switch {
	case s.Site != "" && !slices.Contains(p.Loc.Sites, s.Site),
		s.Subnet != "" && (p.Loc.Subnet == nil || *p.Loc.Subnet != s.Subnet),
		s.Network != "" && (p.Loc.Network == nil || *p.Loc.Network != s.Network),
		s.Client != "" && s.Client != guid:
		return false
	}
	return true
}

// rolesOf are the roles of the packages that a selector is about.
func rolesOf(s *result.Selector) []string {
	if s.Package == "" {
		return rule.RequiredRoles
	}
	return []string{s.Package}
}

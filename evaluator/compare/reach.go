package compare

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
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
	guid := unpackGUID(t.guid)
	if !t.active && !t.noStatus || r.servers[guid] {
		return &affected{}
	}
	p, err := r.locator.At(t.addresses)
	if err != nil {
		p = r.locator.None
	}
	if r.named[guid] {
		return r.measure(p, guid)
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

// compareFaults counts a client that faults of the estate affect more surely, or
// less so, than before.
func (p *pairing) compareFaults(b, h *track) {
	before, now := p.reach[0].affecting(b), p.reach[1].affecting(h)
	who := result.Resource{Type: "client", GUID: unpackGUID(h.guid), Name: h.name}
	for _, site := range now.sites {
		if !slices.Contains(before.sites, site) {
			p.d.arrived[site] = true
		}
	}
	own, accepted := p.ownFaults(b, h, before)
	level := now.counts.beyond(before.levels)
	if len(own) > 0 {
		level = surely
	}
	if level > 0 {
		if h.noStatus {
			level = possibly // the computer may not be a client
		}
		p.d.Clients.Harmed.add(level == surely, who)
		newly := p.blameFaults(before, now, h.noStatus, who)
		p.blameOwn(own, newly, h.noStatus, who)
		return
	}
	if accepted || now.levels.beyond(before.levels) > 0 && slices.ContainsFunc(now.hits, func(h hit) bool { return h.accepted }) {
		p.d.Clients.Harmed.Accepted++
	}
	if reached(now.hits, result.New) {
		p.d.Clients.Harmed.Held++
	}
	was := worst(before.hits)
	left := max(worst(withoutConsequences(now.hits, before.hits)), worst(incomparable(before.hits)))
	if left < was {
		p.d.Clients.Freed.add(was == surely && left == 0, who)
	} else if reached(before.hits, result.Absent) {
		p.d.Clients.Freed.Held++
	}
}

// beyond returns how surely a client is affected that was not affected as surely
// before; 0 if it is not.
func (l levels) beyond(before levels) int {
	level := 0
	for s, now := range l {
		if now > level && s.worse(now, before) {
			level = now
		}
	}
	return level
}

// worse reports whether a level is worse than all that affected the client before
// at the same stage or an earlier one. What a package cannot pass hides nothing
// that comes earlier in the chain, and everything that comes later.
func (s stage) worse(now int, before levels) bool {
	delivery := s.link < deliveryLinks
	for b, was := range before {
		if b.role != s.role || (b.link < deliveryLinks) != delivery {
			continue
		}
		// What may affect a client says nothing new of a package that surely does not arrive.
		if b.link <= s.link && was >= now || now == possibly && was == surely {
			return false
		}
	}
	return true
}

// ownFaults lists the rules in the chain whose findings about the client itself a
// change makes new, and that affect it at a stage at which nothing affected it before.
// It also reports whether such a finding is accepted. Two snapshots are not compared by
// them, because what was observed of clients differs for many reasons.
func (p *pairing) ownFaults(b, h *track, before *affected) (own []int, accepted bool) {
	if !p.d.sameClients || !h.active && !h.noStatus || p.reach[1].servers[unpackGUID(h.guid)] {
		return nil, false
	}
	rules := p.d.head.trail.Pack.Rules
	for _, f := range h.findings {
		r := rules[f.rule]
		if r.Chain == 0 || p.d.came[f.print] != result.New || slices.Contains(b.findings, f) || slices.Contains(own, f.rule) {
			continue
		}
		earlier := slices.ContainsFunc(b.findings, func(t tracked) bool {
			was := rules[t.rule]
			return was.Chain > 0 && was.Chain <= r.Chain && (was.Chain/100 < deliveryLinks) == (r.Chain/100 < deliveryLinks)
		})
		worse := slices.ContainsFunc(rule.RequiredRoles, func(role string) bool {
			return (stage{linkOf(r, f.rule), role}).worse(surely, before.levels)
		})
		switch {
		case earlier || !worse:
		case p.d.waived[f.print] || p.d.head.OnlyWarns(r.ID):
			accepted = true
		default:
			own = append(own, f.rule)
		}
	}
	return own, accepted
}

// blameOwn counts a client at each rule whose new findings about it no other new fault
// explains.
func (p *pairing) blameOwn(own []int, newly []hit, unsure bool, who result.Resource) {
	rules := p.d.head.trail.Pack.Rules
	for _, i := range own {
		explains := func(other *rule.Rule) bool {
			return other.Chain <= rules[i].Chain && slices.Contains(other.Explains, rules[i].ID)
		}
		if slices.ContainsFunc(newly, func(h hit) bool { return h.level == surely && explains(h.rule) }) ||
			slices.ContainsFunc(own, func(j int) bool { return explains(rules[j]) }) {
			continue
		}
		c := p.d.own[i]
		if c == nil {
			c = &AffectedBy{}
			p.d.own[i] = c
		}
		if unsure {
			c.Possible++
		} else {
			c.Sure++
		}
		c.Sample = result.AddSample(c.Sample, who)
	}
}

// blameFaults counts a client at each fault that newly affects it, and returns these
// faults. What another one of them explains is its consequence and is left out.
func (p *pairing) blameFaults(before, now *affected, unsure bool, who result.Resource) []hit {
	var newly []hit
	for _, h := range now.hits {
		if h.state == result.Incomparable || h.accepted {
			continue
		}
		level := 0
		for role, l := range h.on {
			if (stage{h.link, role}).worse(l, before.levels) {
				level = max(level, l)
			}
		}
		if h.level = level; level > 0 {
			newly = append(newly, h)
		}
	}
	for _, h := range newly {
		explained := func(other hit) bool {
			return other.rule.Chain < h.rule.Chain && other.level >= h.level && slices.Contains(other.rule.Explains, h.rule.ID)
		}
		if slices.ContainsFunc(newly, explained) {
			continue
		}
		c := &h.fault.clients
		if h.level == surely && !unsure {
			c.Sure++
		} else {
			c.Possible++
		}
		c.Sample = result.AddSample(c.Sample, who)
	}
	return newly
}

// incomparable are the faults that the head could not judge: they may be there
// still.
func incomparable(hits []hit) []hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return h.state != result.Incomparable })
}

func reached(hits []hit, state result.BaselineState) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.state == state })
}

func worst(hits []hit) int {
	level := 0
	for _, h := range hits {
		level = max(level, h.level)
	}
	return level
}

// withoutConsequences leaves out the faults that a fault which is gone can
// explain: what was observed is as it was before the change, and a package that
// could not arrive is still seen as missing.
func withoutConsequences(now, before []hit) []hit {
	return slices.DeleteFunc(slices.Clone(now), func(n hit) bool {
		return n.state == "" && slices.ContainsFunc(before, func(b hit) bool {
			return b.state == result.Absent && b.level == surely && slices.Contains(b.rule.Explains, n.rule.ID)
		})
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

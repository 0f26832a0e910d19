package evaluator

import "slices"

// How certain it is that a fault harms a client, in the order of certainty.
const (
	possibly = 1
	surely   = 2
)

// reach tells whom the findings of one side's estate can harm.
type reach struct {
	faults  []fault
	named   map[string]bool // GUIDs of clients that a finding names
	servers map[string]bool // computers that do not count as clients
	locator *locator
	known   map[*place][]hit
}

// fault is a finding of the estate that harms clients.
type fault struct {
	rule  *Rule
	state BaselineState
	on    []Selector
}

// hit is a fault that reaches a client.
type hit struct {
	*fault
	level int
}

func newReach(d *Difference, side *Result) *reach {
	r := &reach{named: map[string]bool{}, servers: side.trail.totals.servers, known: map[*place][]hit{}}
	r.locator = newLocator(side.trail.nets, func(p *place) { delete(r.known, p) })
	states := d.came
	if side == d.base {
		states = d.went
	}
	for _, rule := range side.trail.pack.Rules {
		for _, f := range side.estate[rule.ID] {
			if len(f.Affects) == 0 {
				continue
			}
			print, _ := parseFingerprint(f.Fingerprint)
			r.faults = append(r.faults, fault{rule, states[print], f.Affects})
			for _, s := range f.Affects {
				r.named[s.Client] = true
			}
		}
	}
	return r
}

// hits are the faults that reach a client; none where the computer does not
// count as one.
func (r *reach) hits(t *track) []hit {
	guid := unpackGUID(t.guid)
	if !t.active || r.servers[guid] {
		return nil
	}
	p, err := r.locator.of(t.addresses)
	if err != nil {
		p = r.locator.none
	}
	if r.named[guid] {
		return r.at(p, guid)
	}
	hits, ok := r.known[p]
	if !ok {
		hits = r.at(p, "")
		r.known[p] = hits
	}
	return hits
}

func (r *reach) at(p *place, guid string) []hit {
	var hits []hit
	for i := range r.faults {
		if level := r.faults[i].level(p, guid); level > 0 {
			hits = append(hits, hit{&r.faults[i], level})
		}
	}
	return hits
}

// level is how surely a fault harms a client. Which package it is about does not
// matter: one that arrived has to arrive again when it changes. A client in
// several sites has another way, unless the fault leaves it none in any of them.
func (f *fault) level(p *place, guid string) int {
	level, starved := 0, 0
	for _, s := range f.on {
		if !s.covers(p, guid) {
			continue
		}
		sure := surely
		if s.Certainty == Possible {
			sure = possibly
		}
		if s.Site != "" && len(p.loc.Sites) > 1 && sure == surely {
			starved++
			sure = possibly
		}
		level = max(level, sure)
	}
	if level == possibly && starved > 0 && f.leavesNoWay(p, guid) {
		return surely
	}
	return level
}

func (f *fault) leavesNoWay(p *place, guid string) bool {
	for _, site := range p.loc.Sites {
		if !slices.ContainsFunc(f.on, func(s Selector) bool { return s.Site == site && s.Certainty == Sure && s.covers(p, guid) }) {
			return false
		}
	}
	return true
}

// covers reports whether a selector selects a client, by where it is.
func (s *Selector) covers(p *place, guid string) bool {
	if p.loc == nil && (s.Site != "" || s.Subnet != "" || s.Network != "") {
		return false
	}
	switch {
	case s.Site != "" && !slices.Contains(p.loc.Sites, s.Site),
		s.Subnet != "" && (p.loc.Subnet == nil || *p.loc.Subnet != s.Subnet),
		s.Network != "" && (p.loc.Network == nil || *p.loc.Network != s.Network),
		s.Client != "" && s.Client != guid:
		return false
	}
	return true
}

// harm counts a client whom faults of the estate reach more surely, or less so,
// than before.
func (p *pairing) harm(b, h *track) {
	before, now := p.reach[0].hits(b), p.reach[1].hits(h)
	who := Resource{Type: "client", GUID: unpackGUID(h.guid), Name: h.name}
	was, is := worst(before), worst(comparable(now))
	if is > was {
		p.d.Clients.Harmed.add(is == surely, who)
		return
	}
	if reached(now, New) {
		p.d.Clients.Harmed.Held++
	}
	left := max(worst(withoutConsequences(now, before)), worst(incomparable(before)))
	if left < was {
		p.d.Clients.Freed.add(was == surely && left == 0, who)
	} else if reached(before, Absent) {
		p.d.Clients.Freed.Held++
	}
}

// comparable leaves out what the base could not judge: it may have been there.
func comparable(hits []hit) []hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return h.state == Incomparable })
}

// incomparable are the faults that the head could not judge: they may be there
// still.
func incomparable(hits []hit) []hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return h.state != Incomparable })
}

func reached(hits []hit, state BaselineState) bool {
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
			return b.state == Absent && b.level == surely && slices.Contains(b.rule.Explains, n.rule.ID)
		})
	})
}

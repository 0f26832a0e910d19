package compare

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/guid"
)

// compareFaults counts a client that faults of the estate affect more surely, or
// less so, than before.
func (p *pairing) compareFaults(b, h *track) {
	before, now := p.reach[0].affecting(b), p.reach[1].affecting(h)
	who := result.Resource{Type: "client", GUID: guid.GUID(h.guid).String(), Name: h.name}
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
	if !p.d.sameClients || !h.active && !h.noStatus || p.reach[1].servers[guid.GUID(h.guid).String()] {
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

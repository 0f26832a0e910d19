package evaluator

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

// sampleSize is how many objects a summary names.
const sampleSize = 5

// causes attributes the findings of clients: to the earliest finding of the
// estate in the article's chain that harms the client, a sure cause before a
// possible one, unless the client's own failing step is earlier still.
// Evidence wins: a link of the chain that the client's own rows show to hold is
// never the cause.
type causes struct {
	pack       *Pack
	candidates map[string][]candidate // by id of the explained rule, in order of preference
	explained  map[string]bool        // rules that some rule explains
}

// candidate is an estate finding, and one selector of it, that may explain
// clients' findings.
type candidate struct {
	rule     *Rule
	finding  *Finding
	selector Selector
}

func newCauses(p *Pack, estate map[string][]Finding) *causes {
	c := &causes{pack: p, candidates: map[string][]candidate{}, explained: map[string]bool{}}
	for _, r := range p.Rules {
		for _, id := range r.Explains {
			c.explained[id] = true
			for i := range estate[r.ID] {
				f := &estate[r.ID][i]
				for _, s := range f.Affects {
					c.candidates[id] = append(c.candidates[id], candidate{rule: r, finding: f, selector: s})
				}
			}
		}
	}
	for _, list := range c.candidates {
		slices.SortStableFunc(list, func(a, b candidate) int {
			return cmp.Or(
				certaintyRank(a.selector)-certaintyRank(b.selector),
				a.rule.Chain-b.rule.Chain,
				strings.Compare(a.rule.ID, b.rule.ID),
			)
		})
	}
	return c
}

func certaintyRank(s Selector) int {
	if s.Certainty == Possible {
		return 1
	}
	return 0
}

// attribution is the cause of one finding of one client.
type attribution struct {
	id        string
	rule      *Rule
	finding   *Finding // nil where the cause is the client's own finding
	certainty Certainty
}

// of attributes one finding of a client. alone says that no other sure cause
// holds the client back, so that mending this one frees it: what the cause
// itself explains is its consequence and goes with it.
func (c *causes) of(rec *clientRecord, rule *Rule) (cause attribution, alone, found bool) {
	for a := range c.attributions(rec, rule) {
		if !found {
			cause, alone, found = a, true, true
			continue
		}
		if a.id != cause.id && a.certainty == Sure && !slices.Contains(cause.rule.Explains, a.rule.ID) {
			return cause, false, true
		}
	}
	return cause, alone, found
}

// attributions are all possible causes of one finding of a client, the best
// first. The client's own finding goes before those of later links.
func (c *causes) attributions(rec *clientRecord, rule *Rule) iter.Seq[attribution] {
	return func(yield func(attribution) bool) {
		own, ownLeft := c.ownCause(rec, rule)
		for _, cand := range c.candidates[rule.ID] {
			if ownLeft && own.rule.Chain < cand.rule.Chain {
				ownLeft = false
				if !yield(own) {
					return
				}
			}
			if cand.matches(rec) && !yield(cand.attribution()) {
				return
			}
		}
		if ownLeft {
			yield(own)
		}
	}
}

func (c candidate) attribution() attribution {
	return attribution{
		id:        causeID(c.rule, c.finding.Resource),
		rule:      c.rule,
		finding:   c.finding,
		certainty: c.selector.Certainty,
	}
}

// ownCause is the earliest of the client's other findings that explains rule.
func (c *causes) ownCause(rec *clientRecord, rule *Rule) (attribution, bool) {
	var best *Rule
	for _, f := range rec.Findings {
		r := c.pack.Rules[f.Rule]
		if slices.Contains(r.Explains, rule.ID) && (best == nil || r.Chain < best.Chain) {
			best = r
		}
	}
	if best == nil {
		return attribution{}, false
	}
	return attribution{id: best.ID, rule: best, certainty: Sure}, true
}

func (c candidate) matches(rec *clientRecord) bool {
	s := c.selector
	switch {
	case c.rule.Chain < rec.Reached,
		s.Package != "" && slices.Contains(rec.Arrived, s.Package),
		s.Site != "" && !slices.Contains(rec.Sites, s.Site),
		s.Subnet != "" && s.Subnet != rec.Subnet,
		s.Network != "" && s.Network != rec.Network,
		s.Client != "" && s.Client != rec.GUID:
		return false
	}
	return true
}

func causeID(r *Rule, res Resource) string {
	return r.ID + ":" + cmp.Or(res.GUID, res.Name)
}

// findings are the findings of one client with their causes.
func (c *causes) findings(rec *clientRecord) []Finding {
	out := make([]Finding, 0, len(rec.Findings))
	for _, f := range rec.Findings {
		r := c.pack.Rules[f.Rule]
		full := Finding{
			Rule: r.ID, Severity: r.Severity, Msg: f.Msg, Resource: rec.resource(),
			Path: f.Path, Expected: f.Expected, Actual: f.Actual,
		}
		if a, _, ok := c.of(rec, r); ok {
			full.Cause, full.Certainty = a.id, a.certainty
		}
		out = append(out, full)
	}
	return out
}

// summarise reads all client records once and counts their causes.
func (c *causes) summarise(s *spool, version string) ([]Cause, []Unexplained, error) {
	found := map[[2]string]*Cause{}
	unexplained := map[string]*Unexplained{}
	for rec, err := range s.records() {
		if err != nil {
			return nil, nil, err
		}
		seen := map[[2]string]bool{}
		missed := map[string]bool{}
		for _, f := range rec.Findings {
			rule := c.pack.Rules[f.Rule]
			a, alone, ok := c.of(rec, rule)
			if !ok {
				// Only the end of a chain wants a cause; a step of it is one.
				if c.explained[rule.ID] && len(rule.Explains) == 0 && !missed[rule.ID] {
					missed[rule.ID] = true
					c.miss(unexplained, rec, rule.ID)
				}
				continue
			}
			key := [2]string{a.id, string(a.certainty)}
			cause := found[key]
			if cause == nil {
				cause = newCause(a, version)
				found[key] = cause
			}
			if !slices.Contains(cause.Explains, rule.ID) {
				cause.Explains = append(cause.Explains, rule.ID)
			}
			if !seen[key] {
				seen[key] = true
				cause.Clients++
				if alone {
					cause.Frees++
				}
				cause.Sample = sample(cause.Sample, rec.resource())
			}
		}
	}
	return c.sorted(found), sortedUnexplained(unexplained), nil
}

func (c *causes) miss(unexplained map[string]*Unexplained, rec *clientRecord, rule string) {
	u := unexplained[rule]
	if u == nil {
		u = &Unexplained{Rule: rule}
		unexplained[rule] = u
	}
	u.Clients++
	u.Sample = sample(u.Sample, rec.resource())
}

func newCause(a attribution, version string) *Cause {
	c := &Cause{ID: a.id, Rule: a.rule.ID, Msg: a.rule.Title, Certainty: a.certainty, Remediation: a.rule.remediationFor(version)}
	if a.finding != nil {
		resource := a.finding.Resource
		c.Msg, c.Resource = a.finding.Msg, &resource
		c.Path, c.Expected, c.Actual = a.finding.Path, a.finding.Expected, a.finding.Actual
	}
	return c
}

// sorted puts the cause of most clients first; of two equals, the earlier in
// the chain.
func (c *causes) sorted(found map[[2]string]*Cause) []Cause {
	out := make([]Cause, 0, len(found))
	for _, cause := range found {
		slices.Sort(cause.Explains)
		out = append(out, *cause)
	}
	chain := func(id string) int {
		r, _ := c.pack.Rule(id)
		return r.Chain
	}
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Clients, a.Clients), chain(a.Rule)-chain(b.Rule),
			strings.Compare(a.ID, b.ID), strings.Compare(string(b.Certainty), string(a.Certainty)))
	})
	return out
}

func sortedUnexplained(m map[string]*Unexplained) []Unexplained {
	out := make([]Unexplained, 0, len(m))
	for _, u := range m {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Unexplained) int { return strings.Compare(a.Rule, b.Rule) })
	return out
}

func sample(list []Resource, r Resource) []Resource {
	if len(list) < sampleSize {
		list = append(list, r)
	}
	return list
}

// evidence is what one client's own rows prove, as the pack's library says.
type evidence struct {
	arrived []string
	reached int
}

func readEvidence(values map[string]any) (evidence, error) {
	var e evidence
	if err := reread(values["arrived"], &e.arrived); err != nil {
		return e, err
	}
	var reached json.Number
	if err := reread(values["reached"], &reached); err != nil {
		return e, err
	}
	n, err := reached.Int64()
	e.reached = int(n)
	return e, err
}

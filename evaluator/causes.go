package evaluator

import (
	"cmp"
	"encoding/json"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"iter"
	"slices"
	"strings"
)

// causes attributes the findings of clients: to the earliest finding of the
// estate in the article's chain that harms the client, a sure cause before a
// possible one, unless the client's own failing step is earlier still.
// Evidence wins: a link of the chain that the client's own rows show to hold is
// never the cause.
type causes struct {
	pack       *rule.Pack
	marks      *annotations
	candidates [][]candidate             // by position of the explained rule in Pack.Rules, by rule
	explained  []bool                    // by position, whether some rule explains it
	named      map[string]bool           // GUIDs of clients that a finding names
	nearby     map[uint32][][]*candidate // see near
	known      map[class]*attributed
	ids        map[uint32][]result.Identity // by pattern
}

// attributed are the causes of all findings of a client.
type attributed struct {
	findings []attributedFinding // in the order of the record
	hashes   []string            // of the client as far as each finding's rule goes; nil until they are needed
	effects  map[string]effect   // of fixing each of the causes, by id
}

type attributedFinding struct {
	cause attribution
	found bool
}

func newCauses(p *rule.Pack, estate map[string][]result.Finding, a *annotations) *causes {
	c := &causes{
		pack: p, marks: a, candidates: make([][]candidate, len(p.Rules)), explained: make([]bool, len(p.Rules)),
		named: map[string]bool{}, nearby: map[uint32][][]*candidate{}, known: map[class]*attributed{}, ids: map[uint32][]result.Identity{},
	}
	for _, r := range p.Rules {
		ids := causeIDs(r, estate[r.ID])
		for _, id := range r.Explains {
			explained := slices.IndexFunc(p.Rules, func(r *rule.Rule) bool { return r.ID == id || slices.Contains(r.Aliases, id) })
			c.explained[explained] = true
			for i, f := range estate[r.ID] {
				for _, s := range f.Affects {
					c.named[s.Client] = true
					c.candidates[explained] = append(c.candidates[explained], candidate{ids[i], r, &estate[r.ID][i], s})
				}
			}
		}
	}
	return c
}

// findings are the findings of one client with their causes and marks.
func (c *causes) findings(rec *clientRecord) []result.Finding { return c.resolve(rec, false) }

// resolve is findings; counting is for the first time.
func (c *causes) resolve(rec *clientRecord, counting bool) []result.Finding {
	out := make([]result.Finding, 0, len(rec.Findings))
	causes, ids, object := c.attribute(rec), c.identities(rec), result.ObjectOf(rec.resource(), "")
	if causes.hashes == nil {
		for _, f := range rec.Findings {
			causes.hashes = append(causes.hashes, clientHash(rec, f.Rule))
		}
	}
	for i, f := range rec.Findings {
		r := c.pack.Rules[f.Rule]
		full := result.Finding{
			Rule: r.ID, Severity: r.Severity, Msg: f.Msg, Resource: rec.resource(), Sites: rec.Sites,
			Path: f.Path, Expected: f.Expected, Actual: f.Actual,
			Fingerprint: ids[i].Now.Fingerprint(object).String(), ObjectHash: causes.hashes[i],
		}
		if a := causes.findings[i]; a.found {
			full.Cause, full.Certainty = a.cause.id, a.cause.certainty
		}
		out = append(out, full)
	}
	c.marks.annotateClient(rec, out, ids, counting)
	return out
}

// clientFindings yields the findings of all clients in a spool.
func (c *causes) clientFindings(s *spool) func() iter.Seq2[result.Finding, error] {
	return func() iter.Seq2[result.Finding, error] {
		return func(yield func(result.Finding, error) bool) {
			for rec, err := range s.records() {
				if err != nil {
					yield(result.Finding{}, err)
					return
				}
				for _, f := range c.findings(rec) {
					if !yield(f, nil) {
						return
					}
				}
			}
		}
	}
}

// identities are those of the findings of a client, the same for all of one
// pattern.
func (c *causes) identities(rec *clientRecord) []result.Identity {
	pattern := rec.class.what
	if ids := c.ids[pattern]; pattern != 0 && ids != nil {
		return ids
	}
	ids := clientIdentities(c.pack, rec)
	if pattern != 0 {
		c.ids[pattern] = ids
	}
	return ids
}

// summarise reads all client records once and counts their causes.
func (c *causes) summarise(s *spool, version string) ([]result.Cause, []result.Unexplained, error) {
	found := map[string]*result.Cause{}
	unexplained := map[string]*result.Unexplained{}
	for rec, err := range s.records() {
		if err != nil {
			return nil, nil, err
		}
		c.count(rec, found, unexplained, version)
		if !c.marks.idle() {
			c.resolve(rec, true)
		}
	}
	return c.sorted(found), sortedUnexplained(unexplained), nil
}

// count adds one client to the causes of its findings.
func (c *causes) count(rec *clientRecord, found map[string]*result.Cause, unexplained map[string]*result.Unexplained, version string) {
	var seen, missed []string
	causes := c.attribute(rec)
	for i, f := range rec.Findings {
		r := c.pack.Rules[f.Rule]
		if !causes.findings[i].found {
			if c.isEnd(f.Rule) && !slices.Contains(missed, r.ID) {
				missed = append(missed, r.ID)
				c.miss(unexplained, rec, r.ID)
			}
			continue
		}
		a := causes.findings[i].cause
		cause := found[a.id]
		if cause == nil {
			cause = newCause(a, version)
			if a.rule.Fix != rule.FixExternal {
				cause.Unblocks = new(int64)
			}
			found[a.id] = cause
		}
		if !slices.Contains(cause.Explains, r.ID) {
			cause.Explains = append(cause.Explains, r.ID)
		}
		if !slices.Contains(seen, a.id) {
			seen = append(seen, a.id)
			cause.Clients++
			addEffect(cause, causes.effects[a.id])
			cause.Sample = result.AddSample(cause.Sample, rec.resource())
		}
	}
}

// isEnd reports whether a rule is the end of a chain: others explain it and it
// explains none. Only such a finding wants a cause; a step of the chain is one.
func (c *causes) isEnd(rule int) bool {
	return c.explained[rule] && len(c.pack.Rules[rule].Explains) == 0
}

// attribute finds the causes of all findings of a client. Clients of one class
// have the same ones, unless a finding names one of them.
func (c *causes) attribute(rec *clientRecord) *attributed {
	alike := rec.class != noClass && !c.named[rec.GUID]
	if a := c.known[rec.class]; alike && a != nil {
		return a
	}
	a := &attributed{}
	for _, f := range rec.Findings {
		cause, found := c.causeOf(rec, f)
		a.findings = append(a.findings, attributedFinding{cause, found})
	}
	a.effects = c.effectsOf(rec, a)
	if alike {
		if len(c.known) >= limits.attributed {
			clear(c.known)
		}
		c.known[rec.class] = a
	}
	return a
}

func (c *causes) miss(unexplained map[string]*result.Unexplained, rec *clientRecord, rule string) {
	u := unexplained[rule]
	if u == nil {
		u = &result.Unexplained{Rule: rule}
		unexplained[rule] = u
	}
	u.Clients++
	u.Sample = result.AddSample(u.Sample, rec.resource())
}

func newCause(a attribution, version string) *result.Cause {
	c := &result.Cause{ID: a.id, Rule: a.rule.ID, Msg: a.rule.Title, Certainty: a.certainty, Remediation: a.rule.RemediationFor(version)}
	if a.finding != nil {
		resource := a.finding.Resource
		c.Msg, c.Resource = a.finding.Msg, &resource
		c.Path, c.Expected, c.Actual = a.finding.Path, a.finding.Expected, a.finding.Actual
	}
	return c
}

// sorted puts the cause of most clients first; of two equals, the earlier in
// the chain.
func (c *causes) sorted(found map[string]*result.Cause) []result.Cause {
	out := make([]result.Cause, 0, len(found))
	for _, cause := range found {
		slices.Sort(cause.Explains)
		out = append(out, *cause)
	}
	chain := func(id string) int {
		r, _ := c.pack.Rule(id)
		return r.Chain
	}
	slices.SortFunc(out, func(a, b result.Cause) int {
		return cmp.Or(cmp.Compare(b.Clients, a.Clients), chain(a.Rule)-chain(b.Rule),
			strings.Compare(a.ID, b.ID))
	})
	return out
}

func sortedUnexplained(m map[string]*result.Unexplained) []result.Unexplained {
	out := make([]result.Unexplained, 0, len(m))
	for _, u := range m {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b result.Unexplained) int { return strings.Compare(a.Rule, b.Rule) })
	return out
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

// addEffect counts one client of the cause. The number is dropped once it cannot be
// exact.
func addEffect(c *result.Cause, e effect) {
	switch {
	case c.Unblocks == nil:
	case e == unclear:
		c.Unblocks, c.Frees = nil, 0
	case e == unblocks:
		*c.Unblocks++
		c.Frees++
	}
}

package evaluator

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// attribution is a cause of one finding of one client.
type attribution struct {
	id        string
	rule      *Rule
	finding   *Finding // nil where the cause is the client's own finding
	certainty Certainty
}

// of attributes one finding of a client. alone says that no other sure cause
// holds the client back, so that mending this one frees it: what the cause
// itself explains is its consequence and goes with it, and of several package
// servers with the same fault one that is mended is enough.
func (c *causes) of(rec *clientRecord, f clientFinding) (cause attribution, alone, found bool) {
	all := c.attributions(rec, f)
	if len(all) == 0 {
		return attribution{}, false, false
	}
	cause = all[0]
	for _, a := range all[1:] {
		if a.id != cause.id && a.certainty == Sure && !cause.goesWith(a) {
			return cause, false, true
		}
	}
	return cause, true, true
}

// goesWith reports whether another cause vanishes, or no longer matters, when a
// is mended.
func (a attribution) goesWith(other attribution) bool {
	if slices.Contains(a.rule.Explains, other.rule.ID) {
		return true
	}
	const server = "package_server"
	return a.rule == other.rule && a.finding != nil && other.finding != nil &&
		a.finding.Resource.Type == server && other.finding.Resource.Type == server &&
		packageOf(*a.finding) == packageOf(*other.finding)
}

// attributions are all possible causes of one finding of a client, the best
// first: those of links of the chain before the client's own failing step,
// that step, and those of later links. Among each the sure ones go first.
func (c *causes) attributions(rec *clientRecord, f clientFinding) []attribution {
	var all []attribution
	rule, role := c.pack.Rules[f.Rule], f.packageRole()
	for cand := range c.near(rec, f.Rule) {
		about := cand.selector.Package == "" || role == "" || cand.selector.Package == role
		if about && cand.matches(rec) {
			all = append(all, cand.attribution(rec))
		}
	}
	own, hasOwn := c.ownCause(rec, rule)
	if hasOwn {
		all = append(all, own)
	}
	later := func(a attribution) int {
		switch {
		case !hasOwn || a.finding != nil && a.rule.Chain <= own.rule.Chain:
			return 0
		case a.finding == nil:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b attribution) int {
		return cmp.Or(later(a)-later(b), certaintyRank(a.certainty)-certaintyRank(b.certainty),
			a.rule.Chain-b.rule.Chain, strings.Compare(a.rule.ID, b.rule.ID))
	})
	return all
}

func certaintyRank(c Certainty) int {
	if c == Possible {
		return 1
	}
	return 0
}

// candidate is an estate finding, and one selector of it, that may explain
// clients' findings.
type candidate struct {
	id       string
	rule     *Rule
	finding  *Finding
	selector Selector
}

// near are the candidates for a rule that are about where a client is. They are
// worked out once for all clients in one place.
func (c *causes) near(rec *clientRecord, rule int) iter.Seq[*candidate] {
	place := rec.class.where
	if place == 0 {
		return func(yield func(*candidate) bool) {
			for i := range c.candidates[rule] {
				if cand := &c.candidates[rule][i]; cand.selector.includes(&rec.whereabouts) && !yield(cand) {
					return
				}
			}
		}
	}
	byRule, ok := c.nearby[place]
	if !ok {
		byRule = make([][]*candidate, len(c.candidates))
		for rule, all := range c.candidates {
			for i := range all {
				if all[i].selector.includes(&rec.whereabouts) {
					byRule[rule] = append(byRule[rule], &all[i])
				}
			}
		}
		if len(c.nearby) >= limits.attributed {
			clear(c.nearby)
		}
		c.nearby[place] = byRule
	}
	return slices.Values(byRule[rule])
}

// includes reports whether a selector is about where clients are; it may still be
// about another client.
func (s *Selector) includes(w *whereabouts) bool {
	return (s.Site == "" || slices.Contains(w.Sites, s.Site)) &&
		(s.Subnet == "" || s.Subnet == w.Subnet) &&
		(s.Network == "" || s.Network == w.Network)
}

// matches reports whether the candidate may explain something about a client.
func (c *candidate) matches(rec *clientRecord) bool {
	s := &c.selector
	return c.rule.Chain >= rec.Reached &&
		(s.Package == "" || !slices.Contains(rec.Arrived, s.Package)) &&
		(s.Client == "" || s.Client == rec.GUID) &&
		s.includes(&rec.whereabouts)
}

// attribution says how certain the candidate is for one client. A client in
// several sites has another way unless the finding leaves it none in any of
// them.
func (c *candidate) attribution(rec *clientRecord) attribution {
	a := attribution{id: c.id, rule: c.rule, finding: c.finding, certainty: c.selector.Certainty}
	if a.certainty == Sure && c.selector.Site != "" && len(rec.Sites) > 1 {
		for _, site := range rec.Sites {
			if !c.leavesNoWayIn(site, rec) {
				a.certainty = Possible
			}
		}
	}
	if a.certainty == Possible {
		a.id += ":" + string(Possible)
	}
	return a
}

func (c *candidate) leavesNoWayIn(site string, rec *clientRecord) bool {
	return slices.ContainsFunc(c.finding.Affects, func(s Selector) bool {
		other := candidate{rule: c.rule, selector: s}
		return s.Certainty == Sure && (s.Site == "" || s.Site == site) && other.matches(rec)
	})
}

// packageRole is the package that a client's finding is about, which its path
// tells; empty where it is about several or none.
func (f clientFinding) packageRole() string {
	rest, ok := strings.CutPrefix(f.Path, "packages.")
	if !ok {
		return ""
	}
	role, _, _ := strings.Cut(rest, ".")
	return role
}

// ownCause is the earliest of the client's other findings that explains rule.
// Evidence wins here too: a link that the client's rows show to hold is none.
func (c *causes) ownCause(rec *clientRecord, rule *Rule) (attribution, bool) {
	var best *Rule
	for _, f := range rec.Findings {
		r := c.pack.Rules[f.Rule]
		if r.Chain >= rec.Reached && slices.Contains(r.Explains, rule.ID) && (best == nil || r.Chain < best.Chain) {
			best = r
		}
	}
	if best == nil {
		return attribution{}, false
	}
	return attribution{id: best.ID, rule: best, certainty: Sure}, true
}

// causeIDs names each finding of a rule: by the rule and the object, and where
// a rule finds several things wrong with one object, by the package or the
// setting too. A number tells apart what is still alike.
func causeIDs(r *Rule, findings []Finding) []string {
	ids, uses := make([]string, len(findings)), map[string]int{}
	for i, f := range findings {
		id := r.ID + ":" + cmp.Or(f.Resource.GUID, f.Resource.Name)
		if part := cmp.Or(packageOf(f), f.Path); part != "" {
			id += ":" + part
		}
		if uses[id]++; uses[id] > 1 {
			id = fmt.Sprintf("%s#%d", id, uses[id])
		}
		ids[i] = id
	}
	return ids
}

// packageOf is the package that all of a finding is about; empty where it is
// about several or none.
func packageOf(f Finding) string {
	if f.Package != "" {
		return f.Package
	}
	role := ""
	for i, s := range f.Affects {
		if i > 0 && s.Package != role {
			return ""
		}
		role = s.Package
	}
	return role
}

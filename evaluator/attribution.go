package evaluator

import (
	"cmp"
	"fmt"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"iter"
	"slices"
	"strings"
)

// attribution is a cause of one finding of one client.
type attribution struct {
	id        string
	rule      *rule.Rule
	finding   *result.Finding  // nil if the cause is the client's own finding
	selector  *result.Selector // by which the finding concerns the client
	certainty result.Certainty
	elsewhere bool // about a site of the client's that is not one of its primary address
}

// causeOf attributes one finding of a client to the best of its causes.
func (c *causes) causeOf(rec *clientRecord, f clientFinding) (attribution, bool) {
	all := c.attributions(rec, f)
	if len(all) == 0 {
		return attribution{}, false
	}
	return all[0], true
}

// attributions are all possible causes of one finding of a client, the best
// first: those of links of the chain before the client's own failing step,
// that step, and those of later links. Among each the sure ones come first, then
// those of the sites of the primary address. A root precedes its consequence.
func (c *causes) attributions(rec *clientRecord, f clientFinding) []attribution {
	rule := c.pack.Rules[f.Rule]
	near := c.matching(rec, f)
	all := make([]attribution, 0, len(near)+1)
	for _, cand := range near {
		all = append(all, cand.attribution(rec, near))
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
			boolRank(a.elsewhere)-boolRank(b.elsewhere),
			a.rule.Chain-b.rule.Chain, strings.Compare(a.rule.ID, b.rule.ID))
	})
	rootFirst(all)
	return all
}

// rootFirst moves the root of the first attribution to the front, and the root of
// that. A root that is sure by itself, and is only possible because the client has
// addresses in other sites, precedes its consequence, even if that consequence is
// sure because it leaves no way in any of those sites.
func rootFirst(all []attribution) {
	for range all {
		i := slices.IndexFunc(all, func(a attribution) bool { return a.isRootOf(all) })
		if i < 0 {
			return
		}
		root := all[i]
		copy(all[1:i+1], all[:i])
		all[0] = root
	}
}

// isRootOf reports whether the first of all attributions is a consequence of a.
// Two that explain each other are one fault seen twice; neither is the root.
func (a *attribution) isRootOf(all []attribution) bool {
	first := &all[0]
	if a.selector == nil || first.selector == nil || a.finding == first.finding || a.selector.Certainty == result.Possible && first.certainty == result.Sure {
		return false
	}
	return slices.ContainsFunc(all, func(b attribution) bool {
		return b.finding == first.finding && a.canCause(&b) && !b.canCause(a)
	})
}

// canCause reports whether another attribution by a finding of the estate can
// follow from a, for the same client.
func (a *attribution) canCause(other *attribution) bool {
	return a.rule.CanExplain(other.rule) && a.selector.Encloses(other.selector)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func certaintyRank(c result.Certainty) int {
	if c == result.Possible {
		return 1
	}
	return 0
}

// candidate is an estate finding, and one selector of it, that may explain
// clients' findings.
type candidate struct {
	id       string
	rule     *rule.Rule
	finding  *result.Finding
	selector result.Selector
}

// near are the candidates for a rule that are about where a client is. They are
// worked out once for all clients in one place.
func (c *causes) near(rec *clientRecord, rule int) iter.Seq[*candidate] {
	place := rec.class.where
	if place == 0 {
		return func(yield func(*candidate) bool) {
			for i := range c.candidates[rule] {
				if cand := &c.candidates[rule][i]; includes(&cand.selector, &rec.whereabouts) && !yield(cand) {
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
				if includes(&all[i].selector, &rec.whereabouts) {
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

// matches reports whether the candidate may explain something about a client.
func (c *candidate) matches(rec *clientRecord) bool {
	s := &c.selector
	return c.rule.Chain >= rec.Reached &&
		(s.Package == "" || !slices.Contains(rec.Arrived, s.Package)) &&
		(s.Client == "" || s.Client == rec.GUID) &&
		includes(s, &rec.whereabouts)
}

// matching lists the candidates that may explain a finding of a client.
func (c *causes) matching(rec *clientRecord, f clientFinding) []*candidate {
	var list []*candidate
	role := f.packageRole()
	for cand := range c.near(rec, f.Rule) {
		about := cand.selector.Package == "" || role == "" || cand.selector.Package == role
		if about && cand.matches(rec) {
			list = append(list, cand)
		}
	}
	return list
}

// attribution returns how certain the candidate is for one client. near lists the
// candidates that match the client.
func (c *candidate) attribution(rec *clientRecord, near []*candidate) attribution {
	a := attribution{id: c.id, rule: c.rule, finding: c.finding, selector: &c.selector, certainty: c.selector.Certainty}
	if a.certainty == result.Sure && !c.leavesNoWay(rec, near, nil) {
		a.certainty = result.Possible
	}
	if a.certainty == result.Possible {
		a.id += ":" + string(result.Possible)
	}
	a.elsewhere = c.selector.Site != "" && len(rec.Primary) > 0 && !slices.Contains(rec.Primary, c.selector.Site)
	return a
}

// leavesNoWay reports whether a candidate that is sure by itself leaves a client no
// way to the package. A client in several sites has another way, unless the same
// finding surely takes the same package from it in every one of them. Candidates that
// are gone do not count.
func (c *candidate) leavesNoWay(rec *clientRecord, near []*candidate, gone map[*candidate]bool) bool {
	if c.selector.Site == "" || len(rec.Sites) < 2 {
		return true
	}
	return !slices.ContainsFunc(rec.Sites, func(site string) bool {
		return !slices.ContainsFunc(near, func(o *candidate) bool {
			s := &o.selector
			return o.finding == c.finding && s.Certainty == result.Sure && (s.Site == "" || s.Site == site) &&
				(s.Package == "" || s.Package == c.selector.Package) && !gone[o]
		})
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
func (c *causes) ownCause(rec *clientRecord, rl *rule.Rule) (attribution, bool) {
	var best *rule.Rule
	for _, f := range rec.Findings {
		r := c.pack.Rules[f.Rule]
		if r.Chain >= rec.Reached && r.CanExplain(rl) && (best == nil || r.Chain < best.Chain) {
			best = r
		}
	}
	if best == nil {
		return attribution{}, false
	}
	return attribution{id: best.ID, rule: best, certainty: result.Sure}, true
}

// causeIDs names each finding of a rule: by the rule and the object, and where
// a rule finds several things wrong with one object, by the package or the
// setting too. A number tells apart what is still alike.
func causeIDs(r *rule.Rule, findings []result.Finding) []string {
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
func packageOf(f result.Finding) string {
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

// includes reports whether a selector is about where clients are; it may still be
// about another client.
func includes(s *result.Selector, w *whereabouts) bool {
	return (s.Site == "" || slices.Contains(w.Sites, s.Site)) &&
		(s.Subnet == "" || s.Subnet == w.Subnet) &&
		(s.Network == "" || s.Network == w.Network)
}

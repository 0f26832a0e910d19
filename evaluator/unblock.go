package evaluator

import (
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"maps"
	"math"
	"slices"
)

// effect is what fixing one cause does for one client.
type effect int

const (
	stillBlocked effect = iota // another sure cause blocks the client
	unclear                    // whether another sure cause goes too is not known
	unblocks
)

// effectsOf works out what fixing each of a client's causes does for it.
func (c *causes) effectsOf(rec *clientRecord, causes *attributed) map[string]effect {
	effects := map[string]effect{}
	for _, f := range causes.findings {
		if _, known := effects[f.cause.id]; f.found && !known {
			effects[f.cause.id] = c.effectOf(rec, f.cause)
		}
	}
	return effects
}

// blockedEnd is a finding of a client at the end of a chain, with all that may be
// why.
type blockedEnd struct {
	rule *rule.Rule
	role string
	near []*candidate
}

// blockedEnds are the findings of a client that it must lose to be unblocked: those
// at the end of a chain, or all explained ones of a client that has none of those.
func (c *causes) blockedEnds(rec *clientRecord) (ends []blockedEnd, atEnd bool) {
	atEnd = slices.ContainsFunc(rec.Findings, func(f clientFinding) bool { return c.isEnd(f.Rule) })
	for _, f := range rec.Findings {
		if c.explained[f.Rule] && (!atEnd || c.isEnd(f.Rule)) {
			ends = append(ends, blockedEnd{c.pack.Rules[f.Rule], f.packageRole(), c.matching(rec, f)})
		}
	}
	return ends, atEnd
}

// effectOf is what fixing a cause does for a client. It is unblocked if the cause is
// one of each end's, and every sure cause of each end goes with it. Of a client whose
// chains have no end among its findings, steps after one that the cause explains can
// follow from that.
func (c *causes) effectOf(rec *clientRecord, a attribution) effect {
	ends, atEnd := c.blockedEnds(rec)
	explained := math.MaxInt
	for _, end := range ends {
		if a.rule.CanExplain(end.rule) {
			explained = min(explained, end.rule.Chain)
		}
	}
	result := unblocks
	for _, end := range ends {
		if atEnd || end.rule.Chain <= explained || a.rule.CanExplain(end.rule) {
			result = min(result, c.effectOn(rec, &end, a))
		}
	}
	return result
}

func (c *causes) effectOn(rec *clientRecord, end *blockedEnd, a attribution) effect {
	fixed := slices.DeleteFunc(slices.Clone(end.near), func(o *candidate) bool { return o.finding != a.finding })
	if !a.rule.CanExplain(end.rule) || a.finding != nil && len(fixed) == 0 || c.ownBlocks(rec, end, a, fixed) {
		return stillBlocked
	}
	switch {
	case blocked(rec, end.near, a.goneWith(end.near, fixed, false)):
		return stillBlocked
	case blocked(rec, end.near, a.goneWith(end.near, fixed, true)):
		return unclear
	}
	return unblocks
}

// blocked reports whether a candidate that is not gone surely blocks a client.
func blocked(rec *clientRecord, near []*candidate, gone map[*candidate]bool) bool {
	return slices.ContainsFunc(near, func(o *candidate) bool {
		return o.selector.Certainty == result.Sure && !gone[o] && o.leavesNoWay(rec, near, gone)
	})
}

// goneWith returns the candidates that no longer matter once a cause is fixed, whose
// own candidates fixed lists: those, their consequences, and the faults of the
// alternatives of an object that is sound then. If strict is set, consequences of what
// the cause only possibly does are not among them, nor are those that another fault
// may have brought about as well.
func (a *attribution) goneWith(near, fixed []*candidate, strict bool) map[*candidate]bool {
	gone := map[*candidate]bool{}
	for _, o := range near {
		gone[o] = o.finding == a.finding || a.rule.CanExplain(o.rule) && slices.ContainsFunc(fixed, func(f *candidate) bool {
			return f.selector.Encloses(&o.selector) && (!strict || f.selector.Certainty == result.Sure)
		})
	}
	changed := map[*candidate]bool{}
	for _, o := range near {
		switch {
		case !gone[o] && o.hasSoundAlternative(near, gone):
			changed[o] = true
		case gone[o] && strict && o.finding != a.finding && o.hasOtherRoot(near, gone):
			changed[o] = false
		}
	}
	maps.Copy(gone, changed)
	return gone
}

// hasOtherRoot reports whether a fault that is not gone can be why the candidate's
// is there. One whose effect is outside the snapshot does not count.
func (c *candidate) hasOtherRoot(near []*candidate, gone map[*candidate]bool) bool {
	return slices.ContainsFunc(near, func(o *candidate) bool {
		return !gone[o] && o.rule.Fix != rule.FixExternal && o.rule.CanExplain(c.rule) && o.selector.Encloses(&c.selector)
	})
}

// hasSoundAlternative reports whether an alternative of the candidate's object has
// lost a fault, and has no other one that is sure of the same place and package.
func (c *candidate) hasSoundAlternative(near []*candidate, gone map[*candidate]bool) bool {
	return slices.ContainsFunc(near, func(o *candidate) bool {
		return gone[o] && o.isAlternativeTo(c) && o.selector.Meets(&c.selector) &&
			!slices.ContainsFunc(near, func(other *candidate) bool {
				return !gone[other] && other.selector.Certainty == result.Sure && other.isSameObject(o) && other.selector.Meets(&c.selector)
			})
	})
}

// ownBlocks reports whether a failing step of the client itself is left once a cause
// is fixed: one that the cause does not explain, or of a package that it does not
// affect. Steps after one that the cause explains can follow from that.
func (c *causes) ownBlocks(rec *clientRecord, end *blockedEnd, a attribution, fixed []*candidate) bool {
	explained := math.MaxInt
	for _, f := range rec.Findings {
		if r := c.pack.Rules[f.Rule]; r.CanExplain(end.rule) && (a.rule.CanExplain(r) || a.rule == r) {
			explained = min(explained, r.Chain)
		}
	}
	return slices.ContainsFunc(rec.Findings, func(f clientFinding) bool {
		r := c.pack.Rules[f.Rule]
		switch {
		case !r.CanExplain(end.rule) || r.Chain < rec.Reached:
			return false
		case a.rule == r:
			return false
		case !a.rule.CanExplain(r):
			return r.Chain <= explained
		}
		return a.finding != nil && !slices.ContainsFunc(fixed, func(o *candidate) bool {
			role := f.packageRole()
			return o.selector.Package == "" || role == "" || o.selector.Package == role
		})
	})
}

// isAlternativeTo reports whether a fault of another object no longer matters once
// the candidate's object is sound: one sound package server is enough, and so is one
// object of those that a rule declares to be alternatives.
func (c *candidate) isAlternativeTo(other *candidate) bool {
	const server = "package_server"
	declared := c.rule.Alternatives && other.rule.Alternatives
	if !declared && (c.rule != other.rule || c.finding.Resource.Type != server || other.finding.Resource.Type != server) {
		return false
	}
	kind, _ := c.finding.Setting()
	otherKind, _ := other.finding.Setting()
	return kind == otherKind && !c.isSameObject(other)
}

func (c *candidate) isSameObject(other *candidate) bool {
	kind, object := c.finding.Setting()
	otherKind, otherObject := other.finding.Setting()
	return kind == otherKind && object == otherObject
}

package report

import (
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// faultKey distinguishes the findings of the estate that are causes.
type faultKey struct {
	rule, msg string
	resource  result.Resource
}

// causeFindings are the findings that causes come from, once they came by.
type causeFindings map[faultKey]*result.Finding

func newCauseFindings(r *compare.Outcome) causeFindings {
	out := causeFindings{}
	for _, c := range r.Causes {
		if c.Resource != nil {
			out[faultKey{c.Rule, c.Msg, *c.Resource}] = nil
		}
	}
	return out
}

// note keeps a finding that a cause comes from, and says whether it is one.
func (m causeFindings) note(f result.Finding) bool {
	key := faultKey{f.Rule, f.Msg, f.Resource}
	if _, ok := m[key]; !ok {
		return false
	}
	if !gone(f) {
		m[key] = &f
	}
	return true
}

// of is the finding that a cause comes from.
func (m causeFindings) of(c result.Cause) result.Finding {
	if c.Resource == nil {
		return result.Finding{}
	}
	if f := m[faultKey{c.Rule, c.Msg, *c.Resource}]; f != nil {
		return *f
	}
	return result.Finding{}
}

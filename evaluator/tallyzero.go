package evaluator

import (
	"cmp"
	"github.com/nscheck/nscheck/evaluator/rule"
	"slices"
)

// countTallies adds the tallies to the totals, and what nobody was counted for.
func (r *run) countTallies() {
	for _, t := range r.tallied {
		if err := r.totals.addTally(t.key, t.clients); err != nil {
			r.states[t.rule].fail(err, "its counts")
		}
	}
	if r.totals.clients == 0 {
		return // nothing is known: statuses may be in another language
	}
	var paths []rule.TallyPath
	for i, rule := range r.pack.Rules {
		for _, path := range rule.TallyKeys.Paths {
			if n, counted := r.notCounted(i, path.Texts[0]); counted && n == 0 {
				paths = append(paths, path)
			}
		}
	}
	r.totals.addZeros(paths)
}

// addZeros gives each key that stands in the code of a rule that counted all
// clients, and that none of them has, the number 0, or an empty object where only
// its beginning stands there: what is undefined would be "no violation". The order
// of paths is of no account.
func (t *totals) addZeros(paths []rule.TallyPath) {
	paths = slices.Clone(paths)
	slices.SortStableFunc(paths, func(a, b rule.TallyPath) int { // where two contradict each other, the longer key holds
		return cmp.Compare(b.Depth(), a.Depth())
	})
	for _, p := range paths {
		m := t.tally
		for i, text := range p.Texts {
			next, there := m[text]
			if !there && p.Whole && i == len(p.Texts)-1 {
				m[text] = int64(0)
				break
			}
			if !there {
				next = map[string]any{}
				m[text] = next
			}
			inner, isMap := next.(map[string]any)
			if !isMap {
				break
			}
			m = inner
		}
	}
}

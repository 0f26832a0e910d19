package evaluator

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// bundle remembers the answers of several rules at once. Rules that look at few
// things mostly look at the same ones: one look-up then tells what all of them
// say. Where it does not know, each rule is asked by itself, so that a bundle
// changes nothing but the time that it takes.
type bundle struct {
	*program // what all members read
	members  []int
	table    map[string][]*answer[*judgement]
	key      []byte
	keys     [][]byte // of the clients of a group that it does not know; nil for others
	clients  int64
	known    int64
}

// newBundle bundles the rules of a worker that have shown to look at few
// things; nil where there are not several.
func newBundle(rules []*memo[*judgement]) *bundle {
	b := &bundle{program: &program{}, table: map[string][]*answer[*judgement]{}, keys: make([][]byte, batchSize)}
	for i, m := range rules {
		if m.idle || len(m.own) > limits.bundled {
			continue
		}
		b.members = append(b.members, i)
		b.values = append(b.values, m.values...)
		b.presence = append(b.presence, m.presence...)
		b.sections = append(b.sections, m.sections...)
		b.computed = append(b.computed, m.computed...)
	}
	if len(b.members) < 2 {
		return nil
	}
	for _, fields := range []*[]snapshot.Field{&b.values, &b.presence, &b.sections} {
		slices.Sort(*fields)
		*fields = slices.Compact(*fields)
	}
	b.presence = slices.DeleteFunc(b.presence, func(f snapshot.Field) bool { return slices.Contains(b.values, f) })
	b.sections = slices.DeleteFunc(b.sections, func(f snapshot.Field) bool {
		return slices.Contains(b.values, f) || slices.Contains(b.presence, f)
	})
	slices.SortFunc(b.computed, rule.ComputedField.Compare)
	b.computed = slices.Compact(b.computed)
	return b
}

// recall fills in what the members say about the n-th client of a group, and
// reports whether it is known.
func (b *bundle) recall(n int, c *streamed, rules []*memo[*judgement]) bool {
	b.keys[n] = nil
	if c.plain {
		return false
	}
	b.clients++
	b.key = b.appendKey(b.key[:0], c)
	answers := b.table[string(b.key)]
	if answers == nil {
		b.keys[n] = slices.Clone(b.key)
		return false
	}
	b.known++
	for i, member := range b.members {
		c.answers[member] = answers[i]
		rules[member].stats.Clients++
		rules[member].stats.Remembered++
	}
	return true
}

// remember keeps what the members said about the n-th client of a group.
func (b *bundle) remember(n int, c *streamed) {
	if b.keys[n] == nil {
		return
	}
	answers := make([]*answer[*judgement], len(b.members))
	for i, member := range b.members {
		answers[i] = c.answers[member]
	}
	if len(b.table) >= limits.memoEntries {
		clear(b.table)
	}
	b.table[string(b.keys[n])] = answers
}

// useless tells that too few clients are known to the bundle.
func (b *bundle) useless() bool {
	return b.clients >= limits.memoTrial && b.known*100 < b.clients*limits.bundleWorth
}

package evaluator

import (
	"cmp"
	"slices"
	"sync"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

// sampling keeps some clients while they stream past a rule that is tried: the
// chosen one, or the first ones that the rule found something about, the first
// ones that it did not, and the first one that it broke on.
type sampling struct {
	rule   int // position in Pack.Rules
	choose func(*snapshot.Client) bool
	limit  int

	mu            sync.Mutex
	chosen        *sampled
	broken        *sampled   // its verdict names it
	found, silent []*sampled // in the order of the snapshot
}

// sampled is a client that was kept, and what the rule says about it.
type sampled struct {
	number int64 // in the snapshot
	input  *clientInput
	answer *answer[*judgement] // nil where the rule was not evaluated
}

func (s *sampled) resource() result.Resource {
	return result.Resource{Type: "client", GUID: s.input.client.GUID, Name: s.input.client.Name}.Named()
}

// sample shows the sampling a client that all rules have judged; number is its
// place in the snapshot.
func (w *worker) sample(c *streamed, number int64) error {
	s := w.run.sampling
	if s == nil {
		return nil
	}
	var a *answer[*judgement]
	if i := slices.Index(w.indexes, s.rule); i >= 0 {
		a = c.answers[i]
	}
	if s.choose != nil {
		return s.offer(c, number, a)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a != nil && a.err != nil && (s.broken == nil || number < s.broken.number) {
		if err := c.decode(); err != nil {
			return err
		}
		s.broken = &sampled{number, c.decoded, a}
	}
	list := &s.silent
	if a != nil && (a.err != nil || len(a.value.findings) > 0) {
		list = &s.found
	}
	at, _ := slices.BinarySearchFunc(*list, number, func(k *sampled, n int64) int { return cmp.Compare(k.number, n) })
	if at == s.limit {
		return nil
	}
	if err := c.decode(); err != nil {
		return err
	}
	*list = slices.Insert(*list, at, &sampled{number, c.decoded, a})
	*list = (*list)[:min(len(*list), s.limit)]
	return nil
}

// offer keeps the client where it is the chosen one.
func (s *sampling) offer(c *streamed, number int64, a *answer[*judgement]) error {
	if err := c.decode(); err != nil {
		return err
	}
	if !s.choose(&c.decoded.client) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chosen == nil || number < s.chosen.number {
		s.chosen = &sampled{number, c.decoded, a}
	}
	return nil
}

// listened are the clients whose evaluations are listened to.
func (s *sampling) listened() []*sampled {
	if s.chosen != nil {
		return []*sampled{s.chosen}
	}
	all := slices.Concat(s.found, s.silent)
	slices.SortFunc(all, func(a, b *sampled) int { return cmp.Compare(a.number, b.number) })
	return all
}

// explained is the client whose evaluation is explained: the chosen one, else the
// first that the rule broke on, else the first that it found nothing about, else
// the first of all.
func (s *sampling) explained() *sampled {
	for _, list := range [][]*sampled{{s.chosen}, {s.broken}, s.silent, s.found} {
		if len(list) > 0 && list[0] != nil {
			return list[0]
		}
	}
	return nil
}

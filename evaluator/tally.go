package evaluator

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
)

// tallies number the keys of client rules' tallies.
type tallies struct {
	mu   sync.Mutex
	ids  map[string]int
	keys []tallyKey
}

type tallyKey struct {
	rule int
	key  []string
}

func (t *tallies) of(rule int, key []string) int {
	text := strconv.Itoa(rule)
	for _, part := range key {
		text += strconv.Quote(part)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	id, ok := t.ids[text]
	if !ok {
		id = len(t.keys)
		t.ids[text] = id
		t.keys = append(t.keys, tallyKey{rule, key})
	}
	return id
}

func (t tallyKey) compare(o tallyKey) int {
	return cmp.Or(cmp.Compare(t.rule, o.rule), slices.Compare(t.key, o.key))
}

// tallyCount is how many clients a rule counted for one key.
type tallyCount struct {
	tallyKey
	clients int64
}

// counted are the keys that were counted, in order.
func (t *tallies) counted(counts []int64) []tallyCount {
	var list []tallyCount
	for i, n := range counts {
		if n > 0 { // else it was counted only to check
			list = append(list, tallyCount{t.keys[i], n})
		}
	}
	slices.SortFunc(list, func(a, b tallyCount) int { return a.compare(b.tallyKey) })
	return list
}

// tally counts one more client for a key of the run's tallies.
func (w *worker) tally(key int) {
	if grow := key + 1 - len(w.tallied); grow > 0 {
		w.tallied = append(w.tallied, make([]int64, grow)...)
	}
	w.tallied[key]++
}

package evaluator

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/nscheck/nscheck/snapshot"
)

// A worker judges blocks of clients. What workers share is behind locks that they
// seldom take: answers that are new to one of them, and classes of records.
type worker struct {
	run      *run
	rules    []*memo[*judgement]
	indexes  []int // of rules in Pack.Rules
	evidence *memo[*evidenceOf]
	locator  *Locator
	totals   *totals
	tallied  []int64 // by position in the run's tallies
	group    [batchSize]streamed
	bundle   *bundle
	bundled  []bool // which rules are in it
	tried    bool   // whether a bundle was made
	seen     int64
	patterns map[string]uint32 // by the answers that they are made of
	key      []byte
	pending  []*streamed
	observed ObservedClient
	keys     [][]byte
}

func (r *run) newWorker(shared *programs) *worker {
	w := &worker{run: r, totals: newTotals(r.estate), patterns: map[string]uint32{}}
	w.locator = NewLocator(r.nets, w.totals.leave)
	for _, p := range shared.rules {
		w.rules = append(w.rules, newMemo(p))
		w.indexes = append(w.indexes, p.rule.index)
	}
	if shared.evidence != nil {
		w.evidence = newMemo(shared.evidence)
	}
	w.bundled = make([]bool, len(w.rules))
	for i := range w.group {
		w.group[i] = streamed{nets: r.nets, answers: make([]*answer[*judgement], len(w.rules))}
	}
	return w
}

// judge judges all clients of a block.
func (w *worker) judge(ctx context.Context, b *snapshot.Block) *blockResult {
	res := newBlockResult(len(w.run.pack.Rules), w.run.named)
	res.first = b.First()
	var scan snapshot.ClientScan
	asked := &scan
	if w.run.opts.Plain {
		asked = nil
	}
	n := 0
	for line, err := range b.Clients(asked) {
		if err == nil {
			err = w.take(&w.group[n], &scan, line)
		}
		if err != nil {
			if res.err = w.judgeGroup(ctx, w.group[:n], res); res.err == nil {
				res.err = err
			}
			return res
		}
		if n++; n == batchSize {
			if res.err = w.judgeGroup(ctx, w.group[:n], res); res.err != nil {
				return res
			}
			n = 0
		}
	}
	res.err = w.judgeGroup(ctx, w.group[:n], res)
	return res
}

// take readies a client.
func (w *worker) take(c *streamed, scan *snapshot.ClientScan, line snapshot.ClientLine) (err error) {
	c.line, c.decoded, c.plain = line.Line, nil, line.Raw != nil
	if !c.plain {
		c.scan = *scan
		c.place, err = w.locator.At(c.scan.Text(addressesField))
	} else if c.decoded, err = readClient(line.Raw, w.run.nets); err == nil {
		c.place, err = w.placeOf(c.decoded)
	}
	if err != nil {
		return fmt.Errorf("line %d: %w", c.line, err)
	}
	return nil
}

// placeOf finds the place of a client that was decoded in full.
func (w *worker) placeOf(in *clientInput) (*Place, error) {
	if in.client.Addresses == nil {
		return w.locator.None, nil
	}
	text, err := json.Marshal(in.client.Addresses)
	if err != nil {
		return nil, err
	}
	return w.locator.At(text)
}

// judgeGroup asks every rule about every client of a group, then puts together
// what they said.
func (w *worker) judgeGroup(ctx context.Context, group []streamed, res *blockResult) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	w.recallBundle(group)
	for i, m := range w.rules {
		if err := w.askRule(ctx, i, m, group); err != nil {
			return err
		}
	}
	if w.bundle != nil {
		for n := range group {
			w.bundle.remember(n, &group[n])
		}
	}
	for i := range group {
		if err := w.finish(ctx, &group[i], res); err != nil {
			return err
		}
	}
	w.locator.tidy()
	return nil
}

// recallBundle takes what the bundle knows. There is one once the rules have
// shown what they look at, unless it has proved useless.
func (w *worker) recallBundle(group []streamed) {
	for n := range group {
		group[n].bundled = false
	}
	switch w.seen += int64(len(group)); {
	case w.bundle != nil && w.bundle.useless():
		w.bundle, w.bundled = nil, make([]bool, len(w.rules))
	case w.bundle == nil && !w.tried && w.seen >= limits.memoTrial:
		w.tried = true
		if w.bundle = newBundle(w.rules); w.bundle == nil {
			return
		}
		for _, member := range w.bundle.members {
			w.bundled[member] = true
		}
	}
	if w.bundle == nil {
		return
	}
	for n := range group {
		group[n].bundled = w.bundle.recall(n, &group[n], w.rules)
	}
}

func (w *worker) askRule(ctx context.Context, i int, m *memo[*judgement], group []streamed) error {
	w.pending, w.keys = w.pending[:0], w.keys[:0]
	for n := range group {
		c := &group[n]
		if c.bundled && w.bundled[i] {
			continue
		}
		if c.plain {
			a, err := m.ask(ctx, c)
			if err != nil {
				return err
			}
			c.answers[i] = a
			continue
		}
		found, key := m.recall(c)
		switch {
		case found != nil:
			c.answers[i] = found
		case key != nil: // the next client may be alike
			a, err := m.ask(ctx, c)
			if err != nil {
				return err
			}
			m.remember(key, a)
			c.answers[i] = a
		default:
			w.pending = append(w.pending, c)
		}
	}
	if len(w.pending) == 0 {
		return nil
	}
	return m.askAll(ctx, w.pending, func(c *streamed, a *answer[*judgement]) { c.answers[i] = a })
}

// finish puts together what all rules said about one client.
func (w *worker) finish(ctx context.Context, c *streamed, res *blockResult) error {
	res.clients++
	active := w.totals.countStreamed(c)
	if n := w.run.opts.SelfCheck; n > 0 && (res.first+res.clients-1)%n == 0 {
		if err := w.selfCheck(ctx, c); err != nil {
			return err
		}
	}
	if err := w.sample(c, res.first+res.clients-1); err != nil {
		return err
	}
	harmed := false
	w.key = w.key[:0]
	for i, a := range c.answers {
		if a.silent {
			continue
		}
		if a.err != nil {
			res.fail(w.indexes[i], a.err, c)
			continue
		}
		j := a.value
		for _, u := range j.outcome.unknown {
			res.unknown(w.indexes[i], u.Msg, c)
		}
		for _, t := range j.tally {
			w.tally(t)
		}
		if j.outcome.uncounted != "" && active {
			id := w.run.pack.Rules[w.indexes[i]].ID
			w.totals.uncounted[id]++
			for _, key := range j.outcome.leftOut {
				w.totals.uncounted[uncountedKey(id, key)]++
			}
		}
		if j.id != 0 {
			harmed = true
			res.findings[w.indexes[i]] += int64(len(j.findings))
			w.key = binary.BigEndian.AppendUint16(w.key, uint16(i))
			w.key = binary.BigEndian.AppendUint32(w.key, j.id)
		}
	}
	if w.run.opts.Observer != nil {
		res.observed = w.observe(res.observed, c, active)
	}
	watching := w.run.watches(c)
	if !harmed && !watching {
		return nil
	}
	return w.record(ctx, c, res, harmed, watching)
}

package evaluator

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/snapshot"
)

// streamed is one client on its way past the rules.
type streamed struct {
	scan    snapshot.ClientScan // of no use where decoded was needed from the start
	decoded *clientInput        // nil until it is needed
	plain   bool                // whether scan is of no use
	bundled bool                // whether the bundle knew it
	line    int
	place   *place
	nets    *networks
	answers []*answer[*judgement] // by position in worker.rules
}

// judgement is what one rule says about some clients.
type judgement struct {
	id       uint32 // 0 where nothing was found
	outcome  outcome
	findings []clientFinding
	stems    []stem // of the findings
	tally    []int  // positions in the run's tallies
}

func (j *judgement) isSilent() bool {
	return len(j.findings) == 0 && len(j.outcome.unknown) == 0 && len(j.tally) == 0 && j.outcome.uncounted == ""
}

// evidenceOf is what the rows of some clients prove.
type evidenceOf struct {
	id uint32
	evidence
}

func (c *streamed) has(f snapshot.Field) bool {
	if c.plain {
		return c.decoded.has(f)
	}
	return c.scan.Has(f)
}

// inputOf is the client as a program sees it.
func (c *streamed) inputOf(p *program) (ast.Value, error) {
	if p.whole == "" && !c.plain {
		return p.projection(c)
	}
	if err := c.decode(); err != nil {
		return nil, err
	}
	return c.decoded.value, nil
}

// decode decodes the client in full, by other code than that of the scan.
func (c *streamed) decode() (err error) {
	if c.decoded == nil {
		c.decoded, err = readClient(c.scan.AppendObject(nil), c.nets)
	}
	return err
}

// text is the value of a text field, which is there and not null.
func (c *streamed) text(f snapshot.Field) string {
	raw := c.scan.Text(f)
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		panic("evaluator: a scanned text is none: " + err.Error()) // the scan has checked it
	}
	return text
}

// precedes may say cheaply that the client does not come before another by name.
func (c *streamed) precedes(r Resource) bool {
	if c.plain {
		return true
	}
	raw := c.scan.Text(nameField)
	return len(raw) <= 2 || bytes.IndexByte(raw, '\\') >= 0 || string(raw[1:len(raw)-1]) <= r.Name
}

func (c *streamed) resource() Resource {
	if c.plain {
		return Resource{Type: "client", GUID: c.decoded.client.GUID, Name: c.decoded.client.Name}.named()
	}
	return Resource{Type: "client", GUID: c.text(guidField), Name: c.text(nameField)}.named()
}

// A worker judges blocks of clients. What workers share is behind locks that they
// seldom take: answers that are new to one of them, and classes of records.
type worker struct {
	run      *run
	rules    []*memo[*judgement]
	indexes  []int // of rules in Pack.Rules
	evidence *memo[*evidenceOf]
	locator  *locator
	totals   *totals
	tallied  []int64 // by position in the run's tallies
	group    [batchSize]streamed
	bundle   *bundle
	bundled  []bool // which rules are in it
	tried    bool   // whether a bundle was made
	seen     int64
	classes  map[string]uint64 // by the answers that they are made of
	key      []byte
	pending  []*streamed
	keys     [][]byte
}

func (r *run) newWorker(shared *programs) *worker {
	w := &worker{run: r, totals: newTotals(r.estate), classes: map[string]uint64{}}
	w.locator = newLocator(r.nets, w.totals.leave)
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

// programs are the questions that all workers ask about clients.
type programs struct {
	rules    []*shared[*judgement]
	evidence *shared[*evidenceOf]
	ids      atomic.Uint32
	tallies  tallies
}

func (r *run) newPrograms(rules []*clientRule) *programs {
	p := &programs{tallies: tallies{ids: map[string]int{}}}
	for _, c := range rules {
		s := newShared(&c.program, func(sets map[string]any, s *streamed) (*judgement, error) {
			return p.judgement(c, sets, s)
		}, (*judgement).isSilent)
		s.rule = c
		p.rules = append(p.rules, s)
	}
	if r.evidence != nil {
		p.evidence = newShared(r.evidence, func(values map[string]any, _ *streamed) (*evidenceOf, error) {
			e, err := readEvidence(values)
			return &evidenceOf{p.ids.Add(1), e}, err
		}, func(*evidenceOf) bool { return false })
	}
	return p
}

func (p *programs) judgement(c *clientRule, sets map[string]any, s *streamed) (*judgement, error) {
	out, err := c.judge(sets, s.has)
	if err != nil {
		return nil, err
	}
	j := &judgement{outcome: out}
	for _, v := range out.violations {
		j.findings = append(j.findings, clientFinding{
			Rule: c.index, Msg: v.Msg, Path: v.Path, Expected: v.Expected, Actual: v.Actual,
		})
	}
	if len(j.findings) > 0 {
		j.id = p.ids.Add(1)
		j.stems = clientStems(c.rule, j.findings)
	}
	for _, key := range out.tally {
		j.tally = append(j.tally, p.tallies.of(c.index, key))
	}
	return j, nil
}

// judge judges all clients of a block.
func (w *worker) judge(ctx context.Context, b *snapshot.Block) *blockResult {
	res := newBlockResult(len(w.run.pack.Rules))
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
		c.place, err = w.locator.of(c.scan.Text(addressesField))
	} else if c.decoded, err = readClient(line.Raw, w.run.nets); err == nil {
		c.place, err = w.placeOf(c.decoded)
	}
	if err != nil {
		return fmt.Errorf("line %d: %w", c.line, err)
	}
	return nil
}

// placeOf finds the place of a client that was decoded in full.
func (w *worker) placeOf(in *clientInput) (*place, error) {
	if in.client.Addresses == nil {
		return w.locator.none, nil
	}
	text, err := json.Marshal(in.client.Addresses)
	if err != nil {
		return nil, err
	}
	return w.locator.of(text)
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
			w.totals.uncounted++
		}
		if j.id != 0 {
			harmed = true
			res.findings[w.indexes[i]] += int64(len(j.findings))
			w.key = binary.BigEndian.AppendUint16(w.key, uint16(i))
			w.key = binary.BigEndian.AppendUint32(w.key, j.id)
		}
	}
	if w.run.opts.Track {
		res.tracks = w.track(res.tracks, c, active)
	}
	watching := w.run.watches(c)
	if !harmed && !watching {
		return nil
	}
	return w.record(ctx, c, res, harmed, watching)
}

// record notes a client with findings, and one that is watched.
func (w *worker) record(ctx context.Context, c *streamed, res *blockResult, harmed, watching bool) error {
	var proof *evidenceOf
	if w.evidence != nil {
		a, err := w.evidenceFor(ctx, c)
		if err != nil {
			return err
		}
		if a.err != nil {
			return fmt.Errorf("weigh the evidence of client %s: %w", c.resource().Name, a.err)
		}
		proof = a.value
		w.key = binary.BigEndian.AppendUint32(w.key, proof.id)
	}
	w.key = binary.BigEndian.AppendUint32(w.key, c.place.id)
	if watching {
		w.run.watch(c, w.newRecord(c, proof), w.indexes)
	}
	if !harmed {
		return nil
	}
	res.harmed++
	who := c.resource()
	class, ok := w.classes[string(w.key)]
	if !ok {
		var err error
		if class, err = w.run.spool.class(w.newRecord(c, proof)); err != nil {
			return err
		}
		if len(w.classes) >= limits.memoEntries {
			clear(w.classes)
		}
		if class != noClass {
			w.classes[string(w.key)] = class
		}
	}
	if class != noClass {
		res.records = appendRecord(res.records, class, who)
		return nil
	}
	var err error
	res.records, err = appendOddRecord(res.records, w.newRecord(c, proof), who)
	return err
}

func (w *worker) evidenceFor(ctx context.Context, c *streamed) (*answer[*evidenceOf], error) {
	if c.plain {
		return w.evidence.ask(ctx, c)
	}
	return w.evidence.of(ctx, c)
}

// newRecord is all that is needed to attribute a client's findings, but for
// which client it is.
func (w *worker) newRecord(c *streamed, proof *evidenceOf) *clientRecord {
	rec := &clientRecord{}
	for _, a := range c.answers {
		if a.err == nil {
			rec.Findings = append(rec.Findings, a.value.findings...)
		}
	}
	if loc := c.place.loc; loc != nil {
		rec.Sites = loc.Sites
		if loc.Subnet != nil {
			rec.Subnet = *loc.Subnet
		}
		if loc.Network != nil {
			rec.Network = *loc.Network
		}
	}
	if proof != nil {
		rec.Arrived, rec.Reached = proof.arrived, proof.reached
	}
	return rec
}

// tally counts one more client for a key of the run's tallies.
func (w *worker) tally(key int) {
	if grow := key + 1 - len(w.tallied); grow > 0 {
		w.tallied = append(w.tallied, make([]int64, grow)...)
	}
	w.tallied[key]++
}

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

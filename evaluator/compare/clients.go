package compare

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/spill"
)

// ClientChanges is what became of the clients.
type ClientChanges struct {
	// Number of client records in the base.
	Base int64 `json:"base"`
	// Number of client records in the head.
	Head int64 `json:"head"`
	// Number of those that only the head has.
	Added int64 `json:"added"`
	// Number of those that only the base has.
	Gone int64 `json:"gone"`
	// Number of clients with findings of their own that are new, and none that is gone.
	Worse int64 `json:"worse"`
	// Number of clients with findings of their own that are gone, and none that is new.
	Better int64 `json:"better"`
	// Number of clients with both.
	Mixed int64 `json:"mixed"`
	// Active clients that findings of the estate affect in the head and did not affect as surely in the base, by where they are and whatever has arrived on them; after a change also those that a new finding of their own affects in the chain to a licence.
	Harmed ClientCount `json:"harmed"`
	// Active clients that findings of the estate could harm in the base and no longer do in the head.
	Freed ClientCount `json:"freed"`
}

// ClientCount counts clients by how certain it is.
type ClientCount struct {
	// Harmed: a fault leaves them no way. Freed: nothing affects them any more of what surely did.
	Sure int64 `json:"sure"`
	// Harmed: another way may be left. Freed: something may still affect them, or only might have before.
	Possible int64 `json:"possible"`
	// Others that the new findings (the fixed ones) affect, and that something else affected before (still affects) as surely.
	Held int64 `json:"held"`
	// Harmed: others that only new findings affect that are waived or do not count yet.
	Accepted int64 `json:"accepted,omitempty"`
	// The first of the sure ones by name; of the possible ones where none is sure.
	Sample []result.Resource `json:"sample"`

	maybe []result.Resource
}

func (c *ClientCount) add(sure bool, who result.Resource) {
	if sure {
		c.Sure++
		c.Sample = result.AddSample(c.Sample, who)
		return
	}
	c.Possible++
	c.maybe = result.AddSample(c.maybe, who)
}

func (c *ClientCount) settle() {
	if c.Sure == 0 {
		c.Sample = c.maybe
	}
	if c.Sample == nil {
		c.Sample = []result.Resource{}
	}
}

// compareClients reads the clients of both sides by GUID, side by side.
func (d *Difference) compareClients(ctx context.Context) error {
	p := pairing{d: d, reach: [2]*reach{newReach(d, d.base), newReach(d, d.head)}}
	d.faults = p.reach[1].faults
	err := pair(ctx, d.base.trail.tracks, d.head.trail.tracks, p.take)
	d.Clients.Harmed.settle()
	d.Clients.Freed.settle()
	if err != nil {
		return fmt.Errorf("compare the clients: %w", err)
	}
	return nil
}

// pair yields the clients of both sides together; a side without the client is nil.
func pair(ctx context.Context, base, head *spill.Buffer, take func(b, h *track)) error {
	nextBase, stopBase := iter.Pull2(inOrder(ctx, base, sortMemory))
	defer stopBase()
	nextHead, stopHead := iter.Pull2(inOrder(ctx, head, sortMemory))
	defer stopHead()
	b, err := pulled(nextBase)
	if err != nil {
		return err
	}
	h, err := pulled(nextHead)
	if err != nil {
		return err
	}
	for b != nil || h != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		first, second := b, h
		if b != nil && h != nil {
			switch c := bytes.Compare(b.guid[:], h.guid[:]); {
			case c < 0:
				second = nil
			case c > 0:
				first = nil
			}
		}
		take(first, second)
		if first != nil {
			if b, err = pulled(nextBase); err != nil {
				return err
			}
		}
		if second != nil {
			if h, err = pulled(nextHead); err != nil {
				return err
			}
		}
	}
	return nil
}

func pulled(next func() ([]byte, error, bool)) (*track, error) {
	text, err, ok := next()
	if !ok || err != nil {
		return nil, err
	}
	t, err := readTrack(bytes.Clone(text))
	return &t, err
}

// pairing compares clients one by one.
type pairing struct {
	d     *Difference
	reach [2]*reach
}

func (p *pairing) take(b, h *track) {
	c := &p.d.Clients
	if b != nil {
		c.Base++
	}
	if h != nil {
		c.Head++
	}
	var none track
	switch {
	case b == nil:
		c.Added++
		p.findings(&none, h)
		return
	case h == nil:
		c.Gone++
		p.findings(b, &none)
		return
	}
	came, went := p.findings(b, h)
	switch {
	case came && went:
		c.Mixed++
	case came:
		c.Worse++
	case went:
		c.Better++
	}
	for _, rule := range h.unknown {
		if !slices.Contains(b.unknown, rule) && !neverAsked(&p.d.base.Rules[rule]) {
			p.d.Rules[rule].unknown++
		}
	}
	p.compareFaults(b, h)
	p.noteDoubtful(h)
}

// findings compares the findings of one client.
func (p *pairing) findings(b, h *track) (came, went bool) {
	for _, f := range h.findings {
		if slices.Contains(b.findings, f) && p.d.lapsed[f.print] == nil {
			p.d.count(f.rule, result.Unchanged, 1)
			continue
		}
		state := p.newState(f.rule, b)
		p.d.came[f.print] = state
		p.d.count(f.rule, state, 1)
		came = came || state == result.New
	}
	for _, f := range b.findings {
		if slices.Contains(h.findings, f) {
			continue
		}
		state := p.goneState(f.rule, h)
		p.d.went[f.print] = state
		p.d.count(f.rule, state, 1)
		went = went || state == result.Absent
	}
	return came, went
}

// newState is what to call a finding that only the head has. What is found after a
// change is new, even if it was unknown before.
func (p *pairing) newState(rule int, base *track) result.BaselineState {
	unknown := slices.Contains(base.unknown, rule) && !p.d.sameClients
	if unknown || p.d.unjudged(rule, result.Resource{}, p.d.base) != "" {
		return result.Incomparable
	}
	return result.New
}

// goneState is what to call a finding that only the base has.
func (p *pairing) goneState(rule int, head *track) result.BaselineState {
	if slices.Contains(head.unknown, rule) || p.d.unjudged(rule, result.Resource{}, p.d.head) != "" {
		p.d.Rules[rule].lost++
		return result.Incomparable
	}
	return result.Absent
}

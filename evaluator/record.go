package evaluator

import (
	"context"
	"encoding/binary"
	"fmt"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

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
	if watching {
		w.run.watch(c, newRecord(c, proof), w.indexes)
	}
	if !harmed {
		return nil
	}
	res.harmed++
	who := c.resource()
	at, err := w.classOf(c, proof)
	if err != nil {
		return err
	}
	if at != noClass {
		res.records = appendRecord(res.records, at, who)
		return nil
	}
	res.records, err = appendOddRecord(res.records, newRecord(c, proof), who)
	return err
}

// classOf is the class of a client; w.key tells which answers were given about
// it. noClass is for one that must be kept whole.
func (w *worker) classOf(c *streamed, proof *evidenceOf) (class, error) {
	what, ok := w.patterns[string(w.key)]
	if !ok {
		var err error
		if what, err = w.run.spool.what(newPattern(c, proof)); err != nil || what == 0 {
			return noClass, err
		}
		if len(w.patterns) >= limits.memoEntries {
			clear(w.patterns)
		}
		w.patterns[string(w.key)] = what
	}
	if c.place.kept == 0 {
		var err error
		if c.place.kept, err = w.run.spool.where(newWhereabouts(c.place)); err != nil || c.place.kept == 0 {
			return noClass, err
		}
	}
	return class{c.place.kept, what}, nil
}

func (w *worker) evidenceFor(ctx context.Context, c *streamed) (*answer[*evidenceOf], error) {
	if c.plain {
		return w.evidence.ask(ctx, c)
	}
	return w.evidence.of(ctx, c)
}

// newRecord is all that is needed to attribute a client's findings, but for
// which client it is.
func newRecord(c *streamed, proof *evidenceOf) *clientRecord {
	return &clientRecord{whereabouts: *newWhereabouts(c.place), pattern: *newPattern(c, proof)}
}

func newWhereabouts(p *Place) *whereabouts {
	where := &whereabouts{}
	if loc := p.Loc; loc != nil {
		where.Sites = loc.Sites
		if len(loc.Sites) > 1 {
			where.Primary = p.sites
		}
		if loc.Subnet != nil {
			where.Subnet = *loc.Subnet
		}
		if loc.Network != nil {
			where.Network = *loc.Network
		}
	}
	return where
}

func newPattern(c *streamed, proof *evidenceOf) *pattern {
	p := &pattern{}
	for _, a := range c.answers {
		if a.err == nil {
			p.Findings = append(p.Findings, a.value.findings...)
		}
	}
	if proof != nil {
		p.Arrived, p.Reached = proof.arrived, proof.reached
	}
	return p
}

// clientIdentities are those of a client's findings but for which client it is.
func clientIdentities(p *rule.Pack, rec *clientRecord) []result.Identity {
	seen := result.Ordinals{}
	ids := make([]result.Identity, len(rec.Findings))
	for i, f := range rec.Findings {
		rule, kind := p.Rules[f.Rule], rec.resource().Type
		n := seen.Next(rule.ID, result.Resource{Type: kind}, "", f.Path)
		ids[i] = result.NewIdentity(rule, kind, "", f.Path, n)
	}
	return ids
}

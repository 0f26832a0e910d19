package evaluator

import (
	"context"
	"encoding/binary"
	"fmt"
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

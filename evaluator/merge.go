package evaluator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// Merge joins the parts that [EvaluateShard] wrote of one snapshot into the
// result that [Evaluate] gives. The pack must be the one of the shards. Parts
// that are missing, doubled, damaged, or of something else are refused. The
// caller closes the result.
func Merge(ctx context.Context, pack *Pack, files []string, opts Options) (*Result, error) {
	var parts []*part
	defer func() {
		for _, p := range parts {
			p.close()
		}
	}()
	for _, file := range files {
		p, err := openPart(ctx, file)
		if ctx.Err() != nil {
			if err == nil {
				p.close()
			}
			return nil, fmt.Errorf("stopped while checking the parts: %w", context.Cause(ctx))
		}
		if err != nil {
			return nil, err
		}
		if len(parts) > 0 {
			p.manifest, p.estate = nil, nil // those of the first are enough
		}
		parts = append(parts, p)
	}
	return mergeParts(ctx, pack, parts, opts)
}

func mergeParts(ctx context.Context, pack *Pack, parts []*part, opts Options) (*Result, error) {
	if opts.Watch != nil || opts.Track {
		return nil, errors.New("parts do not tell what is needed to explain and compare clients")
	}
	snap, err := fitParts(pack, parts, opts)
	if err != nil {
		return nil, err
	}
	run, err := newRun(ctx, pack, snap, opts)
	if err != nil {
		return nil, err
	}
	defer run.engine.release()
	ctx = run.ctx
	if err = run.decideRules(ctx); err == nil {
		err = run.takeParts(ctx, parts)
	}
	if err != nil {
		run.discard()
		return nil, err
	}
	return run.conclude(ctx)
}

// fitParts makes sure that the parts are those of one run by the pack, and sorts
// them by shard.
func fitParts(pack *Pack, parts []*part, opts Options) (Snapshot, error) {
	if len(parts) == 0 {
		return nil, errors.New("there are no parts to merge")
	}
	here, err := (&run{pack: pack, opts: opts}).newPartHead()
	if err != nil {
		return nil, err
	}
	first := parts[0]
	byShard := make([]*part, first.head.Of)
	for _, p := range parts {
		if err := p.fits(first, here); err != nil {
			return nil, err
		}
		if other := byShard[p.head.Shard-1]; other != nil {
			return nil, fmt.Errorf("%s and %s are both of shard %v; name each part once", other.name, p.name, p.shard())
		}
		byShard[p.head.Shard-1] = p
	}
	if err := missingParts(byShard); err != nil {
		return nil, err
	}
	snap, err := first.snapshot()
	copy(parts, byShard)
	return snap, err
}

// missingParts names the shards without a part.
func missingParts(byShard []*part) error {
	var missing []string
	for i, p := range byShard {
		if p == nil {
			missing = append(missing, Shard{i + 1, len(byShard)}.String())
		}
	}
	switch shown := missing[:min(len(missing), 10)]; {
	case len(missing) == 0:
		return nil
	case len(missing) == 1:
		return fmt.Errorf("the part of shard %s is missing; name it too, or run nscheck eval SNAPSHOT --shard %s -o FILE", missing[0], missing[0])
	case len(shown) < len(missing):
		return fmt.Errorf("the parts of shards %s and %d more are missing; name all, or run their shards", strings.Join(shown, ", "), len(missing)-len(shown))
	default:
		return fmt.Errorf("the parts of shards %s are missing; name all, or run their shards", strings.Join(shown, ", "))
	}
}

// fits tells why a part is not of one run with the first one, or was judged by
// something else than what is here.
func (p *part) fits(first *part, here *partHead) error {
	h := &p.head
	switch {
	case h.Of != first.head.Of:
		return fmt.Errorf("%s is of shard %v, and %s of %v; the parts of one result have the same number of shards", p.name, p.shard(), first.name, first.shard())
	case p.totals.Snapshot != first.totals.Snapshot || p.totals.Read != first.totals.Read || p.origin != first.origin:
		return fmt.Errorf("%s is of another snapshot than %s (SHA-256 %s and %s); judge one and the same: %s",
			p.name, first.name, p.totals.Snapshot, first.totals.Snapshot, p.again())
	case h.Tool != here.Tool || h.OPA != here.OPA:
		return fmt.Errorf("%s is from nscheck %s with OPA %s, and this is nscheck %s with OPA %s; merge with the nscheck that judged, or %s",
			p.name, h.Tool, h.OPA, here.Tool, here.OPA, p.again())
	case h.Pack != here.Pack || !slices.Equal(h.Rules, here.Rules):
		return fmt.Errorf("%s was judged by other rules than those named here (SHA-256 %s and %s); give --policy and --no-builtin as when it was judged, or %s",
			p.name, h.Pack, here.Pack, p.again())
	}
	if !slices.Equal(h.Off, here.Off) {
		return fmt.Errorf("%s was judged with other rules switched off than here (%s and %s); switch off the same under rules in the configuration, or %s",
			p.name, orNone(h.Off), orNone(here.Off), p.again())
	}
	return p.fitsParams(here)
}

func orNone(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

func (p *part) fitsParams(here *partHead) error {
	for _, name := range slices.Sorted(maps.Keys(here.Params)) {
		param, theirs := here.Params[name], p.head.Params[name]
		if !bytes.Equal(theirs.Value, param.Value) {
			return fmt.Errorf("%s was judged with parameter %s %s (%s), and here it is %s (%s); set it to the same, or %s",
				p.name, name, theirs.Value, theirs.origin(), param.Value, param.origin(), p.again())
		}
	}
	return nil
}

func (p partParam) origin() string {
	if p.Origin == "" {
		return "the default"
	}
	return "set by " + p.Origin
}

// takeParts takes in what was found, in the order of the snapshot: every chunk
// of clients is in the part of its shard.
func (r *run) takeParts(ctx context.Context, parts []*part) error {
	all := parts[0].totals.Read
	for r.coll.clients < all {
		if ctx.Err() != nil {
			return fmt.Errorf("stopped after %s: %w", count(r.coll.clients, "client"), context.Cause(ctx))
		}
		p := parts[r.coll.clients/snapshot.ChunkClients%int64(len(parts))]
		res, err := p.readClients(r.spool)
		if err != nil {
			return err
		}
		if res == nil || res.first != r.coll.clients || res.first+res.clients > all {
			return p.lines.damaged(fmt.Sprintf("the clients from %d of %d on must stand here", r.coll.clients, all))
		}
		if err := r.add(res); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if res, err := p.readClients(r.spool); err != nil {
			return err
		} else if res != nil {
			return p.lines.damaged("there are more clients than the snapshot has")
		}
	}
	r.takeTotals(parts)
	return nil
}

// takeTotals adds up what was counted.
func (r *run) takeTotals(parts []*part) {
	tallies := tallies{ids: map[string]int{}}
	var counts []int64
	for _, p := range parts {
		t := &p.totals
		r.totals.add(&totals{
			clients: t.Clients, unlocated: t.Unlocated, uncounted: t.Uncounted, noStatus: t.NoStatus, noAddress: t.NoAddress,
			sites: t.Sites, subnets: t.Subnets, uncovered: t.Uncovered,
		})
		for _, c := range t.Tallies {
			key := tallies.of(c.Rule, c.Key)
			if key == len(counts) {
				counts = append(counts, 0)
			}
			counts[key] += c.Clients
		}
	}
	r.tallied = tallies.counted(counts)
}

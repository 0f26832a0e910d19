package compare

import (
	"context"
	"errors"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// Side is one side of a comparison: a result, and what is kept of each client, about
// 100 bytes, on disk if there are many.
type Side struct {
	*result.Result
	trail *trail
}

// EvaluateSide evaluates a snapshot for a comparison; see [evaluator.Evaluate]. It sets the
// observer of the options. The caller closes the side.
func EvaluateSide(ctx context.Context, pack *rule.Pack, snap evaluator.Snapshot, opts evaluator.Options) (*Side, error) {
	t := newTrail()
	opts.Observer = t
	r, err := evaluator.Evaluate(ctx, pack, snap, opts)
	if err != nil {
		t.close()
		return nil, err
	}
	return &Side{r, t}, nil
}

// Close removes what the side keeps on disk.
func (s *Side) Close() error { return errors.Join(s.Result.Close(), s.trail.close()) }

// Outcome is the head with what the comparison says about it. Closing the sides releases
// it.
func (d *Difference) Outcome() *Outcome { return &Outcome{d.head.Result, d} }

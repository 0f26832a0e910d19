package evaluator

import (
	"context"
	"errors"
)

// Side is one side of a comparison: a result, and what is kept of each client, about
// 100 bytes, on disk if there are many.
type Side struct {
	*Result
	trail *trail
}

// EvaluateSide evaluates a snapshot for a comparison; see [Evaluate]. The caller closes
// the side.
func EvaluateSide(ctx context.Context, pack *Pack, snap Snapshot, opts Options) (*Side, error) {
	t := newTrail()
	opts.Observer = t
	r, err := Evaluate(ctx, pack, snap, opts)
	if err != nil {
		t.close()
		return nil, err
	}
	return &Side{r, t}, nil
}

// Close removes what the side keeps on disk.
func (s *Side) Close() error { return errors.Join(s.Result.Close(), s.trail.close()) }

// Outcome is the head with what the comparison says about it.
func (d *Difference) Outcome() *Outcome { return &Outcome{d.head.Result, d} }

// exitStatus is the exit status of the command that compares.
func (d *Difference) exitStatus(_ *Result, failOn Severity, allowIncomplete bool) int {
	return d.ExitStatus(failOn, allowIncomplete)
}

func (d *Difference) incomplete(*Result) bool { return d.Incomplete() }

package compare

import (
	"context"
	"iter"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Comparison is what a comparison with other findings says about a result: with a
// baseline, or with the base of a gate or a diff.
type Comparison interface {
	// mark sets what became of a finding.
	mark(f *result.Finding)
	// absent yields the findings that only the other side has.
	absent() iter.Seq2[result.Finding, error]
	// exitStatus is the exit status of the command that compares.
	exitStatus(r *result.Result, failOn rule.Severity, allowIncomplete bool) int
	// incomplete reports whether something was not evaluated or not compared.
	incomplete(r *result.Result) bool
}

// Outcome is a result with what a comparison says about it: what reports show.
type Outcome struct {
	*result.Result
	comparison Comparison // nil if it was compared with nothing
}

// Alone returns the outcome of a result that was compared with nothing.
func Alone(r *result.Result) *Outcome { return &Outcome{Result: r} }

// EvaluateAgainst evaluates a snapshot and compares the findings with a baseline, if
// against is not nil; see [evaluator.Evaluate].
func EvaluateAgainst(ctx context.Context, pack *rule.Pack, snap evaluator.Snapshot, opts evaluator.Options, against *Against) (*Outcome, error) {
	kept := &keptAnnotation{}
	if against != nil {
		kept.against = against
		opts.Annotators = append(opts.Annotators[:len(opts.Annotators):len(opts.Annotators)], kept)
	}
	r, err := evaluator.Evaluate(ctx, pack, snap, opts)
	if err != nil {
		return nil, err
	}
	if kept.comparing == nil {
		return Alone(r), nil
	}
	return &Outcome{r, kept.comparing}, nil
}

// Findings yields all findings, as [result.Result.Findings] does, with what became of them.
func (o *Outcome) Findings() iter.Seq2[result.Finding, error] {
	if o.comparison == nil {
		return o.Result.Findings()
	}
	return func(yield func(result.Finding, error) bool) {
		for f, err := range o.Result.Findings() {
			if err == nil {
				o.comparison.mark(&f)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// Absent yields the findings of the other side that this result does not have:
// absent, or incomparable if their rule was not evaluated in full. They count for
// nothing. A result that was compared with nothing has none.
func (o *Outcome) Absent() iter.Seq2[result.Finding, error] {
	if o.comparison == nil {
		return func(func(result.Finding, error) bool) {}
	}
	return o.comparison.absent()
}

// WithAbsent yields what Findings does, then the absent findings, for formats that
// show both in one list. What is incomparable of the other side is left out: it is
// neither there nor gone.
func (o *Outcome) WithAbsent() iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		for i, list := range []iter.Seq2[result.Finding, error]{o.Findings(), o.Absent()} {
			for f, err := range list {
				left := i == 1 && f.BaselineState == result.Incomparable
				if !left && !yield(f, err) || err != nil {
					return
				}
			}
		}
	}
}

// ExitStatus is the exit status of the command: that of the comparison if there is
// one, so that all formats report the same; see [result.Result.ExitStatus].
func (o *Outcome) ExitStatus(failOn rule.Severity, allowIncomplete bool) int {
	if o.comparison == nil {
		return o.Result.ExitStatus(failOn, allowIncomplete)
	}
	return o.comparison.exitStatus(o.Result, failOn, allowIncomplete)
}

// Incomplete reports whether anything was not evaluated, or not compared.
func (o *Outcome) Incomplete() bool {
	if o.comparison == nil {
		return o.Result.Incomplete()
	}
	return o.comparison.incomplete(o.Result)
}

// Compared is the comparison of gate or diff; nil if there is none.
func (o *Outcome) Compared() *Difference {
	d, _ := o.comparison.(*Difference)
	return d
}

// FailsOnNew reports whether only findings count that the baseline does not have.
func (o *Outcome) FailsOnNew() bool {
	c, ok := o.comparison.(*comparing)
	return ok && c.failOnNew
}

// keptAnnotation keeps the comparison that an evaluation begins.
type keptAnnotation struct {
	against   *Against
	comparing *comparing
}

func (k *keptAnnotation) Begin(pack *rule.Pack, estate *snapshot.Estate, manifest *snapshot.Manifest, day rule.Date) (result.Annotation, error) {
	c, err := k.against.begin(pack, estate, manifest)
	k.comparing = c
	return c, err
}

package result

import (
	"github.com/nscheck/nscheck/evaluator/rule"
	"time"
)

// Timing says what judging by one rule took, over all workers.
type Timing struct {
	// Id of the rule.
	Rule string
	// Scope of the rule.
	Scope rule.Scope
	// Clients that were judged; 1 for a rule of scope estate.
	Clients int64
	// How many of them were answered from memory.
	Remembered int64
	// How many were evaluated by OPA.
	Evaluations int64
	// Time that the evaluations took.
	Duration time.Duration
	// Findings of the rule.
	Findings int64
	// Whole says why the rule's answers are not remembered; else empty.
	Whole string
}

// Add adds what another worker measured.
func (t *Timing) Add(o Timing) {
	t.Clients += o.Clients
	t.Remembered += o.Remembered
	t.Evaluations += o.Evaluations
	t.Duration += o.Duration
}

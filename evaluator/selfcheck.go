package evaluator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// selfCheck judges a client once more in the plain way, decoded in full and
// with nothing remembered, and compares. A difference is a bug of nscheck, and
// no result is better than a wrong one.
func (w *worker) selfCheck(ctx context.Context, c *streamed) error {
	if c.plain {
		return nil // it was judged so
	}
	full := &streamed{scan: c.scan, nets: c.nets}
	if err := full.decode(); err != nil {
		return fmt.Errorf("self-check: line %d: %w", c.line, err)
	}
	full.plain = true
	differs := func(what string, streamed, plain any) error {
		return fmt.Errorf("self-check failed on client %s, line %d: %s is %s where all are streamed and %s where it is judged alone; this is a bug in nscheck, please report it",
			c.resource().Name, c.line, what, shown(streamed), shown(plain))
	}
	if !reflect.DeepEqual(c.place.Loc, full.decoded.location) {
		return differs("the location", c.place.Loc, full.decoded.location)
	}
	for i, m := range w.rules {
		a, err := m.alone(ctx, full)
		if err != nil {
			return err
		}
		if c.answers[i].isStopped() || a.isStopped() {
			continue // a rule that was stopped is not asked again, of whatever client
		}
		got, want := verdictOf(c.answers[i]), verdictOf(a)
		if !reflect.DeepEqual(got, want) {
			return differs(w.run.pack.Rules[w.indexes[i]].ID, got, want)
		}
	}
	if w.evidence == nil {
		return nil
	}
	got, err := w.evidence.of(ctx, c)
	if err != nil {
		return err
	}
	want, err := w.evidence.alone(ctx, full)
	if err != nil {
		return err
	}
	if got.err == nil && want.err == nil && !reflect.DeepEqual(got.value.evidence, want.value.evidence) {
		return differs("the evidence", got.value.evidence, want.value.evidence)
	}
	return nil
}

// alone asks without leaving a trace in the statistics.
func (m *memo[T]) alone(ctx context.Context, c *streamed) (*answer[T], error) {
	stats := m.stats
	defer func() { m.stats = stats }()
	return m.ask(ctx, c)
}

// isStopped reports whether the rule was stopped, here or at an earlier client.
func (a *answer[T]) isStopped() bool {
	var limit *LimitError
	return errors.As(a.err, &limit)
}

// verdictOf is what an answer says, in a form that can be compared and shown.
func verdictOf(a *answer[*judgement]) any {
	if a.err != nil {
		return "an error"
	}
	o := a.value.outcome
	return struct {
		Violations, Unknown []detail
		Tally               [][]string
		Uncounted           string
	}{o.violations, o.unknown, o.tally, o.uncounted}
}

func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%v", v)
	}
	const most = 400
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

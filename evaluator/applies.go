package evaluator

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// applyingNeeds are the needs of a rule's not_applicable, which is asked once
// and before any client is read.
func (p *Pack) applyingNeeds(r *Rule) (needs, error) {
	n, err := p.needsOf(r, []string{notApplicableOutput})
	switch {
	case err != nil:
	case len(n.client) > 0:
		err = errors.New("not_applicable cannot read input: it says of a platform, and not of a client, why the rule is not for it")
	case n.totals:
		err = errors.New("not_applicable cannot read data.totals, which are known only after the last client")
	}
	return n, err
}

// decide settles the verdict of a rule that is switched off, that is not for this
// platform, or that lacks what it reads.
func (r *run) decide(ctx context.Context, rule *Rule, state *ruleState) error {
	applies, reason := rule.applies(r.version)
	switch {
	case rule.SwitchedOff != nil && !r.pack.onlyCounts(rule):
		state.verdict, state.reasons = Disabled, rule.off()
		return nil
	case reason != nil:
		state.verdict, state.reasons = NotEvaluated, []Reason{*reason}
		return nil
	case !applies:
		state.verdict = NotApplicable
		state.reasons = []Reason{{Msg: fmt.Sprintf("the rule is for versions %s; this is %s", rule.Versions, r.version)}}
		return nil
	}
	if done, err := r.applies(ctx, rule, state); done || err != nil {
		return err
	}
	missing := r.coll.missing(&rule.needs)
	if len(missing) == 0 {
		return nil
	}
	state.reasons = missing
	clauses, err := r.knownClauses(rule)
	if err != nil {
		return err
	}
	if state.clauses = clauses; clauses == nil {
		state.verdict = NotEvaluated
	}
	return nil
}

// applies asks a rule whether it says that it is not for this platform. Where
// that is not known, the rule lacks what it needs; where asking breaks, so does
// the rule.
func (r *run) applies(ctx context.Context, rule *Rule, state *ruleState) (done bool, err error) {
	if !rule.defines(notApplicableOutput) || len(r.coll.missing(&rule.applying)) > 0 {
		return false, nil
	}
	q, err := r.engine.prepare(ctx, rule.Package, []string{notApplicableOutput})
	if err != nil {
		return true, err
	}
	values, err := q.eval(ctx, nil)
	if ctx.Err() != nil {
		return true, context.Cause(ctx)
	}
	var reasons []string
	if err == nil && reread(values[notApplicableOutput], &reasons) != nil {
		err = errors.New("not_applicable must contain texts, and contains something else")
	}
	if err == nil && slices.Contains(reasons, "") {
		err = errors.New("not_applicable contains an empty text")
	}
	if err != nil {
		state.fail(err, "the estate")
		return true, nil
	}
	for _, reason := range slices.Sorted(slices.Values(reasons)) {
		state.verdict = NotApplicable
		state.reasons = append(state.reasons, Reason{Msg: reason})
	}
	return len(reasons) > 0, nil
}

package evaluator

import (
	"context"
	"fmt"
	"slices"
)

// decide settles the verdict of a rule that is switched off, that is not for this
// platform, or that lacks what it reads.
func (r *run) decide(ctx context.Context, rule *Rule, state *ruleState) error {
	applies, unknown := rule.applies(r.version)
	switch {
	case rule.SwitchedOff != nil && !r.pack.onlyCounts(rule):
		state.verdict, state.reasons = Disabled, switchedOff(rule)
		return nil
	case unknown != "":
		state.verdict, state.reasons = NotEvaluated, []Reason{{Section: "server", Msg: unknown}}
		return nil
	case !applies:
		state.verdict = NotApplicable
		state.reasons = []Reason{{Msg: fmt.Sprintf("the rule is for versions %s; this is %s", rule.Versions, r.version)}}
		return nil
	}
	if done, err := r.askFirst(ctx, rule, state, notApplicableOutput, &rule.applying, NotApplicable); done || err != nil {
		return err
	}
	missing, unsourced := r.splitMissing(rule)
	if len(missing) == 0 && len(unsourced) > 0 {
		state.verdict, state.reasons = NoSource, unsourced
		return nil
	}
	if len(missing) == 0 {
		_, err := r.askFirst(ctx, rule, state, noSourceOutput, &rule.sourcing, NoSource)
		return err
	}
	state.reasons = missing
	if rule.readsTotals("not_counted") && len(r.coll.missing(&rule.own)) == 0 {
		return nil // it asks what was counted
	}
	clauses, err := r.knownClauses(rule)
	if err != nil {
		return err
	}
	if state.clauses = clauses; clauses == nil {
		state.verdict = NotEvaluated
	}
	return nil
}

// switchedOff is why a rule that is switched off has no other verdict.
func switchedOff(rule *Rule) []Reason { return []Reason{{Msg: rule.SwitchedOff.String()}} }

// askFirst asks a rule for a set of texts that settles its verdict: not_applicable or
// no_source. If what the set reads is missing, the rule lacks what it needs; if
// asking breaks, so does the rule.
func (r *run) askFirst(ctx context.Context, rule *Rule, state *ruleState, output string, n *needs, verdict Verdict) (done bool, err error) {
	if !rule.defines(output) || len(r.coll.missing(n)) > 0 {
		return false, nil
	}
	q, err := r.engine.prepare(ctx, rule.Package, []string{output})
	if err != nil {
		return true, err
	}
	values, err := q.eval(ctx, nil)
	if ctx.Err() != nil {
		return true, context.Cause(ctx)
	}
	var reasons []string
	if err == nil && reread(values[output], &reasons) != nil {
		err = fmt.Errorf("%s must contain texts, and contains something else", output)
	}
	if err == nil && slices.Contains(reasons, "") {
		err = fmt.Errorf("%s contains an empty text", output)
	}
	if err != nil {
		state.fail(err, "the estate")
		return true, nil
	}
	for _, reason := range slices.Sorted(slices.Values(reasons)) {
		state.verdict = verdict
		state.reasons = append(state.reasons, Reason{Msg: reason})
	}
	return len(reasons) > 0, nil
}

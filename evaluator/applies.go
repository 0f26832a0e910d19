package evaluator

import (
	"context"
	"fmt"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"slices"
)

// decide settles the verdict of a rule that is switched off, that is not for this
// platform, or that lacks what it reads.
func (r *run) decide(ctx context.Context, rl *rule.Rule, state *ruleState) error {
	applies, unknown := rl.Applies(r.version)
	switch {
	case rl.SwitchedOff != nil && !r.pack.OnlyCounts(rl):
		state.verdict, state.reasons = result.Disabled, switchedOff(rl)
		return nil
	case unknown != "":
		state.verdict, state.reasons = result.NotEvaluated, []result.Reason{{Section: "server", Msg: unknown}}
		return nil
	case !applies:
		state.verdict = result.NotApplicable
		state.reasons = []result.Reason{{Msg: fmt.Sprintf("the rule is for versions %s; this is %s", rl.Versions, r.version)}}
		return nil
	}
	if done, err := r.askFirst(ctx, rl, state, rule.NotApplicableOutput, &rl.ApplyingNeeds, result.NotApplicable); done || err != nil {
		return err
	}
	missing, unsourced := r.splitMissing(rl)
	if len(missing) == 0 && len(unsourced) > 0 {
		state.verdict, state.reasons = result.NoSource, unsourced
		return nil
	}
	if len(missing) == 0 {
		_, err := r.askFirst(ctx, rl, state, rule.NoSourceOutput, &rl.SourcingNeeds, result.NoSource)
		return err
	}
	state.reasons = missing
	if rl.ReadsTotals("not_counted") && len(r.coll.missing(&rl.Own)) == 0 {
		return nil // it asks what was counted
	}
	clauses, err := r.knownClauses(rl)
	if err != nil {
		return err
	}
	if state.clauses = clauses; clauses == nil {
		state.verdict = result.NotEvaluated
	}
	return nil
}

// switchedOff is why a rule that is switched off has no other verdict.
func switchedOff(rule *rule.Rule) []result.Reason {
	return []result.Reason{{Msg: rule.SwitchedOff.String()}}
}

// askFirst asks a rule for a set of texts that settles its verdict: not_applicable or
// no_source. If what the set reads is missing, the rule lacks what it needs; if
// asking breaks, so does the rule.
func (r *run) askFirst(ctx context.Context, rule *rule.Rule, state *ruleState, output string, n *rule.Needs, verdict result.Verdict) (done bool, err error) {
	if !rule.Defines(output) || len(r.coll.missing(n)) > 0 {
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
		state.reasons = append(state.reasons, result.Reason{Msg: reason})
	}
	return len(reasons) > 0, nil
}

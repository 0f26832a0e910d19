package evaluator

import (
	"context"
	"fmt"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"golang.org/x/sync/errgroup"
)

// judgeEstate evaluates the rules of scope estate, now that all clients are
// counted.
func (r *run) judgeEstate(ctx context.Context) error {
	if err := r.engine.addDocument(ctx, "totals", r.totalsDocument()); err != nil {
		return err
	}
	outcomes := make([]estateOutcome, len(r.pack.Rules))
	var judging errgroup.Group
	judging.SetLimit(r.parallel())
	for i, rl := range r.pack.Rules {
		state := r.states[i]
		if rl.Scope != rule.EstateScope || state.verdict != "" || r.leavesOut(rl) {
			continue
		}
		switch reason := r.uncounted(rl); {
		case reason == nil:
		case rl.ReadsTotals("not_counted"):
			if len(state.reasons) == 0 { // else they say why
				state.reasons = []result.Reason{*reason}
			}
		default:
			state.verdict, state.reasons = result.NotEvaluated, []result.Reason{*reason}
			continue
		}
		judging.Go(func() error {
			if ctx.Err() != nil {
				return nil // said below
			}
			began := time.Now()
			out, err := r.judgeEstateBy(ctx, rl, state)
			outcomes[i] = estateOutcome{out, err}
			state.timing.Add(result.Timing{Clients: 1, Evaluations: 1, Duration: time.Since(began)})
			return nil
		})
	}
	judging.Wait() // none returns an error
	if ctx.Err() != nil {
		return fmt.Errorf("stopped while judging the estate: %w", context.Cause(ctx))
	}
	objects := r.objectSites()
	for i, rule := range r.pack.Rules {
		r.takeEstate(rule, r.states[i], outcomes[i], objects)
	}
	return nil
}

// estateOutcome is what a rule of scope estate says; nothing where it was not
// evaluated.
type estateOutcome struct {
	outcome
	err error
}

func (r *run) takeEstate(rule *rule.Rule, state *ruleState, out estateOutcome, objects map[string][]string) {
	if out.err != nil {
		state.fail(out.err, "the estate")
		return
	}
	for _, u := range out.unknown {
		state.unknown.add(u.Msg, *u.Resource)
		state.unsure = append(state.unsure, *u.Resource)
		r.watched.addEstate(rule, u)
	}
	for _, v := range out.violations {
		state.findings++
		f := result.Finding{
			Rule: rule.ID, Severity: rule.Severity, Msg: v.Msg, Resource: *v.Resource,
			Package: v.Package, Path: v.Path, Expected: v.Expected, Actual: v.Actual, Paths: v.Paths,
			Affects: v.Affects, AffectsUnknown: v.Affects == nil && len(state.affectsUnknown) > 0,
		}
		f.Sites = sitesOf(f, objects)
		r.found[rule.ID] = append(r.found[rule.ID], f)
	}
}

// uncounted tells why a rule that reads tallies cannot: another rule, which
// counts them, was not evaluated.
func (r *run) uncounted(rule *rule.Rule) *result.Reason {
	for i, other := range r.pack.Rules {
		if other.CountsFor(rule) && r.states[i].verdict != "" {
			return &result.Reason{Msg: fmt.Sprintf("%s, which counts for this rule, was not evaluated", other.ID)}
		}
	}
	return nil
}

func (r *run) judgeEstateBy(ctx context.Context, rl *rule.Rule, state *ruleState) (outcome, error) {
	q, err := r.prepareEstateRule(ctx, rl, state)
	if err != nil {
		return outcome{}, err
	}
	sets, err := q.eval(ctx, nil)
	if err != nil {
		return outcome{}, err
	}
	if err := r.addAffects(ctx, rl, state, sets[rule.ViolationOutput]); err != nil {
		return outcome{}, err
	}
	return readOutcome(rl, sets)
}

// prepareEstateRule prepares a rule, or those of its clauses that can be
// evaluated.
func (r *run) prepareEstateRule(ctx context.Context, rl *rule.Rule, state *ruleState) (*query, error) {
	if state.clauses != nil {
		return r.engine.prepareClauses(ctx, state.clauses)
	}
	return r.engine.prepare(ctx, rl.Package, rule.Sets(rl.Outputs))
}

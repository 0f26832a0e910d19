package evaluator

import (
	"context"
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// Whom a finding harms may rest on sections that the fault itself does not rest
// on. A rule says it then by a function of its own, affects(finding), which is
// asked only once the findings are there: what it reads may be missing without
// a loss to the verdict.

// addAffects adds to those of a rule's violations that do not say themselves
// whom they harm what affects says of them, or keeps in mind why that is not
// known.
func (r *run) addAffects(ctx context.Context, rl *rule.Rule, state *ruleState, violations any) error {
	list := silent(violations)
	if !rl.Defines(rule.AffectsOutput) || len(list) == 0 {
		return nil
	}
	if missing := r.coll.missing(&rl.AffectedNeeds); len(missing) > 0 {
		state.affectsUnknown = missing
		return nil
	}
	q, err := r.engine.prepareQuery(ctx, rego.Query(fmt.Sprintf(
		"affects = [[i, selectors] | some i, finding in input; selectors = %s.%s(finding)]", rl.Package, rule.AffectsOutput)))
	if err != nil {
		return fmt.Errorf("prepare %s: %w", rl.Package, err)
	}
	input, err := ast.InterfaceToValue(list)
	if err != nil {
		return err
	}
	values, err := q.eval(ctx, input)
	if err != nil {
		return err
	}
	var pairs [][2]any
	if err := reread(values[rule.AffectsOutput], &pairs); err != nil {
		return err
	}
	for _, pair := range pairs {
		var i int
		if err := reread(pair[0], &i); err != nil {
			return err
		}
		list[i].(map[string]any)[rule.AffectsOutput] = pair[1]
	}
	return nil
}

// silent are the violations that do not say themselves whom they harm.
func silent(violations any) []any {
	list, _ := violations.([]any)
	return slices.DeleteFunc(slices.Clone(list), func(v any) bool {
		finding, ok := v.(map[string]any)
		return !ok || finding[rule.AffectsOutput] != nil
	})
}

package evaluator

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// Whom a finding harms may rest on sections that the fault itself does not rest
// on. A rule says it then by a function of its own, affects(finding), which is
// asked only once the findings are there: what it reads may be missing without
// a loss to the verdict.

// affectsNeeds are the needs of a rule's affects.
func (p *Pack) affectsNeeds(r *Rule) (needs, error) {
	if r.Scope != EstateScope {
		return needs{}, errors.New("only rules of scope estate have affects")
	}
	n, err := p.needsOf(r, []string{affectsOutput})
	if err == nil && n.totals {
		err = errors.New("affects cannot read data.totals: whom a fault harms does not rest on how many there are")
	}
	return n, err
}

// addAffects adds to each of a rule's violations whom it harms, or keeps in
// mind why that is not known.
func (r *run) addAffects(ctx context.Context, rule *Rule, state *ruleState, violations any) error {
	list, _ := violations.([]any)
	if len(list) == 0 || !rule.defines(affectsOutput) {
		return nil
	}
	if missing := r.coll.missing(&rule.harms); len(missing) > 0 {
		state.affectsUnknown = missing
		return nil
	}
	q, err := r.engine.prepareQuery(ctx, rego.Query(fmt.Sprintf(
		"affects = [[i, selectors] | some i, finding in input; selectors = %s.%s(finding)]", rule.Package, affectsOutput)))
	if err != nil {
		return fmt.Errorf("prepare %s: %w", rule.Package, err)
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
	if err := reread(values[affectsOutput], &pairs); err != nil {
		return err
	}
	for _, pair := range pairs {
		var i int
		if err := reread(pair[0], &i); err != nil {
			return err
		}
		finding, _ := list[i].(map[string]any)
		if _, twice := finding[affectsOutput]; twice || finding == nil {
			return errors.New("a violation has affects although the rule defines the function affects")
		}
		finding[affectsOutput] = pair[1]
	}
	return nil
}

package evaluator

import (
	"context"
	"fmt"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// clauses are those of an estate rule's "violation contains" and "unknown
// contains" for which all that they read was collected, by output.
type clauses map[string][]*ast.Rule

// knownClauses finds what of a rule can be evaluated although a section is
// missing: a fault that shows in the sections that are there is a fault. It is
// nil where no violation could be found. A clause of scope client is not judged
// by itself, for clients lack fields one by one.
func (r *run) knownClauses(rl *rule.Rule) (clauses, error) {
	if rl.Scope != rule.EstateScope || len(r.coll.missing(&rl.ApplyingNeeds)) > 0 {
		return nil, nil
	}
	known := clauses{}
	for _, output := range []string{rule.ViolationOutput, rule.UnknownOutput} {
		for _, clause := range r.pack.Compiler.GetRulesExact(rule.OutputRef(rl.Package, output)) {
			var n rule.Needs
			if err := r.pack.AddNeeds(&n, rl, clause); err != nil {
				return nil, fmt.Errorf("%s: %w", rl.ID, err)
			}
			if n.Tally.None() && len(r.coll.missing(&n)) == 0 {
				known[output] = append(known[output], clause)
			}
		}
	}
	if len(known[rule.ViolationOutput]) == 0 {
		return nil, nil
	}
	return known, nil
}

// prepareClauses makes a query for the sets of some clauses alone.
func (e *engine) prepareClauses(ctx context.Context, known clauses) (*query, error) {
	var body ast.Body
	for _, output := range []string{rule.ViolationOutput, rule.UnknownOutput} {
		var set *ast.Term
		for _, clause := range known[output] {
			members := ast.SetComprehensionTerm(clause.Head.Key.Copy(), clause.Body.Copy())
			if set == nil {
				set = members
			} else {
				set = ast.Or.Call(set, members)
			}
		}
		if set != nil {
			body.Append(ast.Equality.Expr(ast.VarTerm(output), set))
		}
	}
	q, err := e.prepareQuery(ctx, rego.ParsedQuery(body))
	if err != nil {
		return nil, fmt.Errorf("prepare some clauses: %w", err)
	}
	return q, nil
}

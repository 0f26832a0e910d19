package evaluator

import (
	"context"
	"fmt"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// ways asks the pack's library for the ways to some sites. It returns the reasons
// instead if sections that the library reads are missing, and nothing if the pack has no
// such library.
func (r *run) ways(ctx context.Context, sites []result.Resource) ([]result.SiteWays, []result.Reason, error) {
	if !r.pack.Ways || len(sites) == 0 {
		return nil, nil, nil
	}
	var n rule.Needs
	if err := r.pack.AddNeeds(&n, &rule.Rule{ID: rule.WaysPackage, Scope: rule.EstateScope}, rule.OutputRef(rule.WaysPackage, "hops")); err != nil {
		return nil, nil, err
	}
	if missing := r.coll.missing(&n); len(missing) > 0 {
		return nil, missing, nil
	}
	q, err := r.engine.prepareQuery(ctx, rego.Query(fmt.Sprintf("hops = [%s.hops(site) | some site in input]", rule.WaysPackage)))
	if err != nil {
		return nil, nil, fmt.Errorf("prepare %s: %w", rule.WaysPackage, err)
	}
	q.always = true
	guids := make([]*ast.Term, len(sites))
	for i, site := range sites {
		guids[i] = ast.StringTerm(site.GUID)
	}
	values, err := q.eval(ctx, ast.NewArray(guids...))
	if err != nil {
		return nil, nil, err
	}
	var hops [][]result.Hop
	if err := reread(values["hops"], &hops); err != nil {
		return nil, nil, fmt.Errorf("%s.hops: %w", rule.WaysPackage, err)
	}
	ways := make([]result.SiteWays, len(sites))
	for i, site := range sites {
		ways[i] = result.SiteWays{Site: site, Hops: hops[i]}
	}
	return ways, nil, nil
}

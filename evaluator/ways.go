package evaluator

import (
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// ways asks the pack's library for the ways to some sites. It returns the reasons
// instead if sections that the library reads are missing, and nothing if the pack has no
// such library.
func (r *run) ways(ctx context.Context, sites []Resource) ([]SiteWays, []Reason, error) {
	if !r.pack.ways || len(sites) == 0 {
		return nil, nil, nil
	}
	var n needs
	if err := r.pack.addNeeds(&n, &Rule{ID: waysPackage, Scope: EstateScope}, outputRef(waysPackage, "hops")); err != nil {
		return nil, nil, err
	}
	if missing := r.coll.missing(&n); len(missing) > 0 {
		return nil, missing, nil
	}
	q, err := r.engine.prepareQuery(ctx, rego.Query(fmt.Sprintf("hops = [%s.hops(site) | some site in input]", waysPackage)))
	if err != nil {
		return nil, nil, fmt.Errorf("prepare %s: %w", waysPackage, err)
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
	var hops [][]Hop
	if err := reread(values["hops"], &hops); err != nil {
		return nil, nil, fmt.Errorf("%s.hops: %w", waysPackage, err)
	}
	ways := make([]SiteWays, len(sites))
	for i, site := range sites {
		ways[i] = SiteWays{Site: site, Hops: hops[i]}
	}
	return ways, nil, nil
}

package rule

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/dependencies"
)

// baseRefs are the documents that code reads which no rule defines, followed
// through the rules that it uses: what dependencies.Base says, which goes through
// a helper anew for everyone that uses it. Each reference ends where it is no
// longer constant.
func (p *Pack) baseRefs(code any) ([]ast.Ref, error) {
	var refs []ast.Ref
	seen := map[*ast.Rule]bool{}
	var follow func(direct) error
	follow = func(d direct) error {
		refs = append(refs, d.refs...)
		for _, rule := range d.rules {
			if seen[rule] {
				continue
			}
			seen[rule] = true
			next, known := p.direct.Load(rule)
			if !known {
				var err error
				if next, err = p.directly(rule); err != nil {
					return err
				}
				p.direct.Store(rule, next)
			}
			if err := follow(next.(direct)); err != nil {
				return err
			}
		}
		return nil
	}
	first, err := p.directly(code)
	if err == nil {
		err = follow(first)
	}
	slices.SortFunc(refs, ast.RefCompare)
	return slices.CompactFunc(refs, ast.RefEqual), err
}

// direct is what code itself reads.
type direct struct {
	refs  []ast.Ref // of documents that no rule defines
	rules []*ast.Rule
}

func (p *Pack) directly(code any) (d direct, err error) {
	refs, err := dependencies.Minimal(code)
	for _, ref := range refs {
		ref = ref.ConstantPrefix()
		if rules := p.Compiler.GetRules(ref); len(rules) > 0 {
			d.rules = append(d.rules, rules...)
		} else {
			d.refs = append(d.refs, ref)
		}
	}
	return d, err
}

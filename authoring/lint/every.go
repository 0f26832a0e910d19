package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/suggest"
)

// every finds misspelt fields inside "every": OPA's type checker does not know
// there what the variable stands for, and a field that does not exist makes
// "every" false.
func (l *linter) every() {
	roots, err := documents()
	if err != nil {
		return
	}
	t := tracer{code: l.code, roots: roots}
	for _, name := range slices.Sorted(maps.Keys(l.code.Modules)) {
		if l.file(name) == nil {
			continue
		}
		for _, rule := range l.code.Modules[name].Rules {
			quantified := map[ast.Var]bool{}
			ast.WalkNodes(rule, func(x ast.Node) bool {
				if e, ok := x.(*ast.Every); ok {
					if v, ok := e.Value.Value.(ast.Var); ok {
						quantified[v] = true
					}
				}
				return false
			})
			if len(quantified) == 0 {
				continue
			}
			known := vars{}
			t.bindAll(rule, known)
			ast.WalkRefs(rule, func(ref ast.Ref) bool {
				if head, ok := ref[0].Value.(ast.Var); ok && quantified[head] {
					l.misspelt(&t, ref, known)
				}
				return false
			})
		}
	}
}

// misspelt reports the first step of a reference that does not exist.
func (l *linter) misspelt(t *tracer, ref ast.Ref, known vars) {
	at := known[ref[0].Value.(ast.Var)]
	for i, step := range ref[1:] {
		fields := map[string]bool{}
		var next []*node
		for _, n := range at {
			next = append(next, members(n, step)...)
			for name := range n.Fields {
				fields[name] = true
			}
		}
		name, isText := step.Value.(ast.String)
		if len(next) == 0 && isText && len(fields) > 0 && step.Location != nil {
			shown := append(ast.Ref{t.named(ref[0])}, ref[1:i+2]...).String()
			message := fmt.Sprintf("`%s` does not exist", shown)
			if near := suggest.To(string(name), slices.Sorted(maps.Keys(fields))); near != "" {
				message += fmt.Sprintf("; did you mean `%s`?", near)
			} else {
				message += "; there are " + strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
			}
			l.at(step.Location, string(rule.FlawUnknownPath), "%s", message)
			return
		}
		at = next
	}
}

// named is a variable as its author called it.
func (t *tracer) named(v *ast.Term) *ast.Term {
	if name, ok := t.code.RewrittenVars[v.Value.(ast.Var)]; ok {
		return ast.VarTerm(string(name))
	}
	return v
}

package regotypes

import (
	"reflect"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// maxRounds bounds how often rules are gone through. What a function is called with
// and what it returns travels by one call in each.
const maxRounds = 40

// Types are what the rules of a compiler say of their terms.
type Types struct {
	compiler *ast.Compiler
	docs     Documents
	rules    map[string][]*ast.Rule // by the part of their name that is constant
	names    map[*ast.Rule]string
	values   map[string]*Value
	args     map[string][]*Value // of functions: all that they are called with
	called   map[string][]*Value // the same while a round is under way
	replaced []ast.Ref           // documents in whose place code puts others, by "with"
	settled  bool
}

// New infers what compiled rules say of their terms.
func New(compiler *ast.Compiler, docs Documents) *Types {
	t := &Types{
		compiler: compiler, docs: docs,
		rules: map[string][]*ast.Rule{}, names: map[*ast.Rule]string{}, values: map[string]*Value{}, args: map[string][]*Value{},
	}
	for _, m := range compiler.Modules {
		for _, r := range m.Rules {
			name := r.Ref().GroundPrefix().String()
			t.names[r] = name
			t.rules[name] = append(t.rules[name], r)
			t.noteReplaced(r)
		}
	}
	for range maxRounds {
		if t.settled = t.round(); t.settled {
			break
		}
	}
	return t
}

// noteReplaced notes the documents in whose place a rule puts others.
func (t *Types) noteReplaced(r *ast.Rule) {
	ast.WalkExprs(r, func(e *ast.Expr) bool {
		for _, w := range e.With {
			if ref, ok := w.Target.Value.(ast.Ref); ok {
				t.replaced = append(t.replaced, ref)
			}
		}
		return false
	})
}

// isReplaced reports whether something else may be where a reference leads.
func (t *Types) isReplaced(ref ast.Ref) bool {
	return slices.ContainsFunc(t.replaced, func(by ast.Ref) bool { return ref.HasPrefix(by) || by.HasPrefix(ref.GroundPrefix()) })
}

// round goes through all rules once; it reports whether nothing new was found.
func (t *Types) round() bool {
	values := map[string]*Value{}
	t.called = map[string][]*Value{}
	for name, clauses := range t.rules {
		out := none
		for _, r := range clauses {
			s := t.scope(r)
			t.note(s, r)
			for branch := r; branch != nil; branch = branch.Else {
				out = union(out, s.result(branch))
			}
		}
		values[name] = out
	}
	same := reflect.DeepEqual(values, t.values) && reflect.DeepEqual(t.called, t.args)
	t.values, t.args, t.called = values, t.called, nil
	return same
}

// In is the scope of a rule; nil where nothing is known for sure.
func (t *Types) In(r *ast.Rule) *Scope {
	if !t.settled {
		return nil
	}
	return t.scope(r)
}

func (t *Types) scope(r *ast.Rule) *Scope {
	s := &Scope{types: t, vars: map[ast.Var]*Value{}, known: map[ast.Var]bool{}}
	args := t.args[t.names[r]]
	if len(r.Head.Args) > 0 && args == nil { // nobody calls it
		args = slices.Repeat([]*Value{none}, len(r.Head.Args))
	}
	s.bindRule(r, args)
	return s
}

// result is what a clause of a rule says.
func (s *Scope) result(r *ast.Rule) *Value {
	var out *Value
	switch {
	case r.Head.Key != nil && r.Head.RuleKind() == ast.MultiValue:
		out = collection(Set, s.Term(r.Head.Key))
	case r.Head.Value != nil:
		out = s.Term(r.Head.Value)
	}
	for range len(r.Ref()) - len(r.Ref().GroundPrefix()) {
		out = collection(Map, out)
	}
	return out
}

// rule is what the rules say to which a reference leads, and how many of its steps
// name them.
func (t *Types) rule(ref ast.Ref) (v *Value, steps int) {
	ground := ref.GroundPrefix()
	for n := len(ground); n > 1; n-- {
		name := ground[:n].String()
		if clauses := t.rules[name]; len(clauses) > 0 && len(clauses[0].Head.Args) == 0 {
			if len(t.compiler.GetRulesWithPrefix(ground[:n])) > len(clauses) { // it is a part of what is read
				return nil, len(ref)
			}
			if v, ok := t.values[name]; ok {
				return v, n
			}
			return none, n
		}
	}
	return nil, len(ref)
}

// note notes what the functions are called with that a rule calls.
func (t *Types) note(s *Scope, r *ast.Rule) {
	ast.WalkExprs(r, func(e *ast.Expr) bool {
		if !e.IsCall() || len(t.rules[e.Operator().String()]) == 0 {
			return false
		}
		name, operands := e.Operator().String(), e.Operands()
		args := t.called[name]
		if args == nil {
			args = slices.Repeat([]*Value{none}, len(t.rules[name][0].Head.Args))
			t.called[name] = args
		}
		for i := range min(len(args), len(operands)) {
			v := s.Term(operands[i])
			if len(e.With) > 0 {
				v = nil
			}
			args[i] = union(args[i], v)
		}
		return false
	})
}

// returned is what a function returns.
func (t *Types) returned(s *Scope, name string, operands []*ast.Term) *Value {
	if clauses := t.rules[name]; len(clauses) > 0 {
		if v, ok := t.values[name]; ok {
			return v
		}
		return none
	}
	if name == ast.ObjectGet.Name {
		return s.objectGet(operands)
	}
	if b, ok := ast.BuiltinMap[name]; ok {
		return ofType(b.Decl.Result())
	}
	return nil
}

// objectGet is a field, or what is given in its place.
func (s *Scope) objectGet(operands []*ast.Term) *Value {
	in := s.Term(operands[0])
	if in == nil || in.Kinds&Collection == 0 {
		return nil
	}
	if _, isPath := operands[1].Value.(*ast.Array); isPath {
		return nil
	}
	if _, constant := keyOf(operands[1]); !constant {
		if _, isVar := operands[1].Value.(ast.Var); !isVar || s.Term(operands[1]) == nil || s.Term(operands[1]).Kinds&List != 0 {
			return nil
		}
	}
	return union(s.step(in, operands[1]), s.Term(operands[2]))
}

// Argument is what a function is called with in the place of an argument.
func (t *Types) Argument(r *ast.Rule, i int) *Value {
	args := t.args[t.names[r]]
	if args == nil {
		return none
	}
	return args[i]
}

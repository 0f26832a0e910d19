package regotypes

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Scope is what is known of the variables of a rule. Those of a compiled rule have
// names of their own, also in what is nested.
type Scope struct {
	types *Types
	vars  map[ast.Var]*Value
	known map[ast.Var]bool
}

// bindRule finds what variables of a rule stand for.
func (s *Scope) bindRule(rule *ast.Rule, args []*Value) {
	for i, arg := range rule.Head.Args {
		if i < len(args) {
			s.bindTo(arg, args[i])
		}
	}
	for bound := -1; bound != len(s.known); {
		bound = len(s.known)
		for branch := rule; branch != nil; branch = branch.Else {
			s.bindNode(branch.Head)
			s.bindNode(branch.Body)
		}
	}
}

func (s *Scope) bindNode(x any) {
	ast.WalkRefs(x, func(ref ast.Ref) bool { s.bindKeys(ref); return false })
	ast.WalkExprs(x, func(e *ast.Expr) bool {
		if e.Negated || len(e.With) > 0 {
			return e.Negated
		}
		s.bindExpr(e)
		return false
	})
}

// bindTo binds the variables of a pattern to what they are matched with.
func (s *Scope) bindTo(pattern *ast.Term, v *Value) {
	switch p := pattern.Value.(type) {
	case ast.Var:
		if !s.known[p] {
			s.known[p], s.vars[p] = true, v
		}
	case *ast.Array:
		for i := range p.Len() {
			s.bindTo(p.Elem(i), v.at(ast.IntNumberTerm(i)))
		}
	case ast.Object:
		p.Foreach(func(key, inner *ast.Term) { s.bindTo(inner, v.at(key)) })
	}
}

// at is the member of a constant key.
func (v *Value) at(key *ast.Term) *Value {
	name, ok := keyOf(key)
	if v == nil || !ok || v.Kinds&Collection == 0 {
		return nil
	}
	return v.member(name)
}

// keyOf is a constant key as Values have it.
func keyOf(key *ast.Term) (string, bool) {
	switch k := key.Value.(type) {
	case ast.String:
		return string(k), true
	case ast.Number:
		return string(k), true
	}
	return "", false
}

// bindKeys binds the variables that a reference looks members up by.
func (s *Scope) bindKeys(ref ast.Ref) {
	for i, step := range ref {
		v, ok := step.Value.(ast.Var)
		if i == 0 || !ok || s.known[v] {
			continue
		}
		in, ok := s.ref(ref[:i])
		if !ok {
			continue
		}
		var keys *Value
		if in != nil {
			keys = in.keys()
		}
		s.bindTo(step, keys)
	}
}

func (s *Scope) bindExpr(e *ast.Expr) {
	if every, ok := e.Terms.(*ast.Every); ok {
		if in, ok := s.term(every.Domain); ok {
			s.bindTo(every.Value, in.Members())
		}
		return
	}
	if !e.IsCall() {
		return
	}
	operands := e.Operands()
	if e.IsEquality() || e.IsAssignment() {
		for i := range 2 {
			if v, ok := s.term(operands[1-i]); ok {
				s.bindTo(operands[i], v)
			}
		}
		return
	}
	if arity := s.types.compiler.GetArity(e.Operator()); arity >= 0 && len(operands) > arity {
		s.bindTo(operands[arity], s.types.returned(s, e.Operator().String(), operands[:arity]))
	}
}

// Term is what is known of a term's value; nil where nothing is.
func (s *Scope) Term(t *ast.Term) *Value {
	v, _ := s.term(t)
	return v
}

// term tells also whether the variables in a term are bound.
func (s *Scope) term(t *ast.Term) (*Value, bool) {
	switch v := t.Value.(type) {
	case ast.Var:
		return s.vars[v], s.known[v]
	case ast.Ref:
		return s.ref(v)
	case ast.String:
		return &Value{Kinds: Text, Texts: []string{string(v)}}, true
	case ast.Null:
		return &Value{Kinds: Null}, true
	case ast.Boolean:
		return &Value{Kinds: Boolean}, true
	case ast.Number:
		return &Value{Kinds: Number}, true
	case *ast.TemplateString:
		return &Value{Kinds: Text}, true
	case *ast.Array:
		out := &Value{Kinds: List, Fields: map[string]*Value{}}
		for i := range v.Len() {
			out.Fields[strconv.Itoa(i)] = s.Term(v.Elem(i))
		}
		return out, true
	case ast.Object:
		return s.object(v), true
	case ast.Set:
		out := none
		v.Foreach(func(elem *ast.Term) { out = union(out, s.Term(elem)) })
		return collection(Set, out), true
	case *ast.ArrayComprehension:
		inner, ok := s.term(v.Term)
		return collection(List, inner), ok
	case *ast.SetComprehension:
		inner, ok := s.term(v.Term)
		return collection(Set, inner), ok
	case *ast.ObjectComprehension:
		inner, ok := s.term(v.Value)
		return collection(Map, inner), ok
	}
	return nil, true
}

// collection is a value each of whose members is v.
func collection(kind Kinds, v *Value) *Value {
	if v == none {
		return &Value{Kinds: kind}
	}
	return &Value{Kinds: kind, Rest: v, open: v == nil}
}

func (s *Scope) object(o ast.Object) *Value {
	out := &Value{Kinds: Map, Fields: map[string]*Value{}}
	rest := none
	o.Foreach(func(key, value *ast.Term) {
		if name, ok := key.Value.(ast.String); ok {
			out.Fields[string(name)] = s.Term(value)
		} else {
			rest = union(rest, s.Term(value))
		}
	})
	if rest != none {
		out.Rest, out.open = rest, rest == nil
	}
	return out
}

// ref is what a reference leads to.
func (s *Scope) ref(ref ast.Ref) (*Value, bool) {
	at, rest, ok := s.head(ref)
	for _, step := range rest {
		if at == nil || !ok {
			return nil, ok
		}
		at = s.step(at, step)
	}
	return at, ok
}

// head is where a reference begins, and what of it follows.
func (s *Scope) head(ref ast.Ref) (at *Value, rest ast.Ref, ok bool) {
	switch {
	case s.types.isReplaced(ref):
		return nil, nil, true
	case ref[0].Equal(ast.InputRootDocument):
		return s.types.docs["input"], ref[1:], true
	case !ref[0].Equal(ast.DefaultRootDocument):
		at, ok = s.term(ref[0])
		return at, ref[1:], ok
	case len(ref) < 2:
		return nil, nil, true
	}
	if doc, ok := s.types.docs[ref[:2].String()]; ok {
		return doc, ref[2:], true
	}
	at, n := s.types.rule(ref)
	return at, ref[n:], true
}

// step is a member, or each of them where the key is in a variable.
func (s *Scope) step(in *Value, key *ast.Term) *Value {
	switch _, constant := keyOf(key); {
	case in.Kinds&Collection == 0:
		return nil
	case constant && in.Kinds&Set == 0:
		return in.at(key)
	}
	return in.Members()
}

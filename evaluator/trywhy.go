package evaluator

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// iteration tells why an expression has just failed.
func (t *stopTracer) iteration(e *topdown.Event, f *frame, expr *ast.Expr) Iteration {
	of := t.boundBefore(e, f, expr)
	i := Iteration{Of: of, Why: t.why(e, f, expr), Values: t.values(e, expr, of)}
	if !expr.Negated {
		i.Helpers = t.helpers(f, expr)
	}
	return i
}

func (t *stopTracer) why(e *topdown.Event, f *frame, expr *ast.Expr) string {
	switch {
	case expr.Negated:
		return "false: what stands behind not holds"
	case expr.IsEvery():
		return "false: it does not hold for every element"
	}
	helper := ""
	for _, term := range operands(expr) {
		ref, ok := term.Value.(ast.Ref)
		if !ok {
			continue
		}
		if value, _ := t.start(e, ref); value == nil && isVirtual(ref) {
			helper = t.shownRef(ref)
		} else if text := t.undefined(e, term); text != "" {
			return "undefined: " + text
		}
	}
	if expr.IsCall() && isVirtual(expr.Operator()) {
		helper = callee(expr)
	}
	switch {
	case helper == "":
		return "false"
	case slices.ContainsFunc(f.called[expr.Index], func(c *frame) bool { return c.exits > 0 }):
		return "false: " + helper + " has another value"
	}
	return "undefined: " + helper + " has no value here"
}

// callee is the function of a call as it is written.
func callee(expr *ast.Expr) string {
	if op := expr.Terms.([]*ast.Term)[0]; op.Location != nil && len(op.Location.Text) > 0 {
		return string(op.Location.Text)
	}
	return expr.Operator().String()
}

// operands are the terms of an expression that have values.
func operands(expr *ast.Expr) []*ast.Term {
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		return []*ast.Term{terms}
	case []*ast.Term:
		return terms[1:]
	}
	return nil
}

// isVirtual tells references to what rules define from those to documents.
func isVirtual(ref ast.Ref) bool {
	if !ref[0].Equal(ast.DefaultRootDocument) || len(ref) < 2 {
		return false
	}
	name, ok := ref[1].Value.(ast.String)
	return ok && rule.HostSchemas["data."+string(name)] == ""
}

// start is the value that a reference begins with, and how many of its parts that
// takes; nil where it is not known.
func (t *stopTracer) start(e *topdown.Event, ref ast.Ref) (ast.Value, int) {
	_, isVar := ref[0].Value.(ast.Var)
	switch {
	case !isVar:
		return ref[0].Value, 1
	case ref[0].Equal(ast.InputRootDocument):
		if e.Input() == nil {
			return ast.NewObject(), 1
		}
		return e.Input().Value, 1
	case isVirtual(ref):
		for n := len(ref); n > 2; n-- {
			if value := t.complete[ref[:n].String()]; value != nil {
				return value, n
			}
		}
		return nil, 0
	case !ref[0].Equal(ast.DefaultRootDocument) || len(ref) < 2:
		return nil, 0
	}
	name, ok := ref[1].Value.(ast.String)
	if !ok {
		return nil, 0
	}
	if _, known := t.read[string(name)]; !known {
		t.read[string(name)] = t.document(string(name))
	}
	return t.read[string(name)], 2
}

// undefined tells which part of a reference is not there; empty where all is.
func (t *stopTracer) undefined(e *topdown.Event, term *ast.Term) string {
	written := term.Value.(ast.Ref)
	ref, ok := e.Plug(term).Value.(ast.Ref)
	if !ok {
		return ""
	}
	value, i := t.start(e, ref)
	if value == nil {
		return ""
	}
	for ; i < len(ref); i++ {
		if !ref[i].IsGround() {
			return nothingIn(t.shownRef(written[:i]), value)
		}
		inner := child(value, ref[i])
		if inner == nil {
			return lacksPart(t.shownRef(written[:i]), value, ref[i])
		}
		value = inner
	}
	return ""
}

// nothingIn tells why going through a value came to nothing.
func nothingIn(name string, v ast.Value) string {
	n, ok := lenOf(v)
	switch {
	case !ok:
		return fmt.Sprintf("%s is %s, which has no elements", name, shownValue(v))
	case n == 0:
		return name + " is empty"
	}
	return "no element of " + name + " fits"
}

func lacksPart(name string, v ast.Value, key *ast.Term) string {
	if isEmptyValue(v) {
		return name + " is empty"
	}
	switch v.(type) {
	case ast.Object:
		return fmt.Sprintf("%s has no %s", name, shownValue(key.Value))
	case *ast.Array, ast.Set:
		return fmt.Sprintf("%s has no element %s", name, shownValue(key.Value))
	}
	return fmt.Sprintf("%s is %s", name, shownValue(v))
}

// child is a part of a value; nil where it has no such part.
func child(v ast.Value, key *ast.Term) ast.Value {
	var found *ast.Term
	switch v := v.(type) {
	case ast.Object:
		found = v.Get(key)
	case *ast.Array:
		found = v.Get(key)
	case ast.Set:
		if v.Contains(key) {
			found = key
		}
	}
	if found == nil {
		return nil
	}
	return found.Value
}

// helpers are where the rules stopped that an expression asks for.
func (t *stopTracer) helpers(f *frame, expr *ast.Expr) []Stop {
	out := t.remembered(expr)
	for _, c := range f.called[expr.Index] {
		switch {
		case c.silent || c.exits > 0:
		case c.every:
			out = append(out, c.bodies()...)
		case c.far != nil:
			out = append(out, c.far.stop)
		case c.rule != nil && len(c.rule.Head.Args) > 0:
			out = append(out, Stop{
				Helper: helperName(c.rule), File: c.rule.Location.File, Line: c.rule.Location.Row, Iterations: 1,
				Samples: []Iteration{{Why: "it is for other arguments"}},
			})
		}
	}
	return out[:min(len(out), maxHelpers)]
}

// bodies are where the body of an every stopped.
func (f *frame) bodies() []Stop {
	var out []Stop
	for _, called := range f.called {
		for _, body := range called {
			if body.far != nil && body.exits == 0 {
				out = append(out, body.far.stop)
			}
		}
	}
	return out
}

// remembered are where the rules stopped earlier that an expression asks for, and
// that OPA did not evaluate again. Of a rule whose value is empty, that is where the
// comprehension stopped that makes it.
func (t *stopTracer) remembered(expr *ast.Expr) []Stop {
	var out []Stop
	for _, term := range operands(expr) {
		ref, ok := term.Value.(ast.Ref)
		if !ok || !isVirtual(ref) {
			continue
		}
		for _, rule := range t.compiler.GetRulesForVirtualDocument(ref.GroundPrefix()) {
			switch value := t.complete[rule.Ref().String()]; {
			case value == nil && t.last[rule] != nil:
				out = append(out, *t.last[rule])
			case value != nil && isEmptyValue(value) && t.inside[rule] != nil:
				out = append(out, t.inside[rule].stop)
			}
		}
	}
	return out[:min(len(out), maxHelpers)]
}

func isEmptyValue(v ast.Value) bool {
	n, ok := lenOf(v)
	return ok && n == 0
}

// lenOf is the number of elements of a collection.
func lenOf(v ast.Value) (n int, ok bool) {
	switch v := v.(type) {
	case *ast.Array:
		return v.Len(), true
	case ast.Set:
		return v.Len(), true
	case ast.Object:
		return v.Len(), true
	}
	return 0, false
}

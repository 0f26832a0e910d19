package ruletest

import (
	"bytes"
	"math"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// maxDepth bounds how many calls are followed to where a test failed.
const maxDepth = 3

// failures shows the expression that failed, and where it only calls a function
// or refers to a rule, what failed in that.
func (f *failedExpr) failures() []Failure {
	var out []Failure
	for ; f != nil && len(out) < maxDepth; f = f.inner {
		out = append(out, f.failure())
		if !isPlainCall(f.event.Node.(*ast.Expr)) {
			break
		}
	}
	return out
}

// isPlainCall tells an expression that only says that something of the author's
// holds.
func isPlainCall(e *ast.Expr) bool {
	if e.Negated {
		return false
	}
	if e.IsCall() {
		return e.Operator().HasPrefix(ast.DefaultRootRef)
	}
	t, ok := e.Terms.(*ast.Term)
	if !ok {
		return false
	}
	_, isRef := t.Value.(ast.Ref)
	return isRef
}

// failure shows an expression that failed, with the values of its variables, and
// where two values should be equal, in what they differ.
func (f *failedExpr) failure() Failure {
	e := f.event
	out := Failure{File: e.Location.File, Line: e.Location.Row}
	var source bytes.Buffer
	if err := topdown.PrettyEvent(&source, e, topdown.PrettyEventOpts{PrettyVars: true}); err == nil {
		out.Source = tidy(source.String())
	}
	expr := e.Node.(*ast.Expr)
	if expr.Negated || !expr.IsCall() || len(expr.Operands()) != 2 {
		return out
	}
	if op := expr.Operator(); !op.Equal(ast.Equality.Ref()) && !op.Equal(ast.Equal.Ref()) {
		return out
	}
	left, right := valueOf(expr.Operand(0), e.Locals), valueOf(expr.Operand(1), e.Locals)
	if isComposite(left) && isComposite(right) {
		out.Diff = "--- left of ==\n+++ right of ==\n" + diffTexts(valueText(left), valueText(right))
	}
	return out
}

// valueOf is the value of a term where it failed; nil where it has none.
func valueOf(t *ast.Term, locals *ast.ValueMap) ast.Value {
	if locals == nil {
		locals = ast.NewValueMap()
	}
	if ref, ok := t.Value.(ast.Ref); ok {
		base := locals.Get(ref[0].Value)
		if base == nil || !ref[1:].IsGround() {
			return nil
		}
		if value, err := base.Find(ref[1:]); err == nil {
			return value
		}
		return nil
	}
	plugged, err := ast.TransformVars(t.Copy().Value, func(v ast.Var) (ast.Value, error) {
		if value := locals.Get(v); value != nil {
			return value, nil
		}
		return v, nil
	})
	if err != nil {
		return nil
	}
	if value, ok := plugged.(ast.Value); ok && ast.IsConstant(value) {
		return value
	}
	return nil
}

func isComposite(v ast.Value) bool {
	switch v.(type) {
	case *ast.Array, ast.Object, ast.Set:
		return true
	}
	return false
}

// tidy takes out the indentation that all lines have, and spaces at their ends.
func tidy(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	indent := math.MaxInt
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.ReplaceAll(l, "\t", "    "), " ")
		if own := strings.TrimLeft(lines[i], " "); own != "" {
			indent = min(indent, len(lines[i])-len(own))
		}
	}
	for i, l := range lines {
		lines[i] = l[min(indent, len(l)):]
	}
	return strings.Join(lines, "\n")
}

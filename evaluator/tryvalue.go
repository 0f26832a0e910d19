package evaluator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Bounds of what is shown of an expression and of its values.
const (
	maxSource   = 200 // characters
	maxText     = 60  // characters
	maxElements = 3
	maxNesting  = 3
	maxValues   = 8 // of one expression
	maxBound    = 3 // variables of one iteration
)

// placedValue is a part of an expression, and where it stands.
type placedValue struct {
	NamedValue
	row, col int
}

// values are what an expression and what was made of it read, in the order in
// which it stands there. It is asked where the expression fails, for only then are
// the variables bound. What is told already is left out.
func (t *stopTracer) values(e *topdown.Event, expr *ast.Expr, told []NamedValue) []NamedValue {
	base := expr.BaseCogeneratedExpr()
	seen := map[string]bool{}
	for _, v := range told {
		seen[v.Name] = true
	}
	var list []placedValue
	for _, part := range append([]*ast.Expr{base}, base.CogeneratedExprs()...) {
		if part.Index > expr.Index {
			continue
		}
		walkValues(part, func(term *ast.Term) {
			name := written(term)
			if name == "" || seen[name] {
				return
			}
			value := t.valueOf(e, term)
			if value == nil {
				return
			}
			seen[name] = true
			text := shownValue(value)
			if text == name {
				return
			}
			list = append(list, placedValue{NamedValue{name, text}, term.Location.Row, term.Location.Col})
		})
	}
	slices.SortStableFunc(list, func(a, b placedValue) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col), cmp.Compare(len(b.Name), len(a.Name)))
	})
	var out []NamedValue
	for _, v := range list[:min(len(list), maxValues)] {
		out = append(out, v.NamedValue)
	}
	return out
}

// boundBefore are the variables that "some" bound in the expressions before.
func (t *stopTracer) boundBefore(e *topdown.Event, f *frame, expr *ast.Expr) []NamedValue {
	if f.rule == nil {
		return nil
	}
	var out []NamedValue
	for _, x := range f.rule.Body {
		base := x.BaseCogeneratedExpr()
		if x.Index >= expr.Index || base.Location == nil || !strings.HasPrefix(string(base.Location.Text), "some ") {
			continue
		}
		walkValues(x, func(term *ast.Term) {
			v, ok := term.Value.(ast.Var)
			if !ok || len(out) == maxBound {
				return
			}
			name := t.compiler.RewrittenVars[v]
			if value := t.valueOf(e, term); value != nil && name != "" && !name.IsGenerated() && !name.IsWildcard() {
				out = append(out, NamedValue{string(name), shownObject(value)})
			}
		})
	}
	return out
}

// shownObject is an object by its name, where it has one.
func shownObject(v ast.Value) string {
	if o, ok := v.(ast.Object); ok {
		if name := o.Get(ast.StringTerm("name")); name != nil {
			return shownValue(name.Value)
		}
	}
	return shownValue(v)
}

// written is how a term stands in the file; empty where it does not, or is a
// wildcard.
func written(term *ast.Term) string {
	if term.Location == nil {
		return ""
	}
	text := oneLine(string(term.Location.Text), maxText)
	if text == "_" {
		return ""
	}
	return text
}

// walkValues visits the variables and references that have values of their own: no
// functions, nothing within comprehensions and bodies, and of a reference not the
// variable that it begins with.
func walkValues(expr *ast.Expr, visit func(*ast.Term)) {
	var walk func(term *ast.Term)
	all := func(terms []*ast.Term) {
		for _, term := range terms {
			walk(term)
		}
	}
	walk = func(term *ast.Term) {
		switch v := term.Value.(type) {
		case ast.Var:
			visit(term)
		case ast.Ref:
			visit(term)
			all(v[1:])
		case ast.Call:
			all(v[1:])
		case *ast.Array:
			v.Foreach(walk)
		case ast.Set:
			v.Foreach(walk)
		case ast.Object:
			v.Foreach(func(key, value *ast.Term) {
				walk(key)
				walk(value)
			})
		}
	}
	if every, ok := expr.Terms.(*ast.Every); ok {
		walk(every.Domain)
		return
	}
	all(operands(expr))
}

// valueOf is the value of a variable or of a reference to documents; nil where it
// is not known.
func (t *stopTracer) valueOf(e *topdown.Event, term *ast.Term) ast.Value {
	plugged := e.Plug(term)
	ref, ok := plugged.Value.(ast.Ref)
	if !ok {
		if !plugged.IsGround() {
			return nil
		}
		return plugged.Value
	}
	value, i := t.start(e, ref)
	for ; value != nil && i < len(ref); i++ {
		if !ref[i].IsGround() {
			return nil
		}
		value = child(value, ref[i])
	}
	return value
}

// shownRef is a reference with the names that variables have in the file, and what
// rules define by its name, behind the last part of its package where that is
// another one.
func (t *stopTracer) shownRef(ref ast.Ref) string {
	var b strings.Builder
	first := 0
	if isVirtual(ref) {
		for n := len(ref.GroundPrefix()); n > 2; n-- {
			if len(t.compiler.GetRulesExact(ref[:n])) > 0 {
				first = n - 2
				if strings.HasPrefix(string(ref[n-1].Value.(ast.String)), "_") { // of the same package
					first = n - 1
				}
				break
			}
		}
	}
	for i, term := range ref[first:] {
		name, isText := term.Value.(ast.String)
		switch {
		case i == 0 && isText:
			b.WriteString(string(name))
		case i == 0:
			b.WriteString(t.shownTerm(term))
		case isText && ast.IsVarCompatibleString(string(name)):
			b.WriteString("." + string(name))
		default:
			b.WriteString("[" + t.shownTerm(term) + "]")
		}
	}
	return b.String()
}

func (t *stopTracer) shownTerm(term *ast.Term) string {
	v, ok := term.Value.(ast.Var)
	switch {
	case !ok:
		return shownValue(term.Value)
	case ast.RootDocumentNames.Contains(term):
		return string(v)
	}
	if name, ok := t.compiler.RewrittenVars[v]; ok && !name.IsGenerated() {
		return string(name)
	}
	if term.Location != nil && len(term.Location.Text) > 0 {
		return string(term.Location.Text)
	}
	if v.IsGenerated() || v.IsWildcard() {
		return "_"
	}
	return string(v)
}

// oneLine puts a text on one line, cut to a length.
func oneLine(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}

// shownValue writes a value as Rego does, cut short where it is long.
func shownValue(v ast.Value) string { return shownIn(v, 0) }

func shownIn(v ast.Value, depth int) string {
	switch v := v.(type) {
	case ast.String:
		return fmt.Sprintf("%q", oneLine(string(v), maxText))
	case *ast.Array:
		var parts []string
		for i := range min(v.Len(), maxElements) {
			parts = append(parts, shownElement(v.Elem(i), depth))
		}
		return elements("[", parts, v.Len(), "]", depth)
	case ast.Set:
		var parts []string
		for _, e := range v.Slice()[:min(v.Len(), maxElements)] {
			parts = append(parts, shownElement(e, depth))
		}
		if v.Len() == 0 {
			return "set()"
		}
		return elements("{", parts, v.Len(), "}", depth)
	case ast.Object:
		var parts []string
		for _, key := range v.Keys()[:min(v.Len(), maxElements)] {
			parts = append(parts, shownIn(key.Value, maxNesting)+": "+shownElement(v.Get(key), depth))
		}
		return elements("{", parts, v.Len(), "}", depth)
	}
	return oneLine(v.String(), maxText)
}

func shownElement(term *ast.Term, depth int) string { return shownIn(term.Value, depth+1) }

// elements joins the first of n elements; too deep inside, only their number is
// told.
func elements(left string, parts []string, n int, right string, depth int) string {
	switch {
	case n == 0:
		return left + right
	case depth >= maxNesting:
		return fmt.Sprintf("%s%d more%s", left, n, right)
	case n > len(parts):
		parts = append(parts, fmt.Sprintf("%d more", n-len(parts)))
	}
	return left + strings.Join(parts, ", ") + right
}

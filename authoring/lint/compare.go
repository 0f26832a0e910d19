package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/authoring/regotypes"
	"github.com/nscheck/nscheck/internal/suggest"
)

// orders are the operators that order values.
var orders = map[string]string{
	ast.LessThan.Name: "<", ast.LessThanEq.Name: "<=", ast.GreaterThan.Name: ">", ast.GreaterThanEq.Name: ">=",
}

// comparisons finds those that say nothing: between types that Rego orders whatever
// the values are, and with texts that a field never is. It also finds formats that do
// not fit their values.
func (l *linter) comparisons() error {
	docs, err := documents()
	if err != nil {
		return err
	}
	docs = maps.Clone(docs)
	docs["data.params"] = regotypes.Parameters(l.params())
	types := regotypes.New(l.code.Compiler, docs)
	for _, name := range slices.Sorted(maps.Keys(l.code.Modules)) {
		if l.file(name) == nil {
			continue
		}
		for _, rule := range l.code.Modules[name].Rules {
			if scope := types.In(rule); scope != nil {
				c := comparer{l, scope, guarded(rule, scope)}
				c.arguments(rule, types)
				ast.WalkExprs(rule, func(e *ast.Expr) bool { c.expr(e); return false })
			}
		}
	}
	return nil
}

// comparer looks at the comparisons of a rule.
type comparer struct {
	*linter
	scope   *regotypes.Scope
	guarded map[string]bool
}

// guards are the functions by which code asks which type a value has. Its author
// has thought of other types than there are, and says nothing wrong.
var guards = []string{
	ast.IsString.Name, ast.IsNumber.Name, ast.IsBoolean.Name, ast.IsArray.Name, ast.IsObject.Name, ast.IsSet.Name, ast.TypeNameBuiltin.Name,
}

// guarded are the variables and fields of which a rule asks which type they have.
func guarded(rule *ast.Rule, scope *regotypes.Scope) map[string]bool {
	out := map[string]bool{}
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if e.IsCall() && slices.Contains(guards, e.Operator().String()) {
			operand := e.Operand(0)
			out[operand.String()] = true
			if v := scope.Term(operand); v != nil && v.Path != "" {
				out[v.Path] = true
			}
		}
		return false
	})
	return out
}

// operand is one side of a comparison.
type operand struct {
	term  *ast.Term
	value *regotypes.Value
}

// operand is what is known of a term; ok is false where that is nothing.
func (c *comparer) operand(t *ast.Term) (o operand, ok bool) {
	o = operand{t, c.scope.Term(t)}
	return o, o.value != nil && o.value.Kinds&^regotypes.Null != 0 && !c.guarded[t.String()] && (o.value.Path == "" || !c.guarded[o.value.Path])
}

// expr looks at an expression. Of what is put in the place of a document by "with"
// nothing is known.
func (c *comparer) expr(e *ast.Expr) {
	if !e.IsCall() || len(e.With) > 0 || len(e.Operands()) < 2 {
		return
	}
	name := e.Operator().String()
	switch name {
	case ast.Member.Name:
		c.member(e)
		return
	case ast.Sprintf.Name:
		c.verbs(e)
		return
	}
	a, known := c.operand(e.Operand(0))
	b, alsoKnown := c.operand(e.Operand(1))
	if !known || !alsoKnown {
		return
	}
	switch {
	case orders[name] != "":
		c.order(e, orders[name], a, b)
	case e.IsEquality(), name == ast.Equal.Name, name == ast.NotEqual.Name:
		c.equal(e.Location, a, b)
	}
}

// arguments looks at what stands in the place of arguments in a function's head.
func (c *comparer) arguments(rule *ast.Rule, types *regotypes.Types) {
	for i, arg := range rule.Head.Args {
		given := operand{arg, types.Argument(rule, i)}
		pattern, ok := c.operand(arg)
		if ok && ast.IsScalar(arg.Value) && given.value != nil && given.value.Kinds&^regotypes.Null != 0 {
			c.equal(arg.Location, given, pattern)
		}
	}
}

// order looks at values that are put in order.
func (c *comparer) order(e *ast.Expr, sign string, a, b operand) {
	kinds, others := a.value.Kinds&^regotypes.Null, b.value.Kinds&^regotypes.Null
	switch {
	case kinds&others == 0:
		c.at(e.Location, mixedTypes, "`%s` compares %s with %s%s", sign, c.withKind(a), c.withKind(b), ranks(kinds, others))
	case kinds == regotypes.Text && others == regotypes.Text && (isVersion(a) || isVersion(b)):
		c.at(e.Location, versionAsText, "`%s` compares %s with %s as texts, by which 8.10 is below 8.9", sign, c.named(a), c.named(b))
	}
}

// ranks tells how Rego orders two types.
func ranks(a, b regotypes.Kinds) string {
	if a&(a-1) != 0 || b&(b-1) != 0 {
		return "; values of two types are ordered by their types alone"
	}
	low, high := min(a, b), max(a, b)
	return fmt.Sprintf("; %s is below %s, whatever they say", each(low), each(high))
}

// each is what people call all values of a type.
func each(k regotypes.Kinds) string {
	_, noun, _ := strings.Cut(k.String(), " ")
	return "every " + noun
}

var (
	versionField = regexp.MustCompile(`(^|[._])version$`)
	versionForm  = regexp.MustCompile(`^[0-9]+([.][0-9]+)+$`)
)

// isVersion reports whether a text is a version, by the name of its field or by how
// it is written.
func isVersion(o operand) bool {
	if versionField.MatchString(o.value.Path) {
		return true
	}
	texts := slices.Concat(o.value.Texts, o.value.Examples)
	return len(texts) > 0 && !slices.ContainsFunc(texts, func(t string) bool { return !versionForm.MatchString(t) })
}

// equal looks at values that are held to be the same, or not to be.
func (c *comparer) equal(at *ast.Location, a, b operand) {
	kinds, others := a.value.Kinds, b.value.Kinds
	switch {
	case kinds&others == 0:
		c.at(at, mixedTypes, "%s is never the same as %s", c.withKind(a), c.withKind(b))
	case kinds&others == regotypes.Text:
		c.text(at, a, b)
		c.text(at, b, a)
	}
}

// text finds a text that a field never is.
func (c *comparer) text(at *ast.Location, field, with operand) {
	if field.value.Path == "" || with.value.Texts == nil || with.value.Path != "" {
		return
	}
	known := field.value.Texts
	if known == nil {
		c.spelling(at, field, with)
		return
	}
	if slices.ContainsFunc(with.value.Texts, func(t string) bool { return slices.Contains(known, t) }) {
		return
	}
	wrong := with.value.Texts[0]
	message := fmt.Sprintf("%s is never %q", c.named(field), wrong)
	if near := suggest.To(wrong, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	} else {
		message += fmt.Sprintf("; it is one of %s", strings.Join(known, ", "))
	}
	c.at(at, unknownValue, "%s", message)
}

// spelling finds a text that differs in the case of its letters from what a field
// is known to be, among others.
func (c *comparer) spelling(at *ast.Location, field, with operand) {
	if len(with.value.Texts) != 1 || strings.HasPrefix(field.value.Path, "data.params.") {
		return
	}
	for _, example := range field.value.Examples {
		if text := with.value.Texts[0]; text != example && strings.EqualFold(text, example) {
			c.at(at, unknownValue, "%s is written %q, and not %q", c.named(field), example, text)
		}
	}
}

// member looks at what is looked for in a collection.
func (c *comparer) member(e *ast.Expr) {
	in, ok := c.operand(e.Operand(1))
	if !ok {
		return
	}
	if in.value.Kinds&regotypes.Collection == 0 {
		c.at(e.Location, noMembers, "`in` looks for a member of %s, and %s has none", c.named(in), in.value.Kinds&^regotypes.Null)
		return
	}
	wanted, ok := c.operand(e.Operand(0))
	if !ok {
		return
	}
	if written, ok := elements(in.term); ok {
		for _, term := range written {
			if one, ok := c.operand(term); ok {
				c.equal(place(term, e), wanted, one)
			}
		}
		return
	}
	if members := in.value.Members(); members != nil && members.Kinds&^regotypes.Null != 0 {
		c.equal(e.Location, wanted, operand{in.term, members})
	}
}

// elements are those of a collection that is written down.
func elements(t *ast.Term) (out []*ast.Term, ok bool) {
	switch v := t.Value.(type) {
	case *ast.Array:
		v.Foreach(func(elem *ast.Term) { out = append(out, elem) })
	case ast.Set:
		v.Foreach(func(elem *ast.Term) { out = append(out, elem) })
	default:
		return nil, false
	}
	return out, true
}

// place is where a term stands, or the expression that it is in.
func place(t *ast.Term, in *ast.Expr) *ast.Location {
	if t.Location != nil && t.Location.Row > 0 {
		return t.Location
	}
	return in.Location
}

// named is an operand as its author wrote it, or the field that it is.
func (c *comparer) named(o operand) string {
	if name, ok := o.term.Value.(ast.Var); ok {
		if written, ok := c.code.RewrittenVars[name]; ok {
			name = written
		}
		if !name.IsGenerated() && !name.IsWildcard() {
			return "`" + string(name) + "`"
		}
	}
	switch {
	case o.value.Path != "":
		return o.value.Path
	case ast.IsScalar(o.term.Value):
		return o.term.String()
	}
	return (o.value.Kinds &^ regotypes.Null).String()
}

// withKind is an operand with the type that it has.
func (c *comparer) withKind(o operand) string {
	name, kind := c.named(o), (o.value.Kinds &^ regotypes.Null).String()
	if name == kind {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, kind)
}

package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/snapshot"
)

// FieldSet is a set of the fields of a client.
type FieldSet [snapshot.NumFields]bool

// Reads is what a client rule can see of a client, derived from its compiled
// code: two clients that agree in it are judged alike. It may name more than
// the rule looks at, and never less.
type Reads struct {
	Values   FieldSet // fields whose values matter, with all that is in them
	Presence FieldSet // objects of which it matters only whether they are there
	Computed []ComputedField
	// Whole says why the client has to be taken as a whole; else empty.
	Whole string
}

// Fields are the fields whose values matter, parents without their children.
func (r *Reads) Fields() (values, presence []snapshot.Field) {
	var walk func(n *snapshot.FieldNode)
	walk = func(n *snapshot.FieldNode) {
		if r.Values[n.Field] {
			values = append(values, n.Field)
			return
		}
		if r.Presence[n.Field] {
			presence = append(presence, n.Field)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(snapshot.ClientFields)
	return values, presence
}

// ReadsOf follows what the outputs of a package refer to, through helpers and
// functions, and collects every mention of input. It knows few ways in which a
// value can be used; of all others it takes the value as read in full, and where
// even that is not enough, the client as a whole.
func (p *Pack) ReadsOf(pkg string, outputs []string) Reads {
	r := reader{compiler: p.Compiler, seen: map[*ast.Rule]bool{}}
	for _, output := range outputs {
		r.follow(OutputRef(pkg, output))
	}
	return r.reads
}

type reader struct {
	compiler *ast.Compiler
	seen     map[*ast.Rule]bool
	reads    Reads
}

// follow reads all rules that a reference into data may mean.
func (r *reader) follow(ref ast.Ref) {
	for _, rule := range r.compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true}) {
		if !r.seen[rule] {
			r.seen[rule] = true
			r.rule(rule)
		}
	}
}

// rule collects what one rule reads. A local variable that only stands for a
// part of input, and of which only parts are used, is read as these parts.
func (r *reader) rule(rule *ast.Rule) {
	body := newRuleBody(rule)
	walkRule(rule, func(x any) bool { return r.node(x, body) })
}

// walkRule visits all of a rule, with the names in its head and in those of its
// else branches, which OPA's own visitors leave out.
func walkRule(rule *ast.Rule, visit func(any) bool) {
	for branch := rule; branch != nil; branch = branch.Else {
		for _, part := range branch.Head.Reference[1:] {
			ast.NewGenericVisitor(visit).Walk(part)
		}
	}
	ast.NewGenericVisitor(visit).Walk(rule)
}

// node reads a part of a rule; it reports whether all in it was read too.
func (r *reader) node(x any, body *ruleBody) bool {
	switch x := x.(type) {
	case *ast.Expr:
		if ref, ok := body.presenceOnly(x); ok {
			r.ref(ref, true, body)
			return true
		}
	case *ast.With:
		r.readWhole("it puts something in the place of " + x.Target.String() + " by with")
	case *ast.Term:
		switch v := x.Value.(type) {
		case ast.Var:
			if v.Equal(ast.InputRootDocument.Value) {
				r.readWhole("it uses input as a whole")
			}
		case ast.Ref:
			r.ref(v, false, body)
			return true
		}
	}
	return false
}

func (r *reader) readWhole(why string) {
	if r.reads.Whole == "" {
		r.reads.Whole = why
	}
}

// ref reads a reference and what stands in its steps; onlyPresence says that
// nothing but its being there matters.
func (r *reader) ref(ref ast.Ref, onlyPresence bool, body *ruleBody) {
	visit := ast.NewGenericVisitor(func(x any) bool { return r.node(x, body) })
	head, ok := ref[0].Value.(ast.Var)
	switch {
	case !ok: // a call or a literal
		visit.Walk(ref[0])
	case head.Equal(ast.DefaultRootDocument.Value):
		r.follow(ref)
	case head.Equal(ast.InputRootDocument.Value):
		r.input(ref[1:], onlyPresence)
	case len(ref) > 1 && body.prefix[head] != nil:
		r.input(slices.Concat(body.prefix[head][1:], ref[1:]), onlyPresence)
	}
	for _, step := range ref[1:] {
		visit.Walk(step)
	}
}

// input notes that a path of input is read; onlyPresence says that nothing but
// its being there matters.
func (r *reader) input(path ast.Ref, onlyPresence bool) {
	nodes := []*snapshot.FieldNode{snapshot.ClientFields}
	for i, step := range path {
		if name, isText := step.Value.(ast.String); isText && i == 0 && computedFields[string(name)] != nil {
			r.computed(string(name), path[1:])
			return
		}
		var next []*snapshot.FieldNode
		for _, n := range nodes {
			switch inner, known := childrenAt(n, step); {
			case !known:
				r.value(n)
			default:
				next = append(next, inner...)
			}
		}
		if _, isText := step.Value.(ast.String); i == 0 && !isText {
			r.readWhole("it reads a field of input whose name is not written in the rule")
			return
		}
		nodes = next
	}
	for _, n := range nodes {
		switch {
		case !onlyPresence || n.Children == nil:
			r.value(n)
		case n != snapshot.ClientFields: // the client itself is always there
			r.reads.Presence[n.Field] = true
		}
	}
}

// ComputedField is a field of an object that nscheck computes for every client.
type ComputedField struct{ Object, Name string }

// Compare orders fields by object, then by name.
func (f ComputedField) Compare(o ComputedField) int {
	return cmp.Or(strings.Compare(f.Object, o.Object), strings.Compare(f.Name, o.Name))
}

// computedFields are the fields of these objects.
var computedFields = map[string][]string{
	"location": {"network", "site", "sites", "subnet"},
	"events":   {"newest_age_days", "undated"},
}

func (r *reader) computed(object string, path ast.Ref) {
	fields := computedFields[object]
	if len(path) > 0 {
		if name, ok := path[0].Value.(ast.String); ok && slices.Contains(fields, string(name)) {
			fields = []string{string(name)}
		}
	}
	for _, name := range fields {
		if f := (ComputedField{object, name}); !slices.Contains(r.reads.Computed, f) {
			r.reads.Computed = append(r.reads.Computed, f)
		}
	}
}

func (r *reader) value(n *snapshot.FieldNode) {
	if n == snapshot.ClientFields {
		r.readWhole("it uses input as a whole")
		return
	}
	r.reads.Values[n.Field] = true
}

// childrenAt are the fields of an object that a step of a path may mean; known
// is false where the object has to be taken as it is.
func childrenAt(n *snapshot.FieldNode, step *ast.Term) (inner []*snapshot.FieldNode, known bool) {
	if n.Children == nil {
		return nil, false
	}
	switch name := step.Value.(type) {
	case ast.String:
		if c := n.Child(string(name)); c != nil {
			return []*snapshot.FieldNode{c}, true
		}
		return nil, false
	case ast.Var, ast.Ref:
		return n.Children, true
	}
	return nil, false
}

// ruleBody knows which local variables of a rule stand for a part of input of
// which only parts are used.
type ruleBody struct {
	prefix map[ast.Var]ast.Ref
}

func newRuleBody(rule *ast.Rule) *ruleBody {
	b := &ruleBody{prefix: map[ast.Var]ast.Ref{}}
	bare := map[ast.Var]int{} // mentions other than as the head of a longer reference
	walkRule(rule, func(x any) bool { return countBare(x, bare) })
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if v, ref, ok := aliasOf(e); ok && bare[v] == 1 {
			b.prefix[v] = ref
		}
		return false
	})
	return b
}

func countBare(x any, bare map[ast.Var]int) bool {
	t, ok := x.(*ast.Term)
	if !ok {
		return false
	}
	switch v := t.Value.(type) {
	case ast.Var:
		bare[v]++
	case ast.Ref:
		steps := v
		if _, named := v[0].Value.(ast.Var); named && len(v) > 1 {
			steps = v[1:]
		}
		for _, step := range steps {
			ast.NewGenericVisitor(func(x any) bool { return countBare(x, bare) }).Walk(step)
		}
		return true
	}
	return false
}

// presenceOnly finds the reference of an expression that only tests whether it
// is there, or that only gives a variable of prefix its value.
func (b *ruleBody) presenceOnly(e *ast.Expr) (ast.Ref, bool) {
	if len(e.With) > 0 {
		return nil, false
	}
	if t, ok := e.Terms.(*ast.Term); ok {
		ref, ok := t.Value.(ast.Ref)
		return ref, ok
	}
	v, ref, ok := aliasOf(e)
	return ref, ok && b.prefix[v] != nil
}

// aliasOf reads an expression of the form v = input.a.b[c], not negated.
func aliasOf(e *ast.Expr) (ast.Var, ast.Ref, bool) {
	if e.Negated || !e.IsEquality() {
		return "", nil, false
	}
	for _, pair := range [][2]*ast.Term{{e.Operand(0), e.Operand(1)}, {e.Operand(1), e.Operand(0)}} {
		v, isVar := pair[0].Value.(ast.Var)
		ref, isRef := pair[1].Value.(ast.Ref)
		if isVar && isRef && len(ref) > 1 && ref[0].Equal(ast.InputRootDocument) {
			return v, ref, true
		}
	}
	return "", nil, false
}

package evaluator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/snapshot"
)

// fieldSet is a set of the fields of a client.
type fieldSet [snapshot.NumFields]bool

// reads is what a client rule can see of a client, derived from its compiled
// code: two clients that agree in it are judged alike. It may name more than
// the rule looks at, and never less.
type reads struct {
	values   fieldSet // fields whose values matter, with all that is in them
	presence fieldSet // objects of which it matters only whether they are there
	computed []computedField
	// whole says why the client has to be taken as a whole; else empty.
	whole string
}

// fields are the fields whose values matter, parents without their children.
func (r *reads) fields() (values, presence []snapshot.Field) {
	var walk func(n *snapshot.FieldNode)
	walk = func(n *snapshot.FieldNode) {
		if r.values[n.Field] {
			values = append(values, n.Field)
			return
		}
		if r.presence[n.Field] {
			presence = append(presence, n.Field)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(snapshot.ClientFields)
	return values, presence
}

// readsOf follows what the outputs of a package refer to, through helpers and
// functions, and collects every mention of input. It knows few ways in which a
// value can be used; of all others it takes the value as read in full, and where
// even that is not enough, the client as a whole.
func (p *Pack) readsOf(pkg string, outputs []string) reads {
	r := reader{compiler: p.compiler, seen: map[*ast.Rule]bool{}}
	for _, output := range outputs {
		r.follow(ast.MustParseRef(pkg + "." + output))
	}
	return r.reads
}

type reader struct {
	compiler *ast.Compiler
	seen     map[*ast.Rule]bool
	reads    reads
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
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Var:
			if v.Equal(ast.InputRootDocument.Value) {
				r.readWhole("it uses input as a whole")
			}
		case ast.Ref:
			r.ref(v, body)
			for _, part := range v[1:] { // the head is dealt with
				ast.WalkTerms(part, func(t *ast.Term) bool { return r.term(t, body) })
			}
			return true
		}
		return false
	})
	ast.WalkWiths(rule, func(w *ast.With) bool {
		r.readWhole("it puts something in the place of " + w.Target.String() + " by with")
		return false
	})
}

func (r *reader) term(t *ast.Term, body *ruleBody) bool {
	switch v := t.Value.(type) {
	case ast.Var:
		if v.Equal(ast.InputRootDocument.Value) {
			r.readWhole("it uses input as a whole")
		}
	case ast.Ref:
		r.ref(v, body)
		for _, part := range v[1:] {
			ast.WalkTerms(part, func(t *ast.Term) bool { return r.term(t, body) })
		}
		return true
	}
	return false
}

func (r *reader) readWhole(why string) {
	if r.reads.whole == "" {
		r.reads.whole = why
	}
}

func (r *reader) ref(ref ast.Ref, body *ruleBody) {
	head, ok := ref[0].Value.(ast.Var)
	switch {
	case !ok: // a call or a literal: what is in it is walked like any other term
		ast.WalkTerms(ref[0], func(t *ast.Term) bool { return r.term(t, body) })
	case head.Equal(ast.DefaultRootDocument.Value):
		r.follow(ref)
	case head.Equal(ast.InputRootDocument.Value):
		r.input(ref[1:], body.tests[refKey(ref)] || body.alias[refKey(ref)])
	case len(ref) > 1 && body.prefix[head] != nil:
		r.input(slices.Concat(body.prefix[head][1:], ref[1:]), body.tests[refKey(ref)])
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
		if onlyPresence && n.Children != nil {
			r.reads.presence[n.Field] = true
			continue
		}
		r.value(n)
	}
}

// computedField is a field of an object that nscheck computes for every client.
type computedField struct{ object, name string }

func (f computedField) compare(o computedField) int {
	return cmp.Or(strings.Compare(f.object, o.object), strings.Compare(f.name, o.name))
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
		if f := (computedField{object, name}); !slices.Contains(r.reads.computed, f) {
			r.reads.computed = append(r.reads.computed, f)
		}
	}
}

func (r *reader) value(n *snapshot.FieldNode) {
	if n == snapshot.ClientFields {
		r.readWhole("it uses input as a whole")
		return
	}
	r.reads.values[n.Field] = true
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

// ruleBody knows how local variables and references are used in one rule.
type ruleBody struct {
	prefix map[ast.Var]ast.Ref // variables that stand for a part of input
	tests  map[*ast.Term]bool  // references that are only tested for being there
	alias  map[*ast.Term]bool  // references that only give a variable of prefix its value
}

// refKey identifies one mention of a reference: its first term is its own.
func refKey(ref ast.Ref) *ast.Term { return ref[0] }

func newRuleBody(rule *ast.Rule) *ruleBody {
	b := &ruleBody{prefix: map[ast.Var]ast.Ref{}, tests: map[*ast.Term]bool{}, alias: map[*ast.Term]bool{}}
	bare := map[ast.Var]int{} // mentions other than as the head of a longer reference
	ast.WalkTerms(rule, func(t *ast.Term) bool { return countBare(t, bare) })
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if t, ok := e.Terms.(*ast.Term); ok {
			if ref, ok := t.Value.(ast.Ref); ok {
				b.tests[refKey(ref)] = true
			}
			return false
		}
		if v, ref, ok := aliasOf(e); ok && bare[v] == 1 && b.prefix[v] == nil {
			b.prefix[v] = ref
			b.alias[refKey(ref)] = true
		}
		return false
	})
	return b
}

func countBare(t *ast.Term, bare map[ast.Var]int) bool {
	switch v := t.Value.(type) {
	case ast.Var:
		bare[v]++
	case ast.Ref:
		if head, ok := v[0].Value.(ast.Var); !ok || len(v) == 1 {
			ast.WalkTerms(v[0], func(t *ast.Term) bool { return countBare(t, bare) })
		} else {
			bare[head] += 0
		}
		for _, part := range v[1:] {
			ast.WalkTerms(part, func(t *ast.Term) bool { return countBare(t, bare) })
		}
		return true
	}
	return false
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

package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// fieldReads are the places in the documents that code reads. Whether a place is
// read is derived by following values through the code: a variable that holds a
// package server reads the fields that are asked of it, and the package server
// itself only if it is compared, put into a message or given to a function that
// looks at all of it.
type fieldReads map[*docNode]bool

// Subsections lists the subsections that fill what is read.
func (r fieldReads) Subsections() map[string]bool {
	out := map[string]bool{}
	for n := range r {
		for _, name := range n.subsections {
			out[name] = true
		}
	}
	return out
}

// paths lists what is read, without the objects that it is in.
func (r fieldReads) paths() []string {
	all := map[string]bool{}
	for n := range r {
		all[n.path] = true
	}
	var out []string
	for path := range all {
		within := func(other string) bool {
			return strings.HasPrefix(other, path+".") || strings.HasPrefix(other, path+"[]")
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(all)), within) {
			path = strings.TrimSuffix(path, "[]")
			if !strings.HasPrefix(path, "input.") {
				path = "data." + path
			}
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// holding is what a value in code may hold: places of the documents, or values
// that the code puts together of them. A nil holding holds none.
type holding struct {
	nodes  map[*docNode]bool   // it may be what is at one of these places
	fields map[string]*holding // of an object that is written in the code
	items  *holding            // values of an array or an object
	member *holding            // elements of a set, which are their own keys
	keys   *holding            // keys of an object
}

func holdNode(n *docNode) *holding { return &holding{nodes: map[*docNode]bool{n: true}} }

// key identifies what a value holds.
func (h *holding) key() string {
	if h == nil {
		return "-"
	}
	var paths []string
	for n := range h.nodes {
		paths = append(paths, n.path)
	}
	slices.Sort(paths)
	var b strings.Builder
	fmt.Fprintf(&b, "(%s", strings.Join(paths, ","))
	for _, name := range slices.Sorted(maps.Keys(h.fields)) {
		fmt.Fprintf(&b, " %q:%s", name, h.fields[name].key())
	}
	fmt.Fprintf(&b, " [%s %s %s])", h.items.key(), h.member.key(), h.keys.key())
	return b.String()
}

// joined holds what either of two values does.
func joined(a, b *holding) *holding {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	}
	out := &holding{items: joined(a.items, b.items), member: joined(a.member, b.member), keys: joined(a.keys, b.keys)}
	if len(a.nodes)+len(b.nodes) > 0 {
		out.nodes = maps.Clone(a.nodes)
		if out.nodes == nil {
			out.nodes = map[*docNode]bool{}
		}
		maps.Copy(out.nodes, b.nodes)
	}
	if len(a.fields)+len(b.fields) > 0 {
		out.fields = map[string]*holding{}
		for _, h := range []*holding{a, b} {
			for name, f := range h.fields {
				out.fields[name] = joined(out.fields[name], f)
			}
		}
	}
	return out
}

// dependence follows values through the rules of a pack.
type dependence struct {
	sync.Mutex
	compiler *ast.Compiler
	known    map[string]*followed
}

// followed is what one rule, called with given arguments, gives and reads.
type followed struct {
	value *holding
	reads fieldReads
}

// dependsOn derives what code reads: a reference to a rule, or a rule itself. All
// that the result holds counts as read.
func (p *Pack) dependsOn(code any) fieldReads {
	p.dependence.Lock()
	defer p.dependence.Unlock()
	f := &follower{dependence: p.dependence, env: map[ast.Var]*holding{}, reads: fieldReads{}}
	switch code := code.(type) {
	case ast.Ref:
		f.use(f.ref(code))
	case *ast.Rule:
		f.use(f.call([]*ast.Rule{code}, nil))
	}
	return f.reads
}

// follower follows the body of one rule.
type follower struct {
	*dependence
	env     map[ast.Var]*holding
	reads   fieldReads
	changed bool
}

// call joins what rules of one name give.
func (f *follower) call(rules []*ast.Rule, args []*holding) *holding {
	var out *holding
	for _, rule := range rules {
		key := fmt.Sprintf("%p", rule)
		for _, a := range args {
			key += " " + a.key()
		}
		done := f.known[key]
		if done == nil {
			inner := &follower{dependence: f.dependence, env: map[ast.Var]*holding{}, reads: fieldReads{}}
			done = &followed{inner.rule(rule, args), inner.reads}
			f.known[key] = done
		}
		maps.Copy(f.reads, done.reads)
		out = joined(out, done.value)
	}
	return out
}

// rule follows a rule with its else branches.
func (f *follower) rule(rule *ast.Rule, args []*holding) *holding {
	var out *holding
	for branch := rule; branch != nil; branch = branch.Else {
		for i, arg := range branch.Head.Args {
			if i < len(args) {
				f.bind(arg, args[i])
			}
		}
		f.settle(branch.Body)
		out = joined(out, f.head(branch.Head))
	}
	return out
}

// settle goes through a body until nothing new is learnt of its variables.
func (f *follower) settle(body ast.Body) {
	for {
		f.changed = false
		f.body(body)
		if !f.changed {
			return
		}
	}
}

// head is what a rule gives, in the objects that the name in its head makes.
func (f *follower) head(h *ast.Head) *holding {
	var value *holding
	if h.RuleKind() == ast.MultiValue {
		value = &holding{member: f.term(h.Key)}
	} else if h.Value != nil {
		value = f.term(h.Value)
	}
	ref := h.Ref()
	for i := len(ref) - 1; i >= len(ref.GroundPrefix()); i-- {
		value = &holding{items: value, keys: f.term(ref[i])}
	}
	return value
}

func (f *follower) body(body ast.Body) {
	for _, e := range body {
		f.expr(e)
	}
}

func (f *follower) expr(e *ast.Expr) {
	if len(e.With) > 0 { // another document takes the place of one that is known
		for _, root := range docRoots() {
			f.use(holdNode(root))
		}
	}
	switch terms := e.Terms.(type) {
	case *ast.Term:
		f.term(terms)
	case *ast.Every:
		domain := f.term(terms.Domain)
		if terms.Key != nil {
			f.bind(terms.Key, keysOf(domain))
		}
		f.bind(terms.Value, f.each(domain))
		f.body(terms.Body)
	case []*ast.Term:
		f.operation(terms)
	}
}

// operation follows a call with all its operands; the last may take its result.
func (f *follower) operation(terms []*ast.Term) *holding {
	ref, ok := terms[0].Value.(ast.Ref)
	if !ok {
		return nil
	}
	operands := terms[1:]
	name := ref.String()
	if name == ast.Equality.Name && len(operands) == 2 || name == ast.Assign.Name && len(operands) == 2 {
		f.unify(operands[0], operands[1])
		return nil
	}
	arity := len(operands)
	var rules []*ast.Rule
	builtin := ast.BuiltinMap[name]
	if builtin != nil {
		arity = min(arity, builtin.Decl.Arity())
	} else if rules = f.compiler.GetRulesExact(ref); len(rules) > 0 {
		arity = min(arity, len(rules[0].Head.Args))
	}
	args := make([]*holding, arity)
	for i := range args {
		args[i] = f.term(operands[i])
	}
	var result *holding
	if builtin != nil {
		result = f.builtin(name, operands, args)
	} else {
		result = f.call(rules, args)
	}
	for _, out := range operands[arity:] {
		f.bind(out, result)
	}
	return result
}

// builtin follows a call of a built-in function. Most look at all of their
// arguments and give something that holds no part of them.
func (f *follower) builtin(name string, operands []*ast.Term, args []*holding) *holding {
	switch name {
	case "count":
		for _, a := range args {
			f.useObjects(a)
		}
		return nil
	case "is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string", "type_name":
		return nil
	case "object.get":
		return joined(f.steps(args[0], pathSteps(operands[1])), args[2])
	case "or", "union", "array.concat", "array.slice", "array.reverse", "array.flatten", "object.union", "object.union_n", "object.remove", "object.filter":
		var out *holding
		for _, a := range args {
			out = joined(out, a)
			if name == "union" || name == "array.flatten" || name == "object.union_n" {
				out = joined(out, f.each(a))
			}
		}
		return out
	case "object.keys":
		return &holding{member: keysOf(args[0])}
	case "sort", "minus", "and", "intersection":
		for _, a := range args {
			f.use(a)
		}
		return joined(args[0], f.each(args[0]))
	case "min", "max":
		f.use(args[0])
		return f.each(args[0])
	}
	for _, a := range args {
		f.use(a)
	}
	return nil
}

// pathSteps are the steps of object.get: a key, or a list of keys.
func pathSteps(t *ast.Term) []*ast.Term {
	array, ok := t.Value.(*ast.Array)
	if !ok {
		return []*ast.Term{t}
	}
	var steps []*ast.Term
	array.Foreach(func(step *ast.Term) { steps = append(steps, step) })
	return steps
}

// unify follows a = b, in both directions.
func (f *follower) unify(a, b *ast.Term) {
	left, right := f.term(a), f.term(b)
	boundLeft, boundRight := f.bind(a, right), f.bind(b, left)
	if !boundLeft && !boundRight { // compared
		f.use(left)
		f.use(right)
	} else if !boundLeft && isGroundValue(a) || !boundRight && isGroundValue(b) {
		f.use(left)
		f.use(right)
	}
}

// isGroundValue reports whether a term is a value that is written in the code.
func isGroundValue(t *ast.Term) bool {
	switch t.Value.(type) {
	case ast.Ref, ast.Var, ast.Call:
		return false
	}
	return t.IsGround()
}

// bind gives the variables of a pattern what a value holds; it reports whether the
// term is a pattern.
func (f *follower) bind(t *ast.Term, h *holding) bool {
	switch v := t.Value.(type) {
	case ast.Var:
		if v.Equal(ast.InputRootDocument.Value) {
			return false
		}
		if before := f.env[v]; before.key() != joined(before, h).key() {
			f.env[v] = joined(before, h)
			f.changed = true
		}
		return true
	case *ast.Array:
		v.Foreach(func(inner *ast.Term) {
			f.bind(inner, f.each(h))
		})
		return true
	case ast.Object:
		v.Foreach(func(key, inner *ast.Term) {
			f.bind(inner, f.steps(h, []*ast.Term{key}))
		})
		return true
	}
	return false
}

// term is what a term holds.
func (f *follower) term(t *ast.Term) *holding {
	switch v := t.Value.(type) {
	case ast.Var:
		if v.Equal(ast.InputRootDocument.Value) {
			return holdNode(docRoots()["input"])
		}
		return f.env[v]
	case ast.Ref:
		return f.ref(v)
	case ast.Call:
		return f.operation(v)
	case *ast.Array:
		var items *holding
		v.Foreach(func(inner *ast.Term) { items = joined(items, f.term(inner)) })
		return &holding{items: items}
	case ast.Set:
		var member *holding
		v.Foreach(func(inner *ast.Term) { member = joined(member, f.term(inner)) })
		return &holding{member: member}
	case ast.Object:
		out := &holding{fields: map[string]*holding{}}
		v.Foreach(func(key, inner *ast.Term) {
			if name, ok := key.Value.(ast.String); ok {
				out.fields[string(name)] = f.term(inner)
				return
			}
			out.keys = joined(out.keys, f.term(key))
			out.items = joined(out.items, f.term(inner))
		})
		return out
	case *ast.ArrayComprehension:
		f.body(v.Body)
		return &holding{items: f.term(v.Term)}
	case *ast.SetComprehension:
		f.body(v.Body)
		return &holding{member: f.term(v.Term)}
	case *ast.ObjectComprehension:
		f.body(v.Body)
		return &holding{items: f.term(v.Value), keys: f.term(v.Key)}
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return nil
	}
	ast.WalkTerms(t, func(inner *ast.Term) bool { // a kind of term that is not known here
		switch inner.Value.(type) {
		case ast.Var, ast.Ref:
			f.use(f.term(inner))
			return true
		}
		return false
	})
	return nil
}

// ref is what a reference holds.
func (f *follower) ref(ref ast.Ref) *holding {
	head, isVar := ref[0].Value.(ast.Var)
	switch {
	case !isVar, !head.Equal(ast.DefaultRootDocument.Value):
		return f.steps(f.term(ref[0]), ref[1:])
	case len(ref) > 1:
		if name, ok := ref[1].Value.(ast.String); ok {
			if root := docRoots()[string(name)]; root != nil && name != "input" {
				return f.steps(holdNode(root), ref[2:])
			}
			if name == "params" {
				f.steps(nil, ref[2:])
				return nil
			}
		}
	}
	for i := len(ref.ConstantPrefix()); i > 1; i-- {
		if rules := f.compiler.GetRulesExact(ref[:i]); len(rules) > 0 {
			return f.steps(f.call(rules, nil), ref[i:])
		}
	}
	// Some rules of a package, by names that the code computes.
	for _, rule := range f.compiler.GetRulesWithPrefix(ref.ConstantPrefix()) {
		f.use(f.call([]*ast.Rule{rule}, nil))
	}
	f.steps(nil, ref[1:])
	return nil
}

// steps follows the steps of a reference.
func (f *follower) steps(h *holding, steps []*ast.Term) *holding {
	for _, step := range steps {
		switch v := step.Value.(type) {
		case ast.String:
			h = f.field(h, string(v))
		case ast.Var:
			f.bind(step, keysOf(h))
			h = f.each(h)
		case ast.Number:
			h = f.each(h)
		default:
			if h != nil {
				f.bind(step, h.member)
			}
			f.use(f.term(step))
			h = f.each(h)
		}
	}
	return h
}

// field is what a field of a value holds.
func (f *follower) field(h *holding, name string) *holding {
	if h == nil {
		return nil
	}
	out := joined(joined(h.fields[name], h.items), h.member)
	for n := range h.nodes {
		if c := n.child(name); c != nil {
			f.reads[c] = true
			out = joined(out, holdNode(c))
		}
	}
	return out
}

// each is what the values within a value hold.
func (f *follower) each(h *holding) *holding {
	if h == nil {
		return nil
	}
	out := joined(h.items, h.member)
	for _, inner := range h.fields {
		out = joined(out, inner)
	}
	for n := range h.nodes {
		for _, c := range n.inner() {
			f.reads[c] = true
			out = joined(out, holdNode(c))
		}
	}
	return out
}

// keysOf is what the keys of a value hold: those of a set are its elements.
func keysOf(h *holding) *holding {
	if h == nil {
		return nil
	}
	return joined(h.keys, h.member)
}

// use notes that all of a value matters.
func (f *follower) use(h *holding) {
	if h == nil {
		return
	}
	for n := range h.nodes {
		f.useNode(n)
	}
	for _, inner := range h.fields {
		f.use(inner)
	}
	f.use(h.items)
	f.use(h.member)
	f.use(h.keys)
}

func (f *follower) useNode(n *docNode) {
	f.reads[n] = true
	for _, c := range n.inner() {
		f.useNode(c)
	}
}

// useObjects notes that it matters which fields the objects among the nodes have.
func (f *follower) useObjects(h *holding) {
	if h == nil {
		return
	}
	for n := range h.nodes {
		if len(n.children) > 0 {
			f.useNode(n)
		}
	}
}

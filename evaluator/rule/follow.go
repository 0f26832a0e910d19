package rule

import (
	"fmt"
	"maps"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

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

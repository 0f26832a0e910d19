package rule

import "github.com/open-policy-agent/opa/v1/ast"

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

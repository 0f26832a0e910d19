package rule

import "github.com/open-policy-agent/opa/v1/ast"

// maxHeld is how many values a variable can hold together with what the variables
// in it hold.
const maxHeld = 1 << 16

func doubles(rule *ast.Rule) bool {
	held := heldBy{}
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if e.IsEquality() || e.IsAssignment() {
			held.unify(e.Operand(0), e.Operand(1))
		}
		return false
	})
	sizes := map[ast.Var]int{}
	for v := range held {
		if held.size(v, sizes) > maxHeld {
			return true
		}
	}
	return false
}

// heldBy are the terms that variables are bound to.
type heldBy map[ast.Var][]*ast.Term

func (h heldBy) unify(a, b *ast.Term) {
	switch x := a.Value.(type) {
	case ast.Var:
		h[x] = append(h[x], b)
	case *ast.Array:
		if y, ok := b.Value.(*ast.Array); ok && x.Len() == y.Len() {
			for i := range x.Len() {
				h.unify(x.Elem(i), y.Elem(i))
			}
			return
		}
	case ast.Object:
		if y, ok := b.Value.(ast.Object); ok {
			x.Foreach(func(key, value *ast.Term) {
				if other := y.Get(key); other != nil {
					h.unify(value, other)
				}
			})
			return
		}
	}
	if y, ok := b.Value.(ast.Var); ok {
		h[y] = append(h[y], a)
	}
}

// size is how many values a variable holds, as far as that is within bounds. The value
// of a comprehension is one: it is made before it is bound.
func (h heldBy) size(v ast.Var, known map[ast.Var]int) int {
	if n, ok := known[v]; ok {
		return n
	}
	known[v] = 1 // of a variable that is bound to itself
	size := 1
	for _, t := range h[v] {
		size = max(size, h.termSize(t, known))
	}
	known[v] = size
	return size
}

func (h heldBy) termSize(t *ast.Term, known map[ast.Var]int) int {
	size := 1
	add := func(t *ast.Term) { size = min(maxHeld+1, size+h.termSize(t, known)) }
	switch x := t.Value.(type) {
	case ast.Var:
		return h.size(x, known)
	case ast.Ref:
		return h.termSize(x[0], known) // at most
	case *ast.Array:
		x.Foreach(add)
	case ast.Set:
		x.Foreach(add)
	case ast.Object:
		x.Foreach(func(key, value *ast.Term) { add(key); add(value) })
	}
	return size
}

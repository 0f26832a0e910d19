package rule

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// displayName is the field with what people call an object.
const displayName = ast.String("name")

// shownFields are the fields of findings in which a name is only shown.
var shownFields = []ast.String{"name", "msg", "path"}

// onlyShowsNames reports whether a compiled rule reads the names of objects for
// nothing but to show them, so that nothing it decides can rest on them. It
// follows a name from where it is read into texts, and from there into the
// fields of an object; whatever else is made of it may decide.
func onlyShowsNames(rule *ast.Rule) bool {
	left := 0
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		if s, ok := t.Value.(ast.String); ok && s == displayName {
			left++
		}
		if isResource(t) {
			left--
		}
		return false
	})
	if left == 0 {
		return true
	}
	uses := usesOf(rule)
	for v, list := range uses {
		if !onlyShown(uses, v, map[ast.Var]bool{}) || !slices.ContainsFunc(list, func(u use) bool { return u.read }) {
			continue
		}
		for _, u := range list {
			if u.read || u.key == displayName && !u.resource {
				left--
			}
		}
	}
	return left == 0
}

// isResource reports whether a term makes the resource of a finding.
func isResource(t *ast.Term) bool {
	o, ok := t.Value.(ast.Object)
	return ok && o.Get(ast.StringTerm("type")) != nil && o.Get(ast.NewTerm(displayName)) != nil
}

// use is one place in a rule where a variable stands.
type use struct {
	read  bool       // the name of an object is read into it
	key   ast.String // the field of an object that holds it
	into  ast.Var    // the variable that is the same, or a text made of it
	given bool       // it gets its value here
	// The object is the resource of a finding, whose name is no reading.
	resource bool
}

// usesOf lists where each variable of a compiled rule stands. A use that is
// none of the known ones is left empty.
func usesOf(rule *ast.Rule) map[ast.Var][]use {
	u := useList{}
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if terms, ok := e.Terms.([]*ast.Term); ok && !e.Negated && len(e.With) == 0 {
			u.call(terms)
		}
		return false
	})
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		if o, ok := t.Value.(ast.Object); ok {
			o.Foreach(func(k, v *ast.Term) {
				if s, ok := k.Value.(ast.String); ok && slices.Contains(shownFields, s) {
					u.note(v, use{key: s, resource: isResource(t)})
				}
			})
		}
		return false
	})
	places := map[ast.Var]int{} // terms are shared between places
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		if v, ok := t.Value.(ast.Var); ok {
			places[v]++
		}
		return false
	})
	for v, n := range places {
		for len(u[v]) < n {
			u[v] = append(u[v], use{})
		}
	}
	return u
}

type useList map[ast.Var][]use

func (u useList) note(t *ast.Term, as use) {
	if v, ok := t.Value.(ast.Var); ok {
		u[v] = append(u[v], as)
	}
}

// call notes v = object.name, v = w, and sprintf(format, [v, ...], w).
func (u useList) call(terms []*ast.Term) {
	switch operator := terms[0].Value; {
	case operator.Compare(ast.Equality.Ref()) == 0 && len(terms) == 3:
		switch value := terms[2].Value.(type) {
		case ast.Ref:
			if last := value[len(value)-1]; last.Value.Compare(displayName) == 0 {
				u.note(terms[1], use{read: true, given: true})
			}
		case ast.Var:
			if v, ok := terms[1].Value.(ast.Var); ok {
				u.note(terms[2], use{into: v})
				u.note(terms[1], use{into: v, given: true})
			}
		}
	case operator.Compare(ast.Sprintf.Ref()) == 0 && len(terms) == 4:
		text, isVar := terms[3].Value.(ast.Var)
		values, isArray := terms[2].Value.(*ast.Array)
		if isVar && isArray {
			values.Foreach(func(t *ast.Term) { u.note(t, use{into: text}) })
			u.note(terms[3], use{into: text, given: true})
		}
	}
}

// onlyShown reports whether a variable ends up nowhere but in fields that are
// shown. One that is given two values is compared.
func onlyShown(uses map[ast.Var][]use, v ast.Var, seen map[ast.Var]bool) bool {
	if seen[v] {
		return true
	}
	seen[v] = true
	given := 0
	for _, u := range uses[v] {
		if u.given {
			given++
		}
		known := u.read || u.key != "" || u.into != "" && onlyShown(uses, u.into, seen)
		if !known || given > 1 {
			return false
		}
	}
	return true
}

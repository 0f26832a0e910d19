package lint

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/authoring/regotypes"
)

// node is a field that rules read, as its schema describes it.
type node = regotypes.Value

// documents are what rules read.
var documents = sync.OnceValues(regotypes.ReadDocuments)

// members are the fields that a step of a path may lead to.
func members(n *node, term *ast.Term) (out []*node) {
	if name, ok := term.Value.(ast.String); ok && n.Fields[string(name)] != nil {
		return []*node{n.Fields[string(name)]}
	} else if ok && n.Rest == nil {
		return nil
	}
	if n.Rest != nil {
		return []*node{n.Rest}
	}
	for _, f := range n.Fields {
		out = append(out, f)
	}
	return out
}

package rule

import (
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// FieldPaths are the names that lead to each field.
var FieldPaths = pathsOf(snapshot.ClientFields)

func pathsOf(root *snapshot.FieldNode) (paths [snapshot.NumFields][]string) {
	var walk func(n *snapshot.FieldNode, path []string)
	walk = func(n *snapshot.FieldNode, path []string) {
		paths[n.Field] = path
		for _, c := range n.Children {
			walk(c, append(slices.Clone(path), c.Name))
		}
	}
	walk(root, nil)
	return paths
}

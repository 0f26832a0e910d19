package rule

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/nscheck/nscheck/snapshot"
)

// docNode is a place in the documents that rules read.
type docNode struct {
	path        string // as rules write it, without data.; [] stands for an element or a key
	children    map[string]*docNode
	elem        *docNode // of a list, or of an object with arbitrary keys
	subsections []string // that fill it
}

// child returns what a field of the node is; nil if it has no such field.
func (n *docNode) child(name string) *docNode {
	if c := n.children[name]; c != nil {
		return c
	}
	return n.elem
}

// inner lists what an iteration over the node yields.
func (n *docNode) inner() []*docNode {
	var out []*docNode
	if n.elem != nil {
		out = append(out, n.elem)
	}
	for _, c := range n.children {
		out = append(out, c)
	}
	return out
}

// docRoots are the documents: estate, index, totals and input.
var docRoots = sync.OnceValue(func() map[string]*docNode {
	roots := map[string]*docNode{
		"estate": newDocNode("estate", reflect.TypeFor[snapshot.Estate]()),
		"input":  newDocNode("input", reflect.TypeFor[snapshot.Client]()),
	}
	index := map[string]*docNode{}
	for table := range IndexSources {
		index[table] = computedNode("index." + table)
	}
	estate := roots["estate"].children
	for _, table := range []string{"sites", "subnets", "package_servers", "filters", "packages"} {
		index[table].elem = estate[table].elem
	}
	index["several_packages"].elem = estate["packages"]
	roots["index"] = &docNode{path: "index", children: index}
	totals := map[string]*docNode{}
	for table := range TotalSources {
		totals[table] = computedNode("totals." + table)
	}
	roots["totals"] = &docNode{path: "totals", children: totals}
	return roots
})

func computedNode(path string) *docNode {
	return &docNode{path: path, subsections: computedOf[path]}
}

func newDocNode(path string, t reflect.Type) *docNode {
	n := &docNode{path: path, subsections: slices.Clone(computedOf[path])}
	for i := range Subsections {
		if slices.Contains(Subsections[i].Fields, path) {
			n.subsections = append(n.subsections, Subsections[i].Name)
		}
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice:
		n.elem = newDocNode(path+"[]", t.Elem())
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[snapshot.Time]():
		n.children = map[string]*docNode{}
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			n.children[name] = newDocNode(path+"."+name, f.Type)
		}
	}
	return n
}

package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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

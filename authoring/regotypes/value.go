package regotypes

import (
	"slices"
	"strings"
)

// Kinds are types of Rego, each a bit.
type Kinds uint8

// The types of Rego.
const (
	Null Kinds = 1 << iota
	Boolean
	Number
	Text
	List
	Map
	Set
)

// Collection are the types whose values have members.
const Collection = List | Map | Set

// kindNames is what people call the types.
var kindNames = []struct {
	kind Kinds
	name string
}{
	{Null, "null"}, {Boolean, "a boolean"}, {Number, "a number"}, {Text, "a text"}, {List, "a list"}, {Map, "an object"}, {Set, "a set"},
}

// String is what people call the types.
func (k Kinds) String() string {
	var names []string
	for _, n := range kindNames {
		if k&n.kind != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// Value is what is known of the values that a term can have.
type Value struct {
	// Path of the field that it is, such as input.plugin.version; empty where it is
	// of no field, or of one of several.
	Path string
	// Kinds that it can be of; none where there can be no value.
	Kinds Kinds
	// Texts that it can be; nil where it can be others.
	Texts []string
	// Examples of texts that it can be, as they are written.
	Examples []string
	// Unsure tells of a field that it may be null, or absent although what it is in is there.
	Unsure bool
	// Fields by key, of an object or, by position, of a list.
	Fields map[string]*Value
	// Rest is each other member; nil where there are none.
	Rest *Value

	open bool // whether there may be members of which nothing is known
}

// maxTexts bounds the texts that are remembered of a value, for a rule may have lists
// of thousands.
const maxTexts = 50

// none is that there is no value.
var none = &Value{}

// union is a value that is one of two.
func union(a, b *Value) *Value {
	switch {
	case a == b, b == none:
		return a
	case a == none:
		return b
	case a == nil || b == nil:
		return nil
	}
	out := &Value{Path: unionPath(a.Path, b.Path), Kinds: a.Kinds | b.Kinds, Unsure: a.Unsure || b.Unsure}
	switch {
	case a.Kinds&Text == 0:
		out.Texts, out.Examples = b.Texts, b.Examples
	case b.Kinds&Text == 0:
		out.Texts, out.Examples = a.Texts, a.Examples
	case a.Texts != nil && b.Texts != nil:
		out.Texts = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.Texts, b.Texts))))
		if len(out.Texts) > maxTexts {
			out.Texts = nil
		}
	case slices.Equal(a.Examples, b.Examples):
		out.Examples = a.Examples
	}
	switch {
	case a.Kinds&Collection == 0:
		out.Fields, out.Rest, out.open = b.Fields, b.Rest, b.open
	case b.Kinds&Collection == 0:
		out.Fields, out.Rest, out.open = a.Fields, a.Rest, a.open
	default:
		out.joinMembers(a, b)
	}
	return out
}

// element stands in a path for the members of what comes before it.
const element = "[_]"

// unionPath is the path of a field that is one of two, such as
// input.packages[_].status; empty where they are not of two members of one object.
func unionPath(a, b string) string {
	if a == b {
		return a
	}
	as, bs := steps(a), steps(b)
	deep := 2 // what is directly in a document is of many kinds
	if as[0] == "data" {
		deep = 3
	}
	if len(as) != len(bs) || len(as) <= deep || !slices.Equal(as[:deep], bs[:deep]) {
		return ""
	}
	at := -1
	for i := range as {
		switch {
		case as[i] == bs[i]:
		case at >= 0:
			return ""
		default:
			at = i
		}
	}
	as[at] = element
	return strings.ReplaceAll(strings.Join(as, "."), "."+element, element)
}

func steps(path string) []string {
	return strings.Split(strings.ReplaceAll(path, element, "."+element), ".")
}

// joinMembers gives v the members of two collections.
func (v *Value) joinMembers(a, b *Value) {
	v.open = a.open || b.open
	v.Rest = a.Rest
	switch {
	case a.Rest == nil:
		v.Rest = b.Rest
	case b.Rest != nil:
		v.Rest = union(a.Rest, b.Rest)
		v.open = v.open || v.Rest == nil
	}
	if len(a.Fields)+len(b.Fields) == 0 {
		return
	}
	v.Fields = map[string]*Value{}
	for _, side := range [][2]*Value{{a, b}, {b, a}} {
		for key, field := range side[0].Fields {
			v.Fields[key] = field
			if other := side[1].member(key); other != none {
				v.Fields[key] = union(field, other)
			}
		}
	}
}

// member is the member of a key; none where there is none.
func (v *Value) member(key string) *Value {
	if field, ok := v.Fields[key]; ok {
		return field
	}
	switch {
	case v.open:
		return nil
	case v.Rest != nil:
		return v.Rest
	}
	return none
}

// Members is each of the members.
func (v *Value) Members() *Value {
	if v == nil || v.open {
		return nil
	}
	out := none
	if v.Rest != nil {
		out = v.Rest
	}
	for _, field := range v.Fields {
		out = union(out, field)
	}
	return out
}

// keys is what members are looked up by.
func (v *Value) keys() *Value {
	out := none
	if v.Kinds&List != 0 {
		out = union(out, &Value{Kinds: Number})
	}
	if v.Kinds&Map != 0 { // of JSON, and so texts; objects of rules have other keys too
		return nil
	}
	if v.Kinds&Set != 0 {
		out = union(out, v.Members())
	}
	return out
}

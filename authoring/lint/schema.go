package lint

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/policies"
)

// node is a field that rules read, as its schema describes it.
type node struct {
	path   string // such as input.plugin.installed
	fields map[string]*node
	items  *node // of a list, or of a table by keys
	// Whether it may be null, or absent although what it is in is there.
	unsure bool
}

// documents are what rules read that may be unknown in part.
var documents = sync.OnceValues(func() (map[string]*node, error) {
	out := map[string]*node{}
	for path, name := range map[string]string{"input": "client", "data.estate": "estate"} {
		text, err := fs.ReadFile(policies.Schemas, "schemas/"+name+".json")
		if err != nil {
			return nil, err
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		top := s.node(path, &s)
		for _, section := range top.fields {
			section.unsure = false // nscheck itself sees to sections that were not collected
		}
		out[path] = top
	}
	return out, nil
})

// schema is what of a JSON Schema matters here.
type schema struct {
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
	Type       any                `json:"type"`
	AnyOf      []*schema          `json:"anyOf"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
}

// node makes a node of a schema; the schemas of snapshots do not hold themselves.
func (s *schema) node(path string, root *schema) *node {
	n := &node{path: path}
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		s = root.Defs[name]
	}
	for _, one := range s.AnyOf {
		if one.Type == "null" {
			n.unsure = true
		} else if of := one.node(path, root); of.fields != nil || of.items != nil {
			n.fields, n.items = of.fields, of.items
		}
	}
	if s.Items != nil {
		n.items = s.Items.node(path+"[_]", root)
	}
	if s.Properties != nil {
		n.fields = map[string]*node{}
	}
	for name, property := range s.Properties {
		field := property.node(path+"."+name, root)
		field.unsure = field.unsure || !slices.Contains(s.Required, name)
		n.fields[name] = field
	}
	return n
}

// step are the fields that a step of a path may lead to.
func (n *node) step(term *ast.Term) (out []*node) {
	if name, ok := term.Value.(ast.String); ok {
		if f := n.fields[string(name)]; f != nil {
			return []*node{f}
		}
		return nil
	}
	if n.items != nil {
		return []*node{n.items}
	}
	for _, f := range n.fields {
		out = append(out, f)
	}
	return out
}

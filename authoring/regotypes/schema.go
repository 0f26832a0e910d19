package regotypes

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/policies"
)

// Documents are what rules read, by the reference to it.
type Documents map[string]*Value

// ReadDocuments reads the schemas of the documents that nscheck provides, except
// the parameters: those come with packs, as [Parameters].
func ReadDocuments() (Documents, error) {
	out := Documents{}
	for path, name := range map[string]string{
		"input": "client", "data.estate": "estate", "data.index": "index", "data.totals": "totals",
	} {
		text, err := fs.ReadFile(policies.Schemas, "schemas/"+name+".json")
		if err != nil {
			return nil, err
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		top := s.value(path, &s)
		for _, section := range top.Fields {
			section.Unsure = false // nscheck itself sees to sections that were not collected
			if name != "index" {
				continue
			}
			for _, of := range section.Fields { // by role; whether it is there is the table's matter
				of.Unsure = false
			}
		}
		out[path] = top
	}
	return out, nil
}

// Parameters are the values that parameters can have, by the kinds of their
// defaults: others can be given, but only of the same kind.
func Parameters(defaults map[string]any) *Value {
	out := &Value{Path: "data.params", Kinds: Map, Fields: map[string]*Value{}}
	for name, value := range defaults {
		out.Fields[name] = parameter("data.params."+name, value)
	}
	return out
}

func parameter(path string, value any) *Value {
	switch value := value.(type) {
	case string:
		return &Value{Path: path, Kinds: Text, Examples: []string{value}}
	case bool:
		return &Value{Path: path, Kinds: Boolean}
	case int, int64, uint64, float64:
		return &Value{Path: path, Kinds: Number}
	case []any:
		rest := none
		for _, one := range value {
			rest = union(rest, parameter(path+"[_]", one))
		}
		if rest == none || rest == nil {
			return &Value{Path: path, Kinds: List, open: true}
		}
		return &Value{Path: path, Kinds: List, Rest: rest}
	case map[string]any:
		return &Value{Path: path, Kinds: Map, open: true}
	}
	return nil
}

// schema is what of a JSON Schema matters here.
type schema struct {
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
	Type       any                `json:"type"`
	AnyOf      []*schema          `json:"anyOf"`
	Enum       []string           `json:"enum"`
	Examples   []string           `json:"examples"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
}

var kindsOf = map[any]Kinds{
	"null": Null, "boolean": Boolean, "integer": Number, "number": Number, "string": Text, "array": List, "object": Map,
}

// value makes a value of a schema; the schemas do not hold themselves.
func (s *schema) value(path string, root *schema) *Value {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		s = root.Defs[name]
	}
	v := &Value{Path: path, Kinds: kindsOf[s.Type], Texts: s.Enum, Examples: s.Examples}
	for _, one := range s.AnyOf {
		of := one.value(path, root)
		if of.Kinds == Null {
			v.Kinds |= Null
			v.Unsure = true
			continue
		}
		examples := append(slices.Clone(v.Examples), of.Examples...)
		of.Kinds |= v.Kinds
		of.Unsure = v.Unsure
		of.Examples = examples
		v = of
	}
	if s.Items != nil {
		v.Rest = s.Items.value(path+"[_]", root)
	}
	for name, property := range s.Properties {
		if strings.HasPrefix(name, "(") { // stands for every key
			v.Rest = property.value(path+"[_]", root)
			continue
		}
		if v.Fields == nil {
			v.Fields = map[string]*Value{}
		}
		field := property.value(path+"."+name, root)
		field.Unsure = field.Unsure || !slices.Contains(s.Required, name)
		v.Fields[name] = field
	}
	v.open = v.Kinds&Collection != 0 && v.Fields == nil && v.Rest == nil
	return v
}

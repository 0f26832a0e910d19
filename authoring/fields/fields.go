// Package fields lists what rules can read, field by field.
//
// The JSON Schemas of the documents go in, as the evaluator gives them to Rego's
// type checker, and the bindings of the CMDB, whose head comments say which
// columns fill which field and how well those are known. What comes out is one
// [Field] for each, in the order of the schemas. Nothing is listed by hand.
package fields

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// Field is something that rules can read.
type Field struct {
	// Path as rules write it: [] stands for an element of a list, [a GUID] for a key.
	Path string `json:"path"`
	// Type: text, GUID, time, boolean, number, object, list of … and the like.
	Type string `json:"type"`
	// Unit of a number.
	Unit string `json:"unit,omitempty"`
	// The values that it can have; absent where there are many.
	Values []string `json:"values,omitempty"`
	// Whether it may be null, which means unknown.
	Nullable bool `json:"nullable,omitempty"`
	// Whether it may be absent, which means not collected.
	Optional bool `json:"optional,omitempty"`
	// What it means.
	Meaning string `json:"meaning,omitempty"`
	// Where it is read from: cmdb, agent folder, nscheck (which computes it), parameter, or none where nobody fills it yet.
	Source string `json:"source,omitempty"`
	// Sections of the snapshot that it is read from or computed of.
	Sections []string `json:"sections,omitempty"`
	// Columns of the section's query that fill it.
	Columns []string `json:"columns,omitempty"`
	// Evidence for those, weakest first: R recollection, I inferred, P public, A the article.
	Evidence string `json:"evidence,omitempty"`
	// Default of a parameter.
	Default any `json:"default,omitempty"`
	// Rules whose answer depends on the field or on a field within it; see [AddReaders].
	Rules []string `json:"rules,omitempty"`

	steps []string // of the path without elements and keys: estate, sites, guid
	copy  bool     // whether it is a field of an object that another document has too
}

// The sources of fields.
const (
	fromCMDB   = "cmdb"
	fromNobody = "none"
	computed   = "nscheck"
	parameter  = "parameter"
)

// documents are the roots of what rules read, in the order in which they are
// listed, with the names of their schemas.
var documents = []struct{ path, root, schema string }{
	{"input", "input", "client"},
	{"data.estate", "estate", "estate"},
	{"data.index", "index", "index"},
	{"data.totals", "totals", "totals"},
	{"data.params", "params", "params"},
}

// schema is what matters here of a JSON Schema.
type schema struct {
	Ref         string            `json:"$ref"`
	Defs        map[string]schema `json:"$defs"`
	Description string            `json:"description"`
	Type        any               `json:"type"`
	Format      string            `json:"format"`
	Enum        []any             `json:"enum"`
	Items       *schema           `json:"items"`
	AnyOf       []schema          `json:"anyOf"`
	Properties  properties        `json:"properties"`
	Required    []string          `json:"required"`
	Unit        string            `json:"unit"`
	ReadFrom    string            `json:"read_from"`
}

// properties keep the order of the schema.
type properties []property

type property struct {
	name string
	schema
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *properties) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		one := property{name: fmt.Sprint(name)}
		if err := dec.Decode(&one.schema); err != nil {
			return err
		}
		*p = append(*p, one)
	}
	return nil
}

// lister goes through the schema of one document.
type lister struct {
	pack     *rule.Pack
	defs     map[string]schema
	bindings []bound
	list     []Field
}

// bound is a field that a binding fills.
type bound struct {
	steps   []string
	columns []string
	binding *binding.Binding
}

// List lists all that rules of a pack can read.
func List(pack *rule.Pack) ([]Field, error) {
	texts, err := pack.Schemas()
	if err != nil {
		return nil, err
	}
	l := &lister{pack: pack}
	for _, b := range binding.All() {
		for _, f := range b.Fields {
			l.bindings = append(l.bindings, bound{strings.Split(f.Path, "."), f.Columns, b})
		}
	}
	for _, d := range documents {
		var s schema
		if err := json.Unmarshal(texts[d.schema], &s); err != nil {
			return nil, fmt.Errorf("read the schema %s: %w", d.schema, err)
		}
		l.defs = s.Defs
		l.add(Field{Path: d.path, Type: "object", Meaning: s.Description, steps: []string{d.root}})
		l.object(s, d.path, []string{d.root}, "", false)
	}
	return l.list, nil
}

func (l *lister) add(f Field) { l.list = append(l.list, f) }

// resolve follows a reference, and keeps what is said beside it.
func (l *lister) resolve(s schema) schema {
	if s.Ref == "" {
		return s
	}
	target := l.defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
	if s.Description != "" {
		target.Description = s.Description
	}
	target.Unit, target.ReadFrom = s.Unit, s.ReadFrom
	return target
}

// object lists the fields of an object.
func (l *lister) object(s schema, path string, steps []string, readFrom string, repeated bool) {
	for _, p := range s.Properties {
		step := "." + p.name
		inner := slices.Clone(steps)
		if key, isKey := strings.CutPrefix(p.name, "("); isKey { // stands for every key
			step = "[" + strings.TrimSuffix(strings.TrimSuffix(key, ")"), " in a variable") + "]"
		} else {
			inner = append(inner, p.name)
		}
		l.field(p.schema, path+step, inner, Field{
			Optional: !slices.Contains(s.Required, p.name) && step[0] == '.',
			Source:   readFrom, copy: repeated,
		}, step[0] == '[')
	}
}

// field lists a field and what is within it. A key stands for many fields and is
// only listed where it says something of its own.
func (l *lister) field(s schema, path string, steps []string, f Field, isKey bool) {
	isRef := s.Ref != ""
	s = l.resolve(s)
	value := s
	for _, one := range s.AnyOf {
		if one.Type == "null" {
			f.Nullable, f.Optional = true, false
			continue
		}
		value = l.resolve(one)
	}
	f.Path, f.steps, f.Meaning, f.Unit = path, steps, s.Description, s.Unit
	if s.ReadFrom != "" {
		f.Source = s.ReadFrom
	}
	f.Type = l.typeOf(value, &f)
	l.origin(&f)
	if !isKey {
		l.add(f)
	}
	repeated := f.copy || isRef && steps[0] == "index"
	for value.Items != nil {
		repeated = repeated || value.Items.Ref != "" && steps[0] == "index"
		path += "[]"
		value = l.resolve(*value.Items)
	}
	inherited := ""
	if f.Source != fromCMDB && f.Source != computed && f.Source != parameter {
		inherited = f.Source
	}
	l.object(value, path, steps, inherited, repeated)
}

// formats are what people call the formats of texts.
var formats = map[string]string{
	"guid": "GUID", "date-time": "time in UTC (RFC 3339)", "cidr": "network in CIDR notation",
	"address": "IPv4 address with prefix length",
}

// typeOf is what people call a type.
func (l *lister) typeOf(s schema, f *Field) string {
	for _, v := range s.Enum {
		f.Values = append(f.Values, fmt.Sprint(v))
	}
	if s.Items != nil {
		return "list of " + l.typeOf(l.resolve(*s.Items), f)
	}
	kind, _ := s.Type.(string)
	if list, ok := s.Type.([]any); ok {
		for _, one := range list {
			if one == "null" {
				f.Nullable = true
			} else {
				kind = fmt.Sprint(one)
			}
		}
	}
	switch kind {
	case "string":
		if name := formats[s.Format]; name != "" {
			return name
		}
		return "text"
	case "integer":
		return "whole number"
	case "array":
		return "list"
	case "":
		return "any"
	}
	return kind
}

// origin tells where a field is read from.
func (l *lister) origin(f *Field) {
	if f.steps[0] == "params" {
		f.Source, f.Optional = parameter, false
		if len(f.steps) == 2 {
			f.Default = l.pack.Default(f.steps[1])
		}
		return
	}
	if made := f.steps[0] == "index" || f.steps[0] == "totals"; made && len(f.steps) == 2 {
		f.Optional = false // nscheck makes them whatever was collected
	}
	if sections, ok := rule.MadeOf(f.steps...); ok {
		f.Source, f.Sections = computed, sections
		return
	}
	if f.Source != "" {
		return
	}
	best := -1
	for i, b := range l.bindings {
		if covers(b.steps, f.steps) && (best < 0 || len(b.steps) > len(l.bindings[best].steps)) {
			best = i
		}
	}
	if best >= 0 {
		b := l.bindings[best]
		f.Source, f.Sections, f.Columns, f.Evidence = fromCMDB, []string{b.binding.Section}, b.columns, b.binding.Evidence()
	}
}

// covers tells whether a bound field is a field or an object that it is in.
func covers(bound, steps []string) bool {
	if len(bound) > len(steps) {
		return false
	}
	for i, step := range bound {
		if step != "*" && step != steps[i] {
			return false
		}
	}
	return true
}

package evaluator

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// The fields that nscheck itself reads of every client.
var (
	guidField      = snapshot.ClientFields.Child("guid").Field
	nameField      = snapshot.ClientFields.Child("name").Field
	statusField    = snapshot.ClientFields.Child("status").Field
	addressesField = snapshot.ClientFields.Child("addresses").Field
)

// program is a question about a client, and what the answer depends on.
type program struct {
	single *query
	batch  *query // the same for many clients at once
	// What the answer depends on; of no use where whole is set.
	values   []snapshot.Field
	presence []snapshot.Field
	sections []snapshot.Field // whose being there the host looks at
	computed []rule.ComputedField
	whole    string // why it depends on all of a client; else empty
}

func (e *engine) prepareProgram(ctx context.Context, pkg string, names []string) (program, error) {
	r := e.pack.ReadsOf(pkg, names)
	p := program{computed: r.Computed, whole: r.Whole}
	p.values, p.presence = r.Fields()
	var err error
	if p.single, err = e.prepare(ctx, pkg, names); err != nil {
		return p, err
	}
	p.batch, err = e.prepareBatch(ctx, pkg, names)
	return p, err
}

// hostReads adds a section whose being there decides about the answer beside
// what the rule sees.
func (p *program) hostReads(section snapshot.Field) {
	if !slices.Contains(p.presence, section) && !slices.Contains(p.values, section) && !slices.Contains(p.sections, section) {
		p.sections = append(p.sections, section)
	}
}

// Marks in a key. A JSON text begins with neither, and holds no zero byte.
const (
	markAbsent = '\x01'
	markEnd    = '\x00'
)

// appendKey appends all that the answer about a client depends on.
func (p *program) appendKey(key []byte, c *streamed) []byte {
	for _, f := range p.values {
		if text := c.scan.Text(f); text != nil {
			key = append(key, text...)
		} else {
			key = append(key, markAbsent)
		}
		key = append(key, markEnd)
	}
	for _, fields := range [...][]snapshot.Field{p.presence, p.sections} {
		for _, f := range fields {
			if c.scan.Has(f) {
				key = append(key, '1')
			} else {
				key = append(key, '0')
			}
		}
	}
	for _, f := range p.computed {
		key = append(c.appendComputed(key, f), markEnd)
	}
	return key
}

// projection is a client with nothing but what the answer depends on.
func (p *program) projection(c *streamed) (ast.Value, error) {
	doc := map[string]any{}
	for _, f := range p.values {
		text := c.scan.Text(f)
		if text == nil {
			continue
		}
		value, err := decodeValue(text)
		if err != nil {
			return nil, err
		}
		put(doc, f, value)
	}
	for _, f := range p.presence {
		if c.scan.Has(f) {
			objectAt(doc, rule.FieldPaths[f])
		}
	}
	for _, f := range p.computed {
		object, err := c.computed(f.Object)
		if err != nil {
			return nil, err
		}
		if object == nil {
			continue
		}
		parts := objectAt(doc, []string{f.Object})
		if value, ok := object[f.Name]; ok {
			parts[f.Name] = value
		}
	}
	return ast.InterfaceToValue(doc)
}

// decodeValue decodes a JSON text that a scan has accepted.
func decodeValue(text []byte) (value any, err error) {
	switch c := text[0]; {
	case c == 'n':
		return nil, nil
	case c == 't', c == 'f':
		return c == 't', nil
	case c == '-', c >= '0' && c <= '9':
		return json.Number(text), nil
	case c == '"' && bytes.IndexByte(text, '\\') < 0:
		return string(text[1 : len(text)-1]), nil
	}
	err = util.UnmarshalJSON(text, &value)
	return value, err
}

// put sets a field of a client.
func put(doc map[string]any, f snapshot.Field, value any) {
	path := rule.FieldPaths[f]
	objectAt(doc, path[:len(path)-1])[path[len(path)-1]] = value
}

// objectAt is the object at a path, made where it is not there.
func objectAt(doc map[string]any, path []string) map[string]any {
	for _, name := range path {
		inner, ok := doc[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			doc[name] = inner
		}
		doc = inner
	}
	return doc
}

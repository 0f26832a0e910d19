package settings

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/snapshot"
)

// reader reads the values of settings.
type reader struct {
	file   *file // nil where nobody asks for errors
	estate *estate
	// called are objects by what the file calls them: those that it adds, and in
	// an estate file all; alone says that there are no others.
	called map[string]map[string]string
	alone  bool
	errs   []*snapshot.Error
}

func (r *reader) fail(node *yaml.Node, format string, args ...any) {
	err := &snapshot.Error{Line: node.Line, Column: node.Column, Message: fmt.Sprintf(format, args...)}
	if r.file != nil {
		err.File = r.file.name
	}
	r.errs = append(r.errs, err)
}

// value reads a value of a field as it stands in the JSON of an estate.
func (r *reader) value(node *yaml.Node, f *field) any {
	if node.ShortTag() == "!!null" {
		if f.always || f.list() {
			r.fail(node, "%s must be %s, not null", f.name, f.want())
		}
		return nil
	}
	if f.list() {
		if node.Kind != yaml.SequenceNode {
			r.fail(node, "%s must be %s, not %s", f.name, f.want(), describe(node))
			return nil
		}
		return r.elements(node, f)
	}
	if node.Kind != yaml.ScalarNode {
		r.fail(node, "%s must be %s, not %s", f.name, f.want(), describe(node))
		return nil
	}
	switch {
	case f.kind == boolean:
		if node.ShortTag() == "!!bool" {
			return strings.EqualFold(node.Value, "true")
		}
	case node.ShortTag() != "!!str":
		if f.kind == text {
			r.fail(node, "%s must be text, not %s; write it in quotes: %q", f.name, describe(node), clip(node.Value))
			return nil
		}
	case f.kind == text, slices.Contains(f.words, node.Value):
		return node.Value
	}
	r.fail(node, "%s must be %s, not %s", f.name, f.want(), describe(node))
	return nil
}

// elements reads a list. Sets come out in order.
func (r *reader) elements(node *yaml.Node, f *field) []any {
	out := []any{}
	seen := map[string]bool{}
	for _, item := range node.Content {
		value, ok := r.element(item, f)
		if !ok {
			continue
		}
		id, _ := json.Marshal(value)
		if (f.kind == refs || f.kind == words) && seen[string(id)] {
			r.fail(item, "%s stands in %s twice", describe(item), f.name)
			continue
		}
		seen[string(id)] = true
		out = append(out, value)
	}
	if f.kind == refs {
		return anyList(sorted(texts(out)))
	}
	return out
}

func (r *reader) element(node *yaml.Node, f *field) (any, bool) {
	if f.kind == schedules {
		return r.schedule(node)
	}
	if node.Kind != yaml.ScalarNode || node.ShortTag() == "!!null" {
		r.fail(node, "%s must be %s, and %s is none of it", f.name, f.want(), describe(node))
		return nil, false
	}
	switch f.kind {
	case words:
		if !slices.Contains(f.words, node.Value) {
			r.fail(node, "%q is not one of %s", clip(node.Value), strings.Join(f.words, ", "))
			return nil, false
		}
	case addresses:
		if p, err := netip.ParsePrefix(node.Value); err != nil || !p.Addr().Is4() {
			r.fail(node, "%q is not an IPv4 address with prefix length such as 10.4.0.17/24", clip(node.Value))
			return nil, false
		}
	case refs:
		return r.reference(node, f.of)
	}
	return node.Value, true
}

// reference finds the GUID of an object that a file names.
func (r *reader) reference(node *yaml.Node, section string) (any, bool) {
	if guid, ok := r.called[section][node.Value]; ok {
		return guid, true
	}
	known := keysOf(r.called[section])
	if !r.alone {
		if o := r.estate.find(section, node.Value); o != nil {
			return o.guid, true
		}
		known = append(known, r.estate.keys(section)...)
	}
	// A reference to nothing is kept as it is, but not made by name.
	if guidForm.MatchString(node.Value) {
		return node.Value, true
	}
	r.fail(node, "unknown %s %q%s", sectionNamed(section).title(), clip(node.Value), meant(node.Value, known))
	return nil, false
}

func keysOf(m map[string]string) []string {
	var out []string
	for key := range m {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)

func (r *reader) schedule(node *yaml.Node) (any, bool) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "a schedule is of the form {type: daily, repeat_minutes: 240}, not %s", describe(node))
		return nil, false
	}
	out := map[string]any{"type": nil, "repeat_minutes": nil}
	for key, value := range pairs(node) {
		null := value.ShortTag() == "!!null"
		switch {
		case key.Value != "type" && key.Value != "repeat_minutes":
			r.fail(key, "unknown field %q%s", clip(key.Value), meant(key.Value, []string{"type", "repeat_minutes"}))
		case null:
		case key.Value == "type" && value.Kind == yaml.ScalarNode && value.ShortTag() == "!!str":
			out["type"] = value.Value
		case key.Value == "repeat_minutes" && value.ShortTag() == "!!int" && wholeNumber.MatchString(value.Value):
			out["repeat_minutes"] = json.Number(value.Value)
		case key.Value == "type":
			r.fail(value, "type must be text, not %s", describe(value))
		default:
			r.fail(value, "repeat_minutes must be a whole number from 0, not %s", describe(value))
		}
	}
	return out, true
}

// want says what a field holds.
func (f *field) want() string {
	var want string
	switch f.kind {
	case boolean:
		want = "true or false"
	case word:
		want = "one of " + strings.Join(f.words, ", ")
	case words:
		return "a list of " + strings.Join(f.words, ", ")
	case refs:
		return "a list of names of " + strings.ReplaceAll(f.of, "_", " ")
	case addresses:
		return "a list of addresses such as 10.4.0.17/24"
	case schedules:
		return "a list such as [{type: daily, repeat_minutes: 240}]"
	default:
		want = "text"
	}
	if !f.always {
		want += ", or null where it is unknown"
	}
	return want
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch node.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		return "the boolean " + clip(node.Value)
	case "!!int", "!!float":
		return "the number " + clip(node.Value)
	}
	return "the text " + strconv.Quote(clip(node.Value))
}

package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// Marks of the kinds of file, under the key nscheck.
const (
	markKey     = "nscheck"
	estateMark  = "estate"
	overlayMark = "overlay"
)

const exportHead = `The configuration of a Notification Server, for nscheck gate. Every setting is here; null is unknown.
An entry that is taken out removes the object, another key renames it, and one with "guid: new" is added.`

// Export writes the configuration in an estate as YAML. Where there was such a
// file already, its comments, its order and the way in which unchanged values
// are written stay; a file that says the same stays as it is.
func Export(raw json.RawMessage, earlier []byte, name string) ([]byte, error) {
	e, err := parseEstate(raw)
	if err != nil {
		return nil, err
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	look := layout{indent: usualIndent}
	if len(bytes.TrimSpace(earlier)) > 0 {
		if _, err := parseFile(name, earlier); err != nil {
			return nil, err // with the lines that people see
		}
		var text []byte
		text, look = readLayout(earlier)
		file, err := parseFile(name, text)
		if err != nil {
			return nil, err
		}
		if file.mark != estateMark {
			return nil, file.errorAt(file.root, "is not a file that nscheck export wrote, which begins with nscheck: estate; name another file to write")
		}
		for key := range pairs(file.root) {
			if key.Value != markKey && sectionNamed(key.Value) == nil {
				return nil, file.errorAt(key, "unknown section %q%s", clip(key.Value), meant(key.Value, sectionNames()))
			}
		}
		root = file.root
	} else {
		mark := scalar("!!str", markKey)
		mark.HeadComment = exportHead
		root.Content = append(root.Content, mark, scalar("!!str", estateMark))
	}
	x := exporter{estate: e}
	for i := range sections {
		x.section(root, &sections[i])
	}
	if !x.changed {
		return earlier, nil
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(look.indent)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	return look.write(out.Bytes()), nil
}

// exporter brings a tree of YAML up to date.
type exporter struct {
	estate  *estate
	changed bool
}

func (x *exporter) section(root *yaml.Node, s *section) {
	objects, collected := x.estate.objects[s.name]
	if !collected {
		x.drop(root, func(key string) bool { return key == s.name })
		return
	}
	node := x.mapping(root, s.name)
	if s.single {
		x.fields(node, objects[0])
		return
	}
	left := map[string]*object{}
	for _, o := range objects {
		left[o.id] = o
	}
	kept := x.match(node, s, left)
	x.drop(node, func(key string) bool { return kept[key] == nil })
	for _, o := range objects {
		if left[o.id] != nil {
			x.fields(x.mapping(node, o.key), o)
			continue
		}
	}
}

// match finds the entries of objects that are still there, by GUID, gives them
// their keys and brings them up to date; left keeps the objects without one.
func (x *exporter) match(node *yaml.Node, s *section, left map[string]*object) map[string]*object {
	kept := map[string]*object{}
	for key, value := range pairs(node) {
		var o *object
		if guid := entry(value, "guid"); guid != nil {
			o = left[strings.ToUpper(guid.Value)]
		}
		if named := x.estate.find(s.name, key.Value); o == nil && named != nil {
			o = left[named.id]
		}
		if o == nil {
			continue
		}
		if key.Value != o.key {
			*key = *withComments(scalar("!!str", o.key), key)
			x.changed = true
		}
		delete(left, o.id)
		kept[o.key] = o
		x.fields(value, o)
	}
	return kept
}

// fields writes the settings of one object.
func (x *exporter) fields(node *yaml.Node, o *object) {
	if node.Kind != yaml.MappingNode {
		*node = *withComments(&yaml.Node{Kind: yaml.MappingNode}, node)
	}
	known := map[string]bool{"guid": true}
	x.value(node, "guid", scalarOf(o.fields["guid"]))
	if o.section.single {
		known[o.section.key] = true
		x.value(node, o.section.key, scalarOf(o.name))
	}
	for i := range o.section.fields {
		f := &o.section.fields[i]
		value, ok := o.get(f.name)
		if !ok {
			continue
		}
		at, name := node, f.name
		if outer, inner, deep := strings.Cut(f.name, "."); deep {
			known[outer] = true
			at, name = x.mapping(node, outer), inner
			x.drop(at, func(key string) bool { return o.section.field(outer+"."+key) == nil })
		} else {
			known[name] = true
		}
		if current := entry(at, name); current != nil && x.says(current, f, value) {
			continue
		}
		x.value(at, name, x.nodeOf(f, value))
	}
	x.drop(node, func(key string) bool { return !known[key] })
}

// says reports whether a node says what the value is, however it is written.
func (x *exporter) says(node *yaml.Node, f *field, value any) bool {
	r := reader{estate: x.estate}
	got := r.value(node, f)
	return len(r.errs) == 0 && f.same(got, value)
}

// nodeOf writes a value; references by the keys of their objects.
func (x *exporter) nodeOf(f *field, value any) *yaml.Node {
	list, isList := value.([]any)
	if !isList {
		return scalarOf(value)
	}
	node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	var names []string
	for _, item := range list {
		switch item := item.(type) {
		case map[string]any:
			inner := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
			for _, name := range []string{"type", "repeat_minutes"} {
				inner.Content = append(inner.Content, scalar("!!str", name), scalarOf(item[name]))
			}
			node.Content = append(node.Content, inner)
		case string:
			if f.kind == refs {
				item = x.estate.keyOf(f.of, item)
			}
			names = append(names, item)
		}
	}
	if f.kind == refs || f.kind == words {
		names = sorted(names)
	}
	for _, name := range names {
		node.Content = append(node.Content, scalar("!!str", name))
	}
	return node
}

// value sets an entry of a mapping.
func (x *exporter) value(node *yaml.Node, name string, value *yaml.Node) {
	current := entry(node, name)
	if current == nil {
		node.Content = append(node.Content, scalar("!!str", name), value)
		x.changed = true
		return
	}
	if current.Kind == yaml.ScalarNode && value.Kind == yaml.ScalarNode &&
		current.ShortTag() == value.ShortTag() && (current.Value == value.Value || value.Tag == "!!null") {
		return
	}
	*current = *withComments(value, current)
	x.changed = true
}

// mapping is the mapping in an entry, which it makes where there is none.
func (x *exporter) mapping(node *yaml.Node, name string) *yaml.Node {
	inner := entry(node, name)
	if inner == nil {
		inner = &yaml.Node{Kind: yaml.MappingNode}
		node.Content = append(node.Content, scalar("!!str", name), inner)
		x.changed = true
	}
	if inner.Kind != yaml.MappingNode {
		*inner = *withComments(&yaml.Node{Kind: yaml.MappingNode}, inner)
		x.changed = true
	}
	return inner
}

// drop takes entries out.
func (x *exporter) drop(node *yaml.Node, gone func(key string) bool) {
	var content []*yaml.Node
	for key, value := range pairs(node) {
		if gone(key.Value) {
			x.changed = true
			continue
		}
		content = append(content, key, value)
	}
	if len(content) == 0 {
		node.Style = 0
	}
	node.Content = content
}

func withComments(node, from *yaml.Node) *yaml.Node {
	node.HeadComment, node.LineComment, node.FootComment = from.HeadComment, from.LineComment, from.FootComment
	return node
}

// scalarOf writes a value of JSON.
func scalarOf(value any) *yaml.Node {
	switch value := value.(type) {
	case nil:
		return scalar("!!null", "null")
	case bool:
		return scalar("!!bool", fmt.Sprint(value))
	case json.Number:
		return scalar("!!int", value.String())
	case string:
		return scalar("!!str", value)
	}
	return scalar("!!str", fmt.Sprint(value))
}

// scalar writes text so that every reader of YAML sees text.
func scalar(tag, value string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	odd := strings.ContainsFunc(value, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
	switch strings.ToLower(value) {
	case "<<", "=", "y", "n", "yes", "no", "on", "off":
		odd = true
	}
	if tag == "!!str" && odd {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

package binding

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/strictyaml"
	"github.com/nscheck/nscheck/internal/textfile"
)

// ParseBindings reads the `bindings` of a configuration: for each section that
// the user binds, a mapping, or a list of mappings for versions that differ,
// with these keys:
//
//	sql or file   the whole query, or the file that holds it
//	columns       what the query calls the section's columns, where otherwise
//	versions      the versions of the product that it is for
//	parameters    values of the query's parameters
//	values        texts in the query -> texts to compare with in their place
//	xpaths        settings -> where an item's XML has them
//	maps          columns -> stored values -> values of a snapshot
//
// Without sql or file the rest changes the shipped binding. file is the name of
// the configuration; files that it names are looked for beside it. The result
// holds the shipped bindings too, after the user's. Instead of a mapping there
// may be the name of a file that has one.
func Parse(node *yaml.Node, file string) (*Set, error) {
	node = resolved(node)
	if node == nil || node.Tag == "!!null" {
		return ShippedSet(), nil
	}
	if node.Kind == yaml.ScalarNode {
		set, err := ReadFile(filepath.Join(filepath.Dir(file), node.Value))
		if err != nil {
			return nil, fmt.Errorf("line %d: bindings: %w", node.Line, err)
		}
		return set, nil
	}
	r := bindingReader{name: file}
	set := &Set{sections: maps.Clone(ShippedSet().sections)}
	entries, err := r.pairs(node, "bindings", "sections and how each is filled")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		own, err := r.section(e.key, e.value)
		if err != nil {
			return nil, err
		}
		set.sections[e.key.Value] = slices.Concat(own, set.sections[e.key.Value])
	}
	return set, nil
}

// ReadBindings reads a file whose only key is `bindings`.
func ReadFile(file string) (*Set, error) {
	text, err := textfile.Read(file)
	if err != nil {
		return nil, fmt.Errorf("read bindings: %w", err)
	}
	root, failed := strictyaml.Read(text)
	if failed != nil {
		return nil, fmt.Errorf("read bindings: %w", failed.In(file))
	}
	r := bindingReader{}
	entries, err := r.pairs(resolved(root), "the file", "the key bindings")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%s: it has no key bindings", file)
	}
	first := entries[0]
	for _, e := range entries {
		value := resolved(e.value)
		if e.key.Value != "bindings" || value != nil && value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
			return nil, fmt.Errorf("%s: line %d: a file of bindings holds a mapping under the key bindings and nothing else, not %q", file, e.key.Line, e.key.Value)
		}
	}
	set, err := Parse(first.value, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return set, nil
}

// resolved is what a document or an alias stands for.
func resolved(node *yaml.Node) *yaml.Node {
	for node != nil {
		switch {
		case node.Kind == yaml.DocumentNode && len(node.Content) == 1:
			node = node.Content[0]
		case node.Kind == yaml.AliasNode:
			node = node.Alias
		case node.Kind == 0:
			return nil
		default:
			return node
		}
	}
	return nil
}

// bindingReader reads one `bindings`.
type bindingReader struct{ name string } // of the file

// place says where a line of the configuration is, without the folder, which
// may tell more than a snapshot should.
func (r *bindingReader) place(line int) string {
	return fmt.Sprintf("%s:%d", filepath.Base(r.name), line)
}

type pair struct{ key, value *yaml.Node }

// pairs are the entries of a mapping, each key once.
func (r *bindingReader) pairs(node *yaml.Node, what, wanted string) ([]pair, error) {
	node = resolved(node)
	if node == nil || node.Kind != yaml.MappingNode {
		line := 1
		if node != nil {
			line = node.Line
		}
		return nil, fmt.Errorf("line %d: %s must be a mapping: %s", line, what, wanted)
	}
	var list []pair
	lines := make(map[string]int)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if first, ok := lines[key.Value]; ok {
			return nil, fmt.Errorf("line %d: %s: %q stands in line %d too", key.Line, what, key.Value, first)
		}
		lines[key.Value] = key.Line
		list = append(list, pair{key, node.Content[i+1]})
	}
	return list, nil
}

// texts reads a mapping of texts.
func (r *bindingReader) texts(e pair, what, wanted string) ([]pair, map[string]string, error) {
	list, err := r.pairs(e.value, what, wanted)
	if err != nil {
		return nil, nil, err
	}
	values := make(map[string]string)
	for _, one := range list {
		if values[one.key.Value], err = text(one, what+"."+one.key.Value); err != nil {
			return nil, nil, err
		}
	}
	return list, values, nil
}

func text(e pair, what string) (string, error) {
	node := resolved(e.value)
	if node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" || strings.TrimSpace(node.Value) == "" {
		return "", fmt.Errorf("line %d: %s must be a text", e.key.Line, what)
	}
	return node.Value, nil
}

// section reads what the user binds to one section.
func (r *bindingReader) section(key, node *yaml.Node) ([]*Binding, error) {
	name := key.Value
	if ColumnsOf(name) == nil {
		return nil, fmt.Errorf("line %d: bindings: there is no section %q; %s", key.Line, name, oneOf(name, AllNames()))
	}
	list := []*yaml.Node{node}
	if n := resolved(node); n != nil && n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var own []*Binding
	for _, one := range list {
		b, err := r.binding(name, key, one)
		if err != nil {
			return nil, err
		}
		if len(own) > 0 && own[len(own)-1].versions == nil {
			return nil, fmt.Errorf("line %d: bindings.%s: the binding before this one has no versions and is always chosen; give it versions, or put it last", resolved(one).Line, name)
		}
		if len(list) > 1 {
			b.origin = r.place(resolved(one).Line)
		}
		own = append(own, b)
	}
	return own, nil
}

// oneOf names what is allowed: what was likely meant, where it is likely.
func oneOf(given string, allowed []string) string {
	best, distance := "", 3
	for _, name := range allowed {
		if d := levenshtein.ComputeDistance(strings.ToLower(given), name); d < distance {
			best, distance = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "use one of " + strings.Join(allowed, ", ")
}

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

// Parse reads the `bindings` of a configuration: for each section that
// the user binds, a mapping, or a list of mappings for versions that differ,
// with these keys:
//
//	sql or file   the whole query, or the file that holds it
//	columns       the query's names of the section's columns, if they differ
//	versions      the versions of the product that it is for
//	parameters    values of the query's parameters
//	values        texts in the query -> texts to compare with in their place
//	xpaths        settings -> their places in an item's XML
//	maps          columns -> stored values -> values of a snapshot
//
// Without sql or file the rest changes the shipped binding. file is the name of
// the configuration; files that it names are relative to its folder. The result
// holds the shipped bindings too, after the user's. Instead of a mapping there
// may be the name of a file that has one.
func Parse(node *yaml.Node, file string) (*Set, error) {
	node = resolveAlias(node)
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
	r := reader{name: file}
	set := &Set{sections: maps.Clone(ShippedSet().sections)}
	entries, err := r.mappingEntries(node, "bindings", "sections and how each is filled")
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

// ReadFile reads a file whose only key is `bindings`.
func ReadFile(file string) (*Set, error) {
	text, err := textfile.Read(file)
	if err != nil {
		return nil, fmt.Errorf("read bindings: %w", err)
	}
	root, failed := strictyaml.Read(text)
	if failed != nil {
		return nil, fmt.Errorf("read bindings: %w", failed.In(file))
	}
	r := reader{}
	entries, err := r.mappingEntries(resolveAlias(root), "the file", "the key bindings")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%s: it has no key bindings", file)
	}
	first := entries[0]
	for _, e := range entries {
		value := resolveAlias(e.value)
		if e.key.Value != "bindings" || value != nil && value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
			return nil, fmt.Errorf("%s: line %d: a file of bindings has a mapping under the key bindings and nothing else, not %q", file, e.key.Line, e.key.Value)
		}
	}
	set, err := Parse(first.value, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return set, nil
}

// resolveAlias returns the content of a document or the target of an alias.
func resolveAlias(node *yaml.Node) *yaml.Node {
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

// reader reads one `bindings`.
type reader struct{ name string } // of the file

// position returns the file and a line of the configuration. It omits the folder,
// which a snapshot should not disclose.
func (r *reader) position(line int) string {
	return fmt.Sprintf("%s:%d", filepath.Base(r.name), line)
}

type pair struct{ key, value *yaml.Node }

// mappingEntries returns the entries of a mapping, each key once.
func (r *reader) mappingEntries(node *yaml.Node, what, wanted string) ([]pair, error) {
	node = resolveAlias(node)
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
			return nil, fmt.Errorf("line %d: %s: %q is in line %d too", key.Line, what, key.Value, first)
		}
		lines[key.Value] = key.Line
		list = append(list, pair{key, node.Content[i+1]})
	}
	return list, nil
}

// textEntries reads a mapping of texts.
func (r *reader) textEntries(e pair, what, wanted string) ([]pair, map[string]string, error) {
	list, err := r.mappingEntries(e.value, what, wanted)
	if err != nil {
		return nil, nil, err
	}
	values := make(map[string]string)
	for _, one := range list {
		if values[one.key.Value], err = scalarText(one, what+"."+one.key.Value); err != nil {
			return nil, nil, err
		}
	}
	return list, values, nil
}

func scalarText(e pair, what string) (string, error) {
	node := resolveAlias(e.value)
	if node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" || strings.TrimSpace(node.Value) == "" {
		return "", fmt.Errorf("line %d: %s must be a text", e.key.Line, what)
	}
	return node.Value, nil
}

// section reads the user's bindings of one section.
func (r *reader) section(key, node *yaml.Node) ([]*Binding, error) {
	name := key.Value
	if ColumnsOf(name) == nil {
		return nil, fmt.Errorf("line %d: bindings: unknown section %q; %s", key.Line, name, suggestion(name, AllNames()))
	}
	list := []*yaml.Node{node}
	if n := resolveAlias(node); n != nil && n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var own []*Binding
	for _, one := range list {
		b, err := r.binding(name, key, one)
		if err != nil {
			return nil, err
		}
		if len(own) > 0 && own[len(own)-1].versions == nil {
			return nil, fmt.Errorf("line %d: bindings.%s: the binding before this one has no versions and is always chosen; give it versions, or put it last", resolveAlias(one).Line, name)
		}
		if len(list) > 1 {
			b.origin = r.position(resolveAlias(one).Line)
		}
		own = append(own, b)
	}
	return own, nil
}

// suggestion returns the allowed name that is most like the given one, or else all of
// them.
func suggestion(given string, allowed []string) string {
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

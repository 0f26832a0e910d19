package snapshot

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/strictyaml"
)

// decodeYAML reads one YAML document into the same values as decodeJSON, and
// its nodes, which hold the places.
func decodeYAML(text []byte) (any, *yaml.Node, *flaw) {
	root, err := strictyaml.Parse(text)
	if err != nil {
		return nil, nil, &flaw{line: err.Line, column: err.Column, message: err.Message}
	}
	if root == nil {
		return nil, nil, &flaw{message: "the document is empty"}
	}
	d := yamlDecoder{}
	value, fl := d.value(root, nil)
	return value, root, fl
}

type yamlDecoder struct {
	values int // counted where they are used, so aliases cannot multiply unseen
	depth  int
}

func (d *yamlDecoder) value(node *yaml.Node, path []string) (any, *flaw) {
	node = resolve(node)
	if d.values++; d.values > maxValues {
		return nil, yamlFlaw(node, nil, "more than %d values after its aliases are expanded", maxValues)
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > maxDepth+1 {
		return nil, yamlFlaw(node, nil, "nested deeper than %d levels; an alias may stand inside its own anchor", maxDepth)
	}
	switch node.Kind {
	case yaml.MappingNode:
		return d.mapping(node, path)
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for i, item := range node.Content {
			value, fl := d.value(item, append(path, strconv.Itoa(i)))
			if fl != nil {
				return nil, fl
			}
			list = append(list, value)
		}
		return list, nil
	default:
		return scalar(node, path)
	}
}

func yamlFlaw(node *yaml.Node, path []string, format string, args ...any) *flaw {
	return &flaw{line: node.Line, column: node.Column, path: path, message: fmt.Sprintf(format, args...)}
}

func (d *yamlDecoder) mapping(node *yaml.Node, path []string) (any, *flaw) {
	object := make(map[string]any, len(node.Content)/2)
	lines := map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, item := node.Content[i], node.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merged = append(merged, item)
			continue
		}
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			return nil, yamlFlaw(key, path, "a field name must be text; write it in quotes")
		}
		if line, double := lines[key.Value]; double {
			return nil, yamlFlaw(key, path, "the key %s is repeated, it is first in line %d; remove one", quote(key.Value), line)
		}
		lines[key.Value] = key.Line
		value, fl := d.value(item, append(path, key.Value))
		if fl != nil {
			return nil, fl
		}
		object[key.Value] = value
	}
	for _, item := range merged {
		if fl := d.merge(object, item, path); fl != nil {
			return nil, fl
		}
	}
	return object, nil
}

// merge adds the fields of `<<: *anchor` that the object does not have itself.
func (d *yamlDecoder) merge(object map[string]any, item *yaml.Node, path []string) *flaw {
	for _, source := range mergeSources(item) {
		value, fl := d.value(source, path)
		if fl != nil {
			return fl
		}
		fields, ok := value.(map[string]any)
		if !ok {
			return yamlFlaw(item, path, "<< takes objects, not %s", describe(value))
		}
		for key, value := range fields {
			if _, own := object[key]; !own {
				object[key] = value
			}
		}
	}
	return nil
}

func mergeSources(item *yaml.Node) []*yaml.Node {
	item = resolve(item)
	if item.Kind == yaml.SequenceNode {
		return item.Content
	}
	return []*yaml.Node{item}
}

func resolve(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

func scalar(node *yaml.Node, path []string) (any, *flaw) {
	switch node.ShortTag() {
	case "!!str", "!!timestamp":
		return node.Value, nil
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		if err := node.Decode(&b); err != nil {
			return nil, yamlFlaw(node, path, "%s is not a boolean", quote(node.Value))
		}
		return b, nil
	case "!!int", "!!float":
		return yamlNumber(node, path)
	}
	return nil, yamlFlaw(node, path, "the YAML tag %s is not known here; remove it", quote(node.Tag))
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// yamlNumber keeps a number as it is written where JSON writes it so too, and
// converts the forms that only YAML has, such as 0x1F.
func yamlNumber(node *yaml.Node, path []string) (any, *flaw) {
	if jsonNumber.MatchString(node.Value) {
		if message := checkNumber(node.Value); message != "" {
			return nil, yamlFlaw(node, path, "%s", message)
		}
		return json.Number(node.Value), nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, yamlFlaw(node, path, "%s is not a number", quote(node.Value))
	}
	switch n := value.(type) {
	case int:
		return json.Number(strconv.Itoa(n)), nil
	case int64:
		return json.Number(strconv.FormatInt(n, 10)), nil
	case uint64:
		return json.Number(strconv.FormatUint(n, 10)), nil
	case float64:
		if !math.IsInf(n, 0) && !math.IsNaN(n) {
			return json.Number(strconv.FormatFloat(n, 'g', -1, 64)), nil
		}
	}
	return nil, yamlFlaw(node, path, "%s is not a number that JSON can hold", quote(node.Value))
}

// locateYAML returns the node at path, or the node of its key; where the path
// leads nowhere, the nearest node on the way.
func locateYAML(node *yaml.Node, path []string, wantKey bool) *yaml.Node {
	at := node
	for depth, step := range path {
		key, value := child(resolve(node), step, maxDepth)
		if value == nil {
			return at
		}
		node, at = value, value
		if wantKey && depth == len(path)-1 && key != nil {
			at = key
		}
	}
	return at
}

// child finds a field or an element of node, merged fields last.
func child(node *yaml.Node, step string, depth int) (key, value *yaml.Node) {
	if node.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return nil, node.Content[i]
		}
		return nil, nil
	}
	if node.Kind != yaml.MappingNode || depth == 0 {
		return nil, nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].ShortTag() != "!!merge" && node.Content[i].Value == step {
			return node.Content[i], node.Content[i+1]
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].ShortTag() != "!!merge" {
			continue
		}
		for _, source := range mergeSources(node.Content[i+1]) {
			if key, value := child(resolve(source), step, depth-1); value != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

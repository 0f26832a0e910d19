package ruletest

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator"
)

// shortInput is how many lines an input may have to be shown whole.
const shortInput = 40

// relevantInput is the part of an example's snapshot that some objects are about:
// all where that is short, else the objects themselves and those that refer to
// them or to which they refer.
func relevantInput(e *evaluator.Example, names []string) string {
	doc, err := e.Document()
	if err != nil {
		return ""
	}
	text := strings.TrimSuffix(string(doc), "\n")
	if strings.Count(text, "\n") < shortInput || len(names) == 0 {
		return firstLines(text, shortInput)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil || len(root.Content) == 0 {
		return firstLines(text, shortInput)
	}
	keep := map[string]bool{}
	for _, n := range names {
		keep[n] = true
	}
	widen(root.Content[0], keep)
	prune(root.Content[0], keep)
	return firstLines(strings.TrimSuffix(string(yamlText(&root)), "\n"), 2*shortInput)
}

func firstLines(text string, most int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= most {
		return text
	}
	return strings.Join(lines[:most], "\n") + fmt.Sprintf("\n# … %d more lines", len(lines)-most)
}

// widen adds the guids of the objects that are called by a name, so that objects
// that refer to them are found.
func widen(section *yaml.Node, keep map[string]bool) {
	for _, object := range objects(section) {
		name, guid := field(object, "name"), field(object, "guid")
		if guid != "" && (keep[name] || keep[guid]) {
			keep[guid] = true
		}
	}
}

// prune leaves out the objects that mention nothing of what is kept.
func prune(node *yaml.Node, keep map[string]bool) {
	for i := 1; i < len(node.Content); i += 2 {
		switch section := node.Content[i]; section.Kind {
		case yaml.MappingNode:
			prune(section, keep)
		case yaml.SequenceNode:
			before := len(section.Content)
			section.Content = slices.DeleteFunc(section.Content, func(o *yaml.Node) bool { return !mentions(o, keep) })
			left := before - len(section.Content)
			switch comment := fmt.Sprintf("%d not shown", left); {
			case left == 0:
			case len(section.Content) == 0:
				section.Style, section.LineComment = yaml.FlowStyle, comment
			default:
				section.Style, node.Content[i-1].LineComment = 0, comment
			}
		}
	}
}

// objects are the objects in the lists of a snapshot's document.
func objects(node *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for i := 1; i < len(node.Content); i += 2 {
		switch section := node.Content[i]; section.Kind {
		case yaml.MappingNode:
			out = append(out, objects(section)...)
		case yaml.SequenceNode:
			out = append(out, section.Content...)
		}
	}
	return out
}

func field(object *yaml.Node, key string) string {
	for i := 1; object.Kind == yaml.MappingNode && i < len(object.Content); i += 2 {
		if object.Content[i-1].Value == key {
			return object.Content[i].Value
		}
	}
	return ""
}

func mentions(node *yaml.Node, keep map[string]bool) bool {
	if node.Kind == yaml.ScalarNode && keep[node.Value] {
		return true
	}
	return slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return mentions(n, keep) })
}

package evaluator

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// exampleVerdicts are those that a rule can have about a worked example, which is
// judged without waivers, and on a day when the rule counts.
var exampleVerdicts = []Verdict{Pass, Fail, NotEvaluated, NotApplicable, Errored}

func joinVerdicts(verdicts []Verdict) string {
	names := make([]string, len(verdicts))
	for i, v := range verdicts {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}

// keySet is what a mapping may hold: keys, and what may stand below them. Below
// a key without a set of its own may stand anything, as far as keys go.
type keySet map[string]keySet

var exampleObjectKeys = keySet{"resource": nil, "msg": nil}

// exampleKeys are the keys of a file of worked examples.
var exampleKeys = keySet{"examples": {
	"name": nil, "case": nil, "params": nil, "estate": nil, "clients": nil,
	"expect": {"verdict": nil, "findings": exampleObjectKeys, "unknown": exampleObjectKeys, "affects_unknown": nil},
}}

// checkExampleKeys refuses keys that worked examples do not have. Decoding would
// refuse them, too, with the names of Go's types.
func checkExampleKeys(data []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return yamlError(err)
	}
	return exampleKeys.check(&doc)
}

// check goes no deeper than the set does, so a node that holds itself is no trouble.
func (s keySet) check(node *yaml.Node) error {
	switch node = resolved(node); node.Kind {
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, entry := range node.Content {
			if resolved(entry).Kind == yaml.SequenceNode && node.Kind == yaml.SequenceNode {
				continue // decoding refuses a list in a list
			}
			if err := s.check(entry); err != nil {
				return err
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			below, known := s[key.Value]
			switch {
			case key.ShortTag() == "!!merge":
			case !known:
				return noSuchKey(key, s.names())
			case below != nil:
				if err := below.check(value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func (s keySet) names() []string { return slices.Sorted(maps.Keys(s)) }

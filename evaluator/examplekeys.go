package evaluator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"gopkg.in/yaml.v3"
)

// exampleVerdicts are those that a rule can have about a worked example, which is
// judged without waivers, and on a day when the rule counts.
var exampleVerdicts = []result.Verdict{result.Pass, result.Fail, result.NotEvaluated, result.NotApplicable, result.NoSource, result.Errored}

func verdictNames(verdicts []result.Verdict) []string {
	names := make([]string, len(verdicts))
	for i, v := range verdicts {
		names[i] = string(v)
	}
	return names
}

// form is what may stand at a place of a file of worked examples.
type form struct {
	want  string                // in words
	fits  func(*yaml.Node) bool // nil means anything
	keys  map[string]*form      // of an object
	entry *form                 // of a list
}

var (
	textForm    = &form{want: "a text", fits: isScalar}
	booleanForm = &form{want: "true or false", fits: isBoolean}
	anyForm     = &form{}
	objectsForm = &form{
		want: "a list, such as [{resource: Leeds, msg: …}]", fits: isList,
		entry: &form{
			want: "an object, such as {resource: Leeds, msg: …}", fits: isObject,
			keys: map[string]*form{"resource": textForm, "msg": textForm},
		},
	}
	expectForm = &form{want: "an object, such as {verdict: pass}", fits: isObject, keys: map[string]*form{
		"verdict": textForm, "findings": objectsForm, "unknown": objectsForm, "affects_unknown": booleanForm,
	}}
	exampleForm = &form{want: "an object with name, case, estate and expect", fits: isObject, keys: map[string]*form{
		"name": textForm, "case": textForm, "estate": anyForm, "clients": anyForm, "expect": expectForm,
		"params": {want: "an object with parameters and their values, such as {required_packages: []}", fits: isObject},
	}}
	exampleFileForm = &form{want: "an object with the key examples", fits: isObject, keys: map[string]*form{
		"examples": {want: "a list of examples, each of which begins with \"- name:\"", fits: isList, entry: exampleForm},
	}}
)

func isScalar(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode }
func isList(n *yaml.Node) bool   { return n.Kind == yaml.SequenceNode || isNull(n) }
func isObject(n *yaml.Node) bool { return n.Kind == yaml.MappingNode || isNull(n) }
func isNull(n *yaml.Node) bool   { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
func isBoolean(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Decode(new(bool)) == nil
}

// check finds what is of another form. It goes no deeper than the form does, so a
// node that holds itself is no trouble. Decoding would find most of it, too, and
// name Go's types.
func (f *form) check(name string, at *yaml.Node, bad func(*yaml.Node, string)) {
	node := resolved(at)
	if f.fits != nil && !f.fits(node) {
		bad(at, fmt.Sprintf("%s must be %s, not %s", name, f.want, described(node)))
		return
	}
	if f.entry != nil {
		for _, entry := range node.Content {
			f.entry.check("an entry of "+name, entry, bad)
		}
	}
	if f.keys == nil {
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		below, known := f.keys[key.Value]
		switch first, twice := seen[key.Value]; {
		case key.ShortTag() == "!!merge":
		case !known:
			bad(key, fmt.Sprintf("there is no key %q%s", key.Value, rule.Meant(key.Value, slices.Collect(maps.Keys(f.keys)))))
		case twice:
			bad(key, fmt.Sprintf("the key %s stands here twice, first in line %d; remove one", key.Value, first))
		default:
			seen[key.Value] = key.Line
			below.check(key.Value, value, bad)
		}
	}
}

// described names a value with its type, as it would be said.
func described(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "an object"
	}
	kind := map[string]string{"!!int": "number", "!!float": "number", "!!bool": "boolean"}[node.ShortTag()]
	switch {
	case kind != "":
		return "the " + kind + " " + node.Value
	case isNull(node):
		return "null"
	}
	return fmt.Sprintf("the text %q", shortened(node.Value))
}

// shortened keeps long texts out of messages.
func shortened(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

package evaluator

import (
	"bytes"
	"context"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Example is a worked example of a rule: a small snapshot, and what the rule
// says about it. policies/README.md describes the file.
type Example struct {
	// What the case is, in words; unique in its file.
	Name string
	// Kind of case; see [ExampleCases].
	Case string
	// Parameters of the rules that differ from the pack's; may be left out.
	Params map[string]yaml.Node
	// The estate of the snapshot.
	Estate yaml.Node
	// The clients of the snapshot; may be left out.
	Clients yaml.Node
	// What the rule says.
	Expect Expectation
	// File that it stands in, and the line at which it begins.
	File string `yaml:"-"`
	Line int    `yaml:"-"`

	node *yaml.Node // in the file
	text string     // of the file
}

// Expectation is what a rule says about an example.
type Expectation struct {
	Verdict  result.Verdict
	Findings []ExampleObject `yaml:",omitempty"`
	Unknown  []ExampleObject `yaml:",omitempty"`
	// Whether it is not known which clients the findings can harm.
	AffectsUnknown bool `yaml:"affects_unknown,omitempty"`
	// Why the rule has no full verdict, in words; examples do not say it.
	Reasons []string `yaml:"-"`
}

// ExampleObject is an object that was found, or could not be judged.
type ExampleObject struct {
	Resource string
	Msg      string
}

// ExampleCases are the kinds of case that every rule has examples of.
var ExampleCases = []string{"healthy", "broken", "unknown", "missing"}

// Document is the example's snapshot as a YAML document.
func (e *Example) Document() ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	left := maxExpanded
	if err := enc.Encode(expanded(e.snapshot(), &left)); err != nil {
		return nil, fmt.Errorf("worked example %q: %w", e.Name, err)
	}
	return out.Bytes(), nil
}

// maxExpanded bounds how much aliases may make of a file.
const maxExpanded = 100_000

// expanded is a node in which aliases are replaced by what they stand for, as
// long as there are nodes left.
func expanded(node *yaml.Node, left *int) *yaml.Node {
	if *left--; *left < 0 {
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "…"}
	}
	whole := *resolved(node)
	whole.Anchor = ""
	whole.Content = make([]*yaml.Node, len(whole.Content))
	for i, n := range resolved(node).Content {
		whole.Content[i] = expanded(n, left)
	}
	return &whole
}

// snapshot is the example's snapshot as it stands in its file.
func (e *Example) snapshot() *yaml.Node {
	doc := &yaml.Node{Kind: yaml.MappingNode, Line: e.Line}
	add := func(key string, value *yaml.Node) {
		doc.Content = append(doc.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key, Line: value.Line, Column: value.Column}, value)
	}
	add("estate", &e.Estate)
	if !e.Clients.IsZero() {
		add("clients", &e.Clients)
	}
	return doc
}

// Run judges the example by a pack and tells what one rule of it says, once the
// rule counts: an example must not come out otherwise on another day.
func (e *Example) Run(ctx context.Context, pack *rule.Pack, rule string) (Expectation, error) {
	var got Expectation
	snap, err := snapshot.NewYAMLReader(e.snapshot(), e.File)
	if err != nil {
		return got, e.snapshotFlaws(err)
	}
	if pack, err = e.packFor(pack); err != nil {
		return got, err
	}
	result, err := judgeBy(ctx, pack, snap, rule)
	if err != nil {
		return got, err
	}
	defer result.Close()
	for _, r := range result.Rules {
		if r.ID != rule {
			continue
		}
		got.Verdict = r.Verdict
		for _, reason := range r.Reasons {
			got.Reasons = append(got.Reasons, reason.Msg)
		}
		got.AffectsUnknown = len(r.AffectsUnknown) > 0
		for _, u := range r.Unknown {
			for _, o := range u.Sample {
				got.Unknown = append(got.Unknown, ExampleObject{o.Name, u.Msg})
			}
		}
	}
	for f, err := range result.Findings() {
		if err != nil {
			return got, err
		}
		if f.Rule == rule {
			got.Findings = append(got.Findings, ExampleObject{f.Resource.Name, f.Msg})
		}
	}
	return got, nil
}

// maxNamed is how many objects an example may expect that cannot be judged for one
// reason.
const maxNamed = 10_000

// judgeBy judges a snapshot by one rule of a pack, on the day from which it
// counts.
func judgeBy(ctx context.Context, pack *rule.Pack, snap Snapshot, id string) (*result.Result, error) {
	rule, ok := pack.Rule(id)
	if !ok {
		return nil, fmt.Errorf("there is no rule %s", id)
	}
	r, err := newRun(ctx, pack, snap, Options{AsOf: rule.EffectiveOn})
	if err != nil {
		return nil, err
	}
	r.only, r.named = pack.TriedWith(rule), maxNamed
	return r.judge()
}

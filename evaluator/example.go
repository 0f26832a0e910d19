package evaluator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

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
	// Line of its file at which it begins.
	Line int `yaml:"-"`
}

// Expectation is what a rule says about an example.
type Expectation struct {
	Verdict  Verdict
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

// ReadExamples reads a file of worked examples; of an empty one there are none.
func ReadExamples(data []byte) ([]Example, error) {
	if err := checkExampleKeys(data); err != nil {
		return nil, fmt.Errorf("read worked examples: %w", err)
	}
	var file exampleFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read worked examples: %w", yamlError(err))
	}
	if err := file.setLines(data); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, e := range file.Examples {
		switch {
		case e.Name == "" || names[e.Name]:
			return nil, fmt.Errorf("worked example %q: give every example a name of its own", e.Name)
		case !slices.Contains(ExampleCases, e.Case):
			return nil, fmt.Errorf("worked example %q: case %q is none of %s", e.Name, e.Case, strings.Join(ExampleCases, ", "))
		case e.Expect.Verdict != "" && !slices.Contains(exampleVerdicts, e.Expect.Verdict):
			return nil, fmt.Errorf("worked example %q: verdict %q is none of %s", e.Name, e.Expect.Verdict, joinVerdicts(exampleVerdicts))
		case e.Estate.IsZero():
			return nil, fmt.Errorf("worked example %q: it has no estate; write \"estate: {}\" where the rule reads clients alone", e.Name)
		}
		names[e.Name] = true
	}
	return file.Examples, nil
}

type exampleFile struct{ Examples []Example }

// setLines notes where each example begins.
func (f *exampleFile) setLines(data []byte) error {
	var nodes struct{ Examples []yaml.Node }
	if err := yaml.Unmarshal(data, &nodes); err != nil {
		return fmt.Errorf("read worked examples: %w", err)
	}
	for i := range f.Examples {
		f.Examples[i].Line = nodes.Examples[i].Line
	}
	return nil
}

// Document is the example's snapshot as a YAML document.
func (e *Example) Document() ([]byte, error) {
	doc := yaml.Node{Kind: yaml.MappingNode}
	add := func(key string, value *yaml.Node) {
		doc.Content = append(doc.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	add("estate", &e.Estate)
	if !e.Clients.IsZero() {
		add("clients", &e.Clients)
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, fmt.Errorf("worked example %q: %w", e.Name, err)
	}
	return out.Bytes(), nil
}

// Run judges the example by a pack and tells what one rule of it says, once the
// rule counts: an example must not come out otherwise on another day.
func (e *Example) Run(ctx context.Context, pack *Pack, rule string) (Expectation, error) {
	var got Expectation
	doc, err := e.Document()
	if err != nil {
		return got, err
	}
	snap, err := snapshot.NewReader(bytes.NewReader(doc), e.Name)
	if err != nil {
		return got, err
	}
	pack, err = pack.withParams(e.Params)
	if err != nil {
		return got, fmt.Errorf("worked example %q: %w", e.Name, err)
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

// judgeBy judges a snapshot by one rule of a pack, on the day from which it
// counts.
func judgeBy(ctx context.Context, pack *Pack, snap Snapshot, id string) (*Result, error) {
	rule, ok := pack.Rule(id)
	if !ok {
		return nil, fmt.Errorf("there is no rule %s", id)
	}
	r, err := newRun(ctx, pack, snap, Options{AsOf: rule.EffectiveOn})
	if err != nil {
		return nil, err
	}
	r.only = pack.triedWith(rule)
	return r.judge()
}

package evaluator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/nscheck/nscheck/snapshot"
)

// clientInput is one client as rules see it.
type clientInput struct {
	client   snapshot.Client
	location *snapshot.Location // nil where the addresses were not collected
	fields   map[string]any
	value    ast.Value
}

// readClient decodes a client's line and adds its location.
func readClient(raw []byte, nets *networks) (*clientInput, error) {
	in := &clientInput{}
	if err := json.Unmarshal(raw, &in.client); err != nil {
		return nil, err
	}
	if err := util.NewJSONDecoder(bytes.NewReader(raw)).Decode(&in.fields); err != nil {
		return nil, err
	}
	delete(in.fields, "kind")
	delete(in.fields, "location")
	if in.client.Addresses != nil {
		in.location = nets.locate(in.client.Addresses)
		doc, err := jsonDocument(in.location)
		if err != nil {
			return nil, err
		}
		in.fields["location"] = doc
	}
	value, err := ast.InterfaceToValue(in.fields)
	in.value = value
	return in, err
}

// clientRule judges clients by one rule.
type clientRule struct {
	index int // position in Pack.Rules
	rule  *Rule
	query *query
	needs []string // fields that a client must have to be judged
	tally []string // fields that a client must have to be counted
	state *ruleState
}

func (e *engine) prepareClientRule(ctx context.Context, index int, state *ruleState) (*clientRule, error) {
	r := e.pack.Rules[index]
	q, err := e.prepare(ctx, r.Package, r.outputs)
	if err != nil {
		return nil, err
	}
	return &clientRule{
		index: index, rule: r, query: q, state: state,
		needs: slices.Sorted(maps.Keys(r.needs.client)),
		tally: slices.Sorted(maps.Keys(r.tallies.client)),
	}, nil
}

// judge evaluates the rule on one client. A client that lacks a field which
// the rule reads is unknown: in Rego the missing field would be undefined, and
// so "no violation".
func (c *clientRule) judge(ctx context.Context, in *clientInput) (outcome, error) {
	sets, err := c.query.eval(ctx, in.value)
	if err != nil {
		return outcome{}, err
	}
	out, err := readOutcome(c.rule, sets)
	if err != nil {
		return outcome{}, err
	}
	if field, ok := in.lacks(c.needs); ok {
		out.violations = nil
		out.unknown = []detail{{Msg: fmt.Sprintf("section %q was not collected", field)}}
	}
	if field, ok := in.lacks(c.tally); ok && len(c.tally) > 0 {
		out.tally = nil
		out.uncounted = field
	}
	return out, nil
}

// lacks finds the first of the fields that was not collected for the client.
func (in *clientInput) lacks(fields []string) (string, bool) {
	for _, field := range fields {
		if _, ok := in.fields[field]; !ok && clientSections[field] != "" {
			return field, true
		}
	}
	return "", false
}

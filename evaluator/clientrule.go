package evaluator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// clientInput is one client as rules see it, decoded in full.
type clientInput struct {
	client   snapshot.Client
	location *snapshot.Location // nil where the addresses were not collected
	fields   map[string]any
	value    ast.Value
}

// readClient decodes a client's line and adds its location.
func readClient(raw []byte, nets *Networks) (*clientInput, error) {
	in := &clientInput{}
	if err := json.Unmarshal(raw, &in.client); err != nil {
		return nil, err
	}
	if err := util.NewJSONDecoder(bytes.NewReader(raw)).Decode(&in.fields); err != nil {
		return nil, err
	}
	delete(in.fields, "kind")
	if in.client.Addresses != nil {
		in.location = nets.locate(in.client.Addresses)
	}
	if err := in.compute("location", in.location, in.location != nil); err != nil {
		return nil, err
	}
	events := eventsOf(in.client.Packages)
	if err := in.compute("events", events, events != nil); err != nil {
		return nil, err
	}
	value, err := ast.InterfaceToValue(in.fields)
	in.value = value
	return in, err
}

// compute sets a field that is no part of a snapshot.
func (in *clientInput) compute(name string, value any, known bool) error {
	delete(in.fields, name)
	if !known {
		return nil
	}
	doc, err := rule.ToDocument(value)
	in.fields[name] = doc
	return err
}

// clientRule judges clients by one rule.
type clientRule struct {
	index int // position in Pack.Rules
	rule  *rule.Rule
	program
	needs []section // what a client must have to be judged
	tally []countedGroup
}

// countedGroup is a clause of a tally, with what a client must have to be counted.
type countedGroup struct {
	keys     rule.TallyKeys
	sections []section
	missing  bool // sections of the estate, so that nobody is counted
}

// drop leaves out of a tally what the clause counts, and lists its keys.
func (g *countedGroup) drop(tally [][]string) (rest [][]string, keys []string) {
	if g.keys.Any {
		return nil, []string{""}
	}
	rest = slices.DeleteFunc(slices.Clone(tally), func(key []string) bool { return g.keys.Named[key[0]] })
	return rest, slices.Sorted(maps.Keys(g.keys.Named))
}

// section is a part of a client that a rule cannot do without.
type section struct {
	name   string           // the field's name in a client
	fields []snapshot.Field // a record has one of them if the section was collected
}

// runs are the runs of packages. Only if not all of them were read is a client
// without any of them one that lacks the section.
var runs = func() section {
	s := section{name: "packages.last_run"}
	for _, role := range snapshot.ClientFields.Child("packages").Children {
		s.fields = append(s.fields, role.Child("last_run").Field)
	}
	return s
}()

func (r *run) prepareClientRule(ctx context.Context, index int) (*clientRule, error) {
	c, err := r.engine.prepareClientRule(ctx, index, r.coll.sections[rule.LastRunSection].Status == snapshot.Partial)
	if err != nil {
		return nil, err
	}
	for i, g := range c.rule.Groups {
		c.tally[i].missing = r.missingGroup(&g)
	}
	return c, nil
}

func (e *engine) prepareClientRule(ctx context.Context, index int, runsMissing bool) (*clientRule, error) {
	r := e.pack.Rules[index]
	c := &clientRule{index: index, rule: r, needs: sectionsOf(&r.VerdictNeeds, runsMissing)}
	counted := []section{}
	for _, g := range r.Groups {
		group := countedGroup{keys: g.Keys, sections: sectionsOf(&g.Needs, runsMissing)}
		c.tally, counted = append(c.tally, group), append(counted, group.sections...)
	}
	if r.SwitchedOff != nil {
		c.needs = nil // it only counts
	}
	var err error
	c.program, err = e.prepareProgram(ctx, r.Package, rule.Sets(r.Asked()))
	for _, s := range slices.Concat(c.needs, counted) {
		for _, f := range s.fields {
			c.program.hostReads(f)
		}
	}
	return c, err
}

// sectionsOf finds the sections of a client that a rule reads.
func sectionsOf(n *rule.Needs, runsMissing bool) []section {
	var out []section
	for _, name := range slices.Sorted(maps.Keys(n.Client)) {
		switch {
		case rule.ClientSections[name] == "":
		case snapshot.Computed[name] != "":
			name = snapshot.Computed[name]
			fallthrough
		default:
			s := section{name, []snapshot.Field{snapshot.ClientFields.Child(name).Field}}
			if !slices.ContainsFunc(out, func(o section) bool { return o.name == name }) {
				out = append(out, s)
			}
		}
	}
	if runsMissing && n.Fields.Subsections()[rule.LastRunSection] {
		out = append(out, runs)
	}
	return out
}

// judge reads what the rule says about one client. A client that lacks a
// section which the rule reads is unknown: in Rego the missing field would be
// undefined, and so "no violation".
func (c *clientRule) judge(sets map[string]any, has func(snapshot.Field) bool) (outcome, error) {
	out, err := readOutcome(c.rule, sets)
	if err != nil {
		return outcome{}, err
	}
	if s, ok := lacks(c.needs, has); ok {
		out.violations = nil
		out.unknown = []detail{{Msg: lackMsg(s)}}
	}
	for i := range c.tally {
		g := &c.tally[i]
		if s, ok := lacks(g.sections, has); ok || g.missing {
			var keys []string
			if out.tally, keys = g.drop(out.tally); ok && !g.missing {
				out.uncounted = cmp.Or(out.uncounted, s)
				out.leftOut = append(out.leftOut, keys...)
			}
		}
	}
	slices.Sort(out.leftOut)
	out.leftOut = slices.Compact(out.leftOut)
	return out, nil
}

// lackMsg says that a client lacks a section.
func lackMsg(section string) string { return fmt.Sprintf("section %q was not collected", section) }

// lacks finds the first of the sections that was not collected for a client.
func lacks(sections []section, has func(snapshot.Field) bool) (string, bool) {
	for _, s := range sections {
		if !slices.ContainsFunc(s.fields, has) {
			return s.name, true
		}
	}
	return "", false
}

// has tells whether a section was collected for the client.
func (in *clientInput) has(f snapshot.Field) bool {
	var value any = in.fields
	for _, name := range rule.FieldPaths[f] {
		object, _ := value.(map[string]any)
		var ok bool
		if value, ok = object[name]; !ok {
			return false
		}
	}
	return true
}

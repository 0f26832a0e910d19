package probe

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// Candidate is an object, or columns of one, that could replace something missing.
type Candidate struct {
	// Object is a table or view of the database.
	Object string `json:"object"`
	Kind   string `json:"kind"`
	// Replaces is the missing object; empty if the candidate could fill the section
	// by itself.
	Replaces string `json:"replaces,omitempty"`
	// Columns of the candidate, by the column that each replaces: of the missing
	// object, or of the section.
	Columns map[string]string `json:"columns"`
	// Reason explains why it is a candidate.
	Reason string `json:"reason"`

	score    int
	complete bool // it has a column for each that is needed
	name     tsql.Name
}

// shownCandidates is the number of candidates shown of each kind for each section.
const shownCandidates = 3

// findCandidates finds candidates for whatever is missing.
func (p *prober) findCandidates(ctx context.Context) {
	missing := func(s Section) bool { return s.Status == ObjectMissing || s.Status == ColumnMissing }
	if !slices.ContainsFunc(p.report.Sections, missing) {
		return
	}
	objects := p.lookInCatalogue(ctx)
	if len(objects) == 0 {
		return
	}
	var modules map[string]module
	if slices.ContainsFunc(p.report.Sections, func(s Section) bool { return missing(s) && strings.Contains(s.Name, "subnet") }) {
		modules = p.subnetModules(ctx)
	}
	for i := range p.report.Sections {
		if s := &p.report.Sections[i]; missing(*s) {
			s.Candidates = p.candidates(s, objects, modules)
		}
	}
}

func (p *prober) candidates(s *Section, objects []*table, modules map[string]module) []Candidate {
	objects = withoutFaulty(objects, s.Objects)
	whole := p.rank(wantedBySection(s.Name), objects, modules)
	if len(whole) > 0 && whole[0].complete && s.Status == ObjectMissing {
		return whole
	}
	var all []Candidate
	for _, o := range p.report.bindings[s.Name].Objects {
		i := slices.IndexFunc(s.Objects, func(bad Object) bool { return bad.Name == o.Name })
		if i < 0 {
			continue
		}
		switch s.Objects[i].Status {
		case ObjectMissing:
			all = append(all, p.rank(wantedByObject(o), objects, modules)...)
		case ColumnMissing:
			all = append(all, p.otherColumns(o.Name, s.Objects[i].Columns, objects)...)
		}
	}
	for _, c := range whole {
		if !slices.ContainsFunc(all, func(other Candidate) bool { return other.Object == c.Object }) {
			all = append(all, c)
		}
	}
	return all
}

// withoutFaulty leaves out the faulty objects and columns. A catalogue may list what
// cannot be read.
func withoutFaulty(objects []*table, bad []Object) []*table {
	var rest []*table
	for _, o := range objects {
		one := *o
		for _, b := range bad {
			name, ok := tsql.ParseName(b.Name)
			if !ok || !strings.EqualFold(name[len(name)-1], o.name) {
				continue
			}
			one.columns = slices.DeleteFunc(slices.Clone(o.columns), func(c tableColumn) bool {
				return b.Status == ObjectMissing || slices.ContainsFunc(b.Columns, func(name string) bool { return strings.EqualFold(name, c.name) })
			})
		}
		if len(one.columns) > 0 {
			rest = append(rest, &one)
		}
	}
	return rest
}

// knownObjects are those that shipped bindings read, in lower case. Their content is
// known, so they are candidates for something else only if their own columns suggest
// it.
var knownObjects = sync.OnceValue(func() map[string]bool {
	known := make(map[string]bool)
	for _, b := range binding.All() {
		for _, o := range b.Objects {
			known[strings.ToLower(o.Name)] = true
		}
	}
	return known
})

// rank returns the best candidates.
func (p *prober) rank(w wanted, objects []*table, modules map[string]module) []Candidate {
	var found []Candidate
	for _, o := range objects {
		if !strings.EqualFold(o.schema, p.catalogue.schema) {
			continue // a binding cannot read it
		}
		c, ok := w.match(o)
		if !ok {
			continue
		}
		c.Object, c.Kind, c.name = p.catalogue.shownName(o), o.kind, tsql.Name{o.name}
		columns, lacking := []string{}, []string{}
		for _, column := range w.columns {
			if to, ok := c.Columns[column.name]; ok {
				columns = append(columns, to)
			} else {
				lacking = append(lacking, column.name)
			}
		}
		c.Reason = reason(o, c.Object, columns, lacking)
		if _, ok := modules[strings.ToLower(o.schema+"."+o.name)]; ok && w.about["subnet"] {
			c.score += 3
			c.Reason += ", and it uses " + subnetFunction
		}
		found = append(found, c)
	}
	slices.SortStableFunc(found, func(a, b Candidate) int {
		return cmp.Or(-compareBool(a.complete, b.complete), b.score-a.score, strings.Compare(a.Object, b.Object))
	})
	return found[:min(len(found), shownCandidates)]
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// otherColumns ranks an object's columns as replacements of those it lacks.
func (p *prober) otherColumns(name string, missing []string, objects []*table) []Candidate {
	parts, ok := tsql.ParseName(name)
	if !ok {
		return nil
	}
	at := slices.IndexFunc(objects, func(o *table) bool { return strings.EqualFold(o.name, parts[len(parts)-1]) })
	if at < 0 {
		return nil
	}
	o := objects[at]
	var all []Candidate
	for _, column := range missing {
		w := wantedColumn{name: column, tokens: tokens(column), kind: kindByName(column)}
		var found []Candidate
		for _, c := range o.columns {
			if score := w.scoreSimilar(c, tokens(o.name)); score > 0 {
				found = append(found, Candidate{
					Object: p.catalogue.shownName(o), Kind: o.kind, Replaces: name, Columns: map[string]string{column: c.name},
					Reason: reason(o, p.catalogue.shownName(o), []string{c.name}, nil) + " in place of " + tsql.Name{column}.Plain(), score: score, complete: true,
				})
			}
		}
		slices.SortStableFunc(found, func(a, b Candidate) int { return b.score - a.score })
		all = append(all, found[:min(len(found), shownCandidates)]...)
	}
	return all
}

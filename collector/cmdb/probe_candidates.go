package cmdb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// Candidate is an object, or columns of one, that could take the place of
// something missing.
type Candidate struct {
	// Object is a table or view of the database.
	Object string `json:"object"`
	Kind   string `json:"kind"`
	// Replaces is the object that is missing; empty where the candidate could
	// fill the section by itself.
	Replaces string `json:"replaces,omitempty"`
	// Columns of the candidate, by what they stand for: columns of the missing
	// object, or of the section.
	Columns map[string]string `json:"columns"`
	// Reason says why it is a candidate.
	Reason string `json:"reason"`

	score    int
	complete bool // it has a column for each that is needed
	name     tsql.Name
}

// shownCandidates is how many are named of each kind for each section.
const shownCandidates = 3

// findCandidates looks for candidates where something is missing.
func (p *prober) findCandidates(ctx context.Context) {
	missing := func(s ProbedSection) bool { return s.Status == ObjectMissing || s.Status == ColumnMissing }
	if !slices.ContainsFunc(p.report.Sections, missing) {
		return
	}
	objects := p.lookInCatalogue(ctx)
	if len(objects) == 0 {
		return
	}
	var modules map[string]module
	if slices.ContainsFunc(p.report.Sections, func(s ProbedSection) bool { return missing(s) && strings.Contains(s.Name, "subnet") }) {
		modules = p.subnetModules(ctx)
	}
	for i := range p.report.Sections {
		if s := &p.report.Sections[i]; missing(*s) {
			s.Candidates = p.candidates(s, objects, modules)
		}
	}
}

func (p *prober) candidates(s *ProbedSection, objects []*object, modules map[string]module) []Candidate {
	objects = without(objects, s.Objects)
	whole := p.rank(wantedBySection(s.Name), objects, modules)
	if len(whole) > 0 && whole[0].complete && s.Status == ObjectMissing {
		return whole
	}
	var all []Candidate
	for _, o := range p.bindings[s.Name].Objects {
		i := slices.IndexFunc(s.Objects, func(bad ProbedObject) bool { return bad.Name == o.Name })
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

// without leaves out the objects and columns in trouble: a catalogue may list
// what cannot be read.
func without(objects []*object, bad []ProbedObject) []*object {
	var rest []*object
	for _, o := range objects {
		one := *o
		for _, b := range bad {
			name, ok := tsql.ParseName(b.Name)
			if !ok || !strings.EqualFold(name[len(name)-1], o.name) {
				continue
			}
			one.columns = slices.DeleteFunc(slices.Clone(o.columns), func(c objectColumn) bool {
				return b.Status == ObjectMissing || slices.ContainsFunc(b.Columns, func(name string) bool { return strings.EqualFold(name, c.name) })
			})
		}
		if len(one.columns) > 0 {
			rest = append(rest, &one)
		}
	}
	return rest
}

// knownObjects are those that shipped bindings read, in lower case. What they
// hold is known, so they are candidates for something else only where their
// columns say so themselves.
var knownObjects = sync.OnceValue(func() map[string]bool {
	known := make(map[string]bool)
	for _, b := range Bindings() {
		for _, o := range b.Objects {
			known[strings.ToLower(o.Name)] = true
		}
	}
	return known
})

// rank gives the best candidates for what is wanted.
func (p *prober) rank(w wanted, objects []*object, modules map[string]module) []Candidate {
	var found []Candidate
	for _, o := range objects {
		c, ok := w.fit(o)
		if !ok {
			continue
		}
		c.Object, c.Kind = p.catalogue.text(o), o.kind
		if c.name = (tsql.Name{o.name}); c.Object != c.name.Plain() {
			c.name = tsql.Name{o.schema, o.name}
		}
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
func (p *prober) otherColumns(name string, missing []string, objects []*object) []Candidate {
	parts, ok := tsql.ParseName(name)
	if !ok {
		return nil
	}
	at := slices.IndexFunc(objects, func(o *object) bool { return strings.EqualFold(o.name, parts[len(parts)-1]) })
	if at < 0 {
		return nil
	}
	o := objects[at]
	var all []Candidate
	for _, column := range missing {
		w := wantedColumn{name: column, tokens: tokens(column), kind: kindByName(column)}
		var found []Candidate
		for _, c := range o.columns {
			if score := w.similar(c, tokens(o.name)); score > 0 {
				found = append(found, Candidate{
					Object: p.catalogue.text(o), Kind: o.kind, Replaces: name, Columns: map[string]string{column: c.name},
					Reason: reason(o, p.catalogue.text(o), []string{c.name}, nil) + " in place of " + tsql.Name{column}.Plain(), score: score, complete: true,
				})
			}
		}
		slices.SortStableFunc(found, func(a, b Candidate) int { return b.score - a.score })
		all = append(all, found[:min(len(found), shownCandidates)]...)
	}
	return all
}

// wanted is what a candidate must have.
type wanted struct {
	replaces string
	about    map[string]bool // the words that name what its rows are
	columns  []wantedColumn
}

type wantedColumn struct {
	name   string
	tokens map[string]bool
	kind   kind
	key    bool // without it an object is no candidate
}

// wantedBySection is what an object must have to fill a section by itself.
func wantedBySection(section string) wanted {
	about := tokens(cmp.Or(parent(section), section))
	maps.Copy(about, aliasesOf(about))
	w := wanted{about: maps.Clone(about)}
	if parent(section) != "" {
		maps.Copy(w.about, tokens(strings.TrimPrefix(section, parent(section)+".")))
	}
	for _, c := range sectionColumns()[section] {
		column := wantedColumn{name: c.name, kind: c.kind, tokens: tokens(c.name), key: c.kind == guidKind}
		switch c.name {
		case "guid", "key":
			column.tokens = maps.Clone(about)
			column.tokens["guid"] = true
		default:
			maps.Copy(column.tokens, aliasesOf(column.tokens))
			if c.kind == guidKind {
				column.tokens["guid"] = true
			}
		}
		w.columns = append(w.columns, column)
	}
	return w
}

// wantedByObject is what an object must have to take the place of another.
func wantedByObject(o Object) wanted {
	name := o.Name
	if parts, ok := tsql.ParseName(name); ok {
		name = parts[len(parts)-1]
	}
	w := wanted{replaces: o.Name, about: tokens(name)}
	for _, c := range o.Columns {
		column := wantedColumn{name: c.Name, tokens: tokens(c.Name), kind: kindByName(c.Name)}
		column.key = column.kind == guidKind
		w.columns = append(w.columns, column)
	}
	return w
}

// fit matches an object's columns with those wanted.
func (w *wanted) fit(o *object) (Candidate, bool) {
	c := Candidate{Replaces: w.replaces, Columns: make(map[string]string), complete: true}
	own := tokens(o.name)
	shared := 0
	for token := range own {
		if w.about[token] {
			shared++
		}
	}
	taken, strong, weak := make(map[string]bool), false, false
	for _, want := range w.columns {
		best, at := 0, ""
		for _, column := range o.columns {
			score := want.similar(column, own)
			if w.replaces != "" {
				score = max(score, want.same(column, w.about))
			}
			if score > best && !taken[column.name] {
				best, at = score, column.name
			}
		}
		if best == 0 {
			if c.complete = false; want.key {
				return c, false
			}
			continue
		}
		strong, weak = strong || best >= sharedWord, weak || best < sharedWord
		taken[at], c.Columns[want.name] = true, at
		c.score += 2 * best
	}
	if knownObjects()[strings.ToLower(o.name)] && (weak || !c.complete) {
		return c, false
	}
	c.score += 3*shared - len(own)/3
	enough := 2*len(c.Columns) >= len(w.columns) && len(c.Columns) > 0
	if w.replaces == "" {
		return c, enough && (c.complete && (shared > 0 || strong) || shared > 0 && strong)
	}
	return c, enough && shared > 0
}

// How like a column is to one wanted.
const (
	bareWord   = 1 // a key or name without more
	ownWord    = 2 // a key or name whose object is about what is wanted
	sharedWord = 3
	sameName   = 4
)

// similar compares a column with the words of the one that is wanted.
func (w *wantedColumn) similar(c objectColumn, object map[string]bool) int {
	own := tokens(c.name)
	if !typeFits(w.kind, c.dataType) || w.kind == guidKind && !own["guid"] && c.dataType != "uniqueidentifier" {
		return 0
	}
	rest, shared, objectShares := 0, 0, false
	for token := range own {
		if token == "guid" || token == "name" {
			continue
		}
		if rest++; w.tokens[token] {
			shared++
		}
	}
	for token := range object {
		objectShares = objectShares || w.tokens[token]
	}
	generic := own["guid"] && w.tokens["guid"] || own["name"] && w.tokens["name"]
	switch {
	case shared > 0 && shared < rest && w.kind == guidKind:
		return ownWord // it is about something else too
	case shared > 0:
		return sharedWord
	case rest > 0 && !(generic && own["name"]):
		return 0 // about something else
	case generic && objectShares:
		return ownWord
	case generic:
		return bareWord
	}
	return 0
}

// same compares a column with one of the missing object: the same name, or the
// same with the object's own words before it, as SiteGuid for Guid.
func (w *wantedColumn) same(c objectColumn, about map[string]bool) int {
	if !typeFits(w.kind, c.dataType) {
		return 0
	}
	if strings.EqualFold(c.name, w.name) {
		return sameName
	}
	own := tokens(c.name)
	maps.DeleteFunc(own, func(token string, _ bool) bool { return about[token] && !w.tokens[token] })
	switch {
	case maps.Equal(own, w.tokens):
		return sharedWord
	case len(own) == 0 && w.tokens["name"]:
		return ownWord // such as Subnet for the Name of a subnet
	}
	return 0
}

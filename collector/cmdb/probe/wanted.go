package probe

import (
	"cmp"
	"maps"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// wanted describes what a candidate must have.
type wanted struct {
	replaces string
	about    map[string]bool // the words that name what its rows are
	columns  []wantedColumn
}

type wantedColumn struct {
	name   string
	tokens map[string]bool
	kind   binding.Kind
	key    bool // without it an object is no candidate
}

// wantedBySection describes what an object must have to fill a section by itself.
func wantedBySection(section string) wanted {
	about := tokens(cmp.Or(binding.Parent(section), section))
	maps.Copy(about, aliasesOf(about))
	w := wanted{about: maps.Clone(about)}
	if binding.Parent(section) != "" {
		maps.Copy(w.about, tokens(strings.TrimPrefix(section, binding.Parent(section)+".")))
	}
	for _, c := range binding.ColumnsOf(section) {
		column := wantedColumn{name: c.Name, kind: c.Kind, tokens: tokens(c.Name), key: c.Kind == binding.GUID}
		switch c.Name {
		case "guid", "key":
			column.tokens = maps.Clone(about)
			column.tokens["guid"] = true
		default:
			maps.Copy(column.tokens, aliasesOf(column.tokens))
			if c.Kind == binding.GUID {
				column.tokens["guid"] = true
			}
		}
		w.columns = append(w.columns, column)
	}
	return w
}

// wantedByObject describes what an object must have to replace another.
func wantedByObject(o binding.Object) wanted {
	name := o.Name
	if parts, ok := tsql.ParseName(name); ok {
		name = parts[len(parts)-1]
	}
	w := wanted{replaces: o.Name, about: tokens(name)}
	for _, c := range o.Columns {
		column := wantedColumn{name: c.Name, tokens: tokens(c.Name), kind: kindByName(c.Name)}
		column.key = column.kind == binding.GUID
		w.columns = append(w.columns, column)
	}
	return w
}

// match matches an object's columns with those wanted.
func (w *wanted) match(o *table) (Candidate, bool) {
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
			score := want.scoreSimilar(column, own)
			if w.replaces != "" {
				score = max(score, want.scoreSameName(column, w.about))
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
	if knownObjects()[strings.ToLower(o.name)] && (weak || !c.complete || !isSpecific(taken)) {
		return c, false
	}
	c.score += 3*shared - len(own)/3
	enough := 2*len(c.Columns) >= len(w.columns) && len(c.Columns) > 0
	if w.replaces == "" {
		return c, enough && (c.complete && (shared > 0 || strong) || shared > 0 && strong)
	}
	return c, enough && shared > 0
}

// isSpecific reports whether one of the columns shows what the object is about. Every
// object has a key and a name.
func isSpecific(columns map[string]bool) bool {
	for column := range columns {
		for token := range tokens(column) {
			if token != "guid" && token != "name" {
				return true
			}
		}
	}
	return false
}

// Similarity of a column and one that is wanted.
const (
	bareWord   = 1 // a key or name without more
	ownWord    = 2 // a key or name whose object is about what is wanted
	sharedWord = 3
	sameName   = 4
)

// scoreSimilar compares a column with the words of the one that is wanted.
func (w *wantedColumn) scoreSimilar(c tableColumn, object map[string]bool) int {
	own := tokens(c.name)
	if !typeFits(w.kind, c.dataType) || w.kind == binding.GUID && !own["guid"] && c.dataType != "uniqueidentifier" {
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
	case shared > 0 && shared < rest && w.kind == binding.GUID:
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

// scoreSameName compares a column with one of the missing object: the same name, or
// the same with the object's own words before it, as SiteGuid for Guid.
func (w *wantedColumn) scoreSameName(c tableColumn, about map[string]bool) int {
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

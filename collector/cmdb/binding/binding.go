// Package binding has what fills each section of a snapshot: the shipped queries with
// their head comments, the columns of every section, the bindings of users, and the
// XPaths that find settings in the XML of an item.
package binding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/antchfx/xpath"
)

// Mark ranks the evidence for a name or value.
type Mark byte

// The marks, weakest first.
const (
	Recollected Mark = 'R' // seen in no source
	Inferred    Mark = 'I' // inferred from the others
	Public      Mark = 'P' // vendor knowledge base, SDK help, SQL of public admin tools
	Article     Mark = 'A' // in TECH170397
)

const marks = "RIPA"

// Binding says how one section is filled: a SELECT statement, and in its head
// comment what it fills, which columns it returns, what it relies on and with
// what evidence. The head comment is the only source of these:
//
//	-- section: NAME
//	-- fills: TEXT
//	-- versions: RANGE                       (of the product; absent: any)
//	-- empty: TEXT                           (when it is right that there are no rows)
//	-- column: NAME: TEXT
//	-- field: PATH: COLUMN, COLUMN           (of a snapshot, as rules read it; * is any name)
//	-- parameter: NAME: TEXT
//	-- object: NAME: COLUMN, COLUMN (MARK); COLUMN (MARK)
//	-- value: TEXT (MARK): TEXT            (what it means; may be left out)
//	-- xpath: NAME (MARK): EXPRESSION
//	-- map: COLUMN (MARK): FROM = TO, FROM = TO
type Binding struct {
	// Section is its name in the manifest.
	Section string
	// Fills describes the section.
	Fills string
	// Versions of the product that it is for, such as ">=8.5"; empty: any.
	Versions string
	// Empty explains when an answer without rows is right; empty if there must always
	// be rows.
	Empty string
	// Query is the whole text, head comment included.
	Query string
	// Columns that the query must return, in any order.
	Columns []string
	// Fields of a snapshot that are made of the columns.
	Fields []BoundField
	// Parameters of the query, without the @.
	Parameters []string
	// Objects are the tables and views that it reads.
	Objects []Object
	// Values are names and GUIDs that it relies on.
	Values []Value
	// XPaths find the settings that are read from an item's XML.
	XPaths map[string]string
	// Maps turn stored values (in lower case) into those of a snapshot.
	Maps map[string]map[string]string

	evidence string
	versions *semver.Constraints
	// Set in a user's binding only: the query's own names for columns, values of
	// parameters, and the position of the binding.
	names  map[string]string
	values map[string]any
	origin string
}

// BoundField is a field of a snapshot, or an object of fields, and the columns that
// it is made of.
type BoundField struct {
	// Path as rules read it, such as input.plugin or estate.sites.name. An * matches
	// any name.
	Path    string
	Columns []string
}

// Object is a table or view and its columns.
type Object struct {
	Name    string
	Columns []ObjectColumn
}

// ObjectColumn is a column of an object.
type ObjectColumn struct {
	Name string
	Mark Mark
}

// Value is a name or GUID that a query relies on.
type Value struct {
	Text    string
	Mark    Mark
	Meaning string
}

// Evidence lists the marks that the binding relies on, weakest first, for
// example "R, P".
func (b *Binding) Evidence() string { return b.evidence }

// SHA256 is the hash of the query's text.
func (b *Binding) SHA256() string {
	sum := sha256.Sum256([]byte(b.Query))
	return hex.EncodeToString(sum[:])
}

var marked = regexp.MustCompile(`^(.*\S)\s*\(([RIPA])\)$`)

// ParseQuery reads the head comment of a query.
func ParseQuery(text string) (*Binding, error) {
	b := &Binding{
		Query:  text,
		XPaths: make(map[string]string),
		Maps:   make(map[string]map[string]string),
	}
	seen := make(map[Mark]bool)
	for number, line := range strings.Split(text, "\n") {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			break
		}
		if err := b.parseLine(strings.TrimSpace(comment), seen); err != nil {
			return nil, fmt.Errorf("line %d of the head comment: %w", number+1, err)
		}
	}
	if b.Section == "" || len(b.Columns) == 0 || len(b.Objects) == 0 {
		return nil, fmt.Errorf("the head comment must name a section, its columns and the objects that they come from")
	}
	var found []string
	for _, mark := range marks {
		if seen[Mark(mark)] {
			found = append(found, string(mark))
		}
	}
	b.evidence = strings.Join(found, ", ")
	return b, nil
}

func (b *Binding) parseLine(line string, seen map[Mark]bool) error {
	key, rest, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("%q is not of the form \"key: text\"", line)
	}
	switch key {
	case "section":
		b.Section = rest
		return nil
	case "fills":
		b.Fills = rest
		return nil
	case "empty":
		b.Empty = rest
		return nil
	case "versions":
		return b.setVersions(rest)
	case "column", "parameter":
		name, _, ok := strings.Cut(rest, ": ")
		if !ok {
			return fmt.Errorf("%s %q has no meaning after it", key, rest)
		}
		if key == "column" {
			b.Columns = append(b.Columns, name)
		} else {
			b.Parameters = append(b.Parameters, name)
		}
		return nil
	case "field":
		return b.parseField(rest)
	case "object":
		return b.parseObject(rest, seen)
	}
	name, text, ok := cutMarked(rest)
	if !ok || text == "" && key != "value" {
		return fmt.Errorf("%s %q needs an evidence mark and a meaning: \"NAME (R): TEXT\"", key, rest)
	}
	seen[name.Mark] = true
	switch key {
	case "value":
		b.Values = append(b.Values, Value{Text: name.Name, Mark: name.Mark, Meaning: text})
	case "xpath":
		if _, err := xpath.Compile(text); err != nil {
			return fmt.Errorf("xpath %s: %q is not an XPath: %w", name.Name, text, err)
		}
		b.XPaths[name.Name] = text
	case "map":
		return b.parseMap(name.Name, text)
	default:
		return fmt.Errorf("unknown key %q; use section, fills, versions, empty, column, field, parameter, object, value, xpath or map", key)
	}
	return nil
}

// cutMarked splits "NAME (R): TEXT".
func cutMarked(text string) (ObjectColumn, string, bool) {
	head, rest, ok := strings.Cut(text, "): ")
	if ok {
		head += ")"
	}
	m := marked.FindStringSubmatch(head)
	if m == nil {
		return ObjectColumn{}, "", false
	}
	return ObjectColumn{Name: m[1], Mark: Mark(m[2][0])}, rest, true
}

func (b *Binding) parseField(text string) error {
	path, columns, ok := strings.Cut(text, ": ")
	if !ok {
		return fmt.Errorf("field %q names no columns", text)
	}
	f := BoundField{Path: path}
	for name := range strings.SplitSeq(columns, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(b.Columns, name) {
			return fmt.Errorf("field %s: there is no column %q before it", path, name)
		}
		f.Columns = append(f.Columns, name)
	}
	b.Fields = append(b.Fields, f)
	return nil
}

func (b *Binding) parseObject(text string, seen map[Mark]bool) error {
	name, columns, ok := strings.Cut(text, ": ")
	if !ok {
		return fmt.Errorf("object %q names no columns", text)
	}
	object := Object{Name: name}
	for group := range strings.SplitSeq(columns, ";") {
		m := marked.FindStringSubmatch(strings.TrimSpace(group))
		if m == nil {
			return fmt.Errorf("object %s: %q has no evidence mark such as (P)", name, group)
		}
		mark := Mark(m[2][0])
		seen[mark] = true
		for column := range strings.SplitSeq(m[1], ",") {
			object.Columns = append(object.Columns, ObjectColumn{Name: strings.TrimSpace(column), Mark: mark})
		}
	}
	b.Objects = append(b.Objects, object)
	return nil
}

func (b *Binding) parseMap(column, text string) error {
	values := make(map[string]string)
	for pair := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("map %s: %q is not of the form \"from = to\"", column, pair)
		}
		values[strings.ToLower(strings.TrimSpace(from))] = strings.TrimSpace(to)
	}
	b.Maps[column] = values
	return nil
}

// Mapped converts a stored value to that of a snapshot; nil if the binding does not
// have the value.
func (b *Binding) Mapped(column, stored string) *string {
	to, ok := b.Maps[column][strings.ToLower(strings.TrimSpace(stored))]
	if !ok {
		return nil
	}
	return &to
}

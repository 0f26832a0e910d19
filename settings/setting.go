package settings

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// The ways in which a setting differs.
const (
	Changed = "changed"
	Added   = "added"   // the object is new
	Removed = "removed" // the object is gone
)

// Setting is a setting, or an object with all of its settings, in which two
// estates differ.
type Setting struct {
	// The setting as people write it, such as package_servers[LDS-PS01].constrained.
	Path string `json:"path"`
	// Section of the estate.
	Section string `json:"section"`
	// Field of the object; absent where the object itself came or went.
	Field string `json:"field,omitempty"`
	// The object; an object that is gone as the base calls it.
	Object Object `json:"object"`
	// What happened: changed, or the object was added or removed.
	Change string `json:"change" jsonschema:"enum=changed,enum=added,enum=removed"`
	// What it was; objects that are referred to by their names.
	From any `json:"from,omitempty"`
	// What it is now.
	To any `json:"to,omitempty"`
	// Whether nobody set it: it was observed, as the status of a package is.
	Observed bool `json:"observed,omitempty"`
	// Where it stands in the files of the change.
	Source *Place `json:"source,omitempty"`

	id   string
	lost []string // GUIDs that the value no longer names
	refs []string // GUIDs that either value names
}

// Object is the object of a setting, in the words of findings.
type Object struct {
	Type string `json:"type"`
	GUID string `json:"guid,omitempty"`
	Name string `json:"name"`
}

// Refers are the GUIDs of objects that the setting names or named.
func (s *Setting) Refers() []string { return s.refs }

// IsName reports whether the setting is what people call the object by.
func (s *Setting) IsName() bool {
	section := sectionNamed(s.Section)
	return section != nil && s.Field == section.key && section.key == "name"
}

// Diff lists what differs between two estates, in the order of the sections:
// settings, and what was observed.
func Diff(base, head json.RawMessage) ([]Setting, error) {
	a, err := parseEstate(base)
	if err != nil {
		return nil, err
	}
	b, err := parseEstate(head)
	if err != nil {
		return nil, err
	}
	d := differ{a: a, b: b}
	for i := range sections {
		d.section(&sections[i])
	}
	for _, name := range slices.Sorted(maps.Keys(merged(a.doc, b.doc))) {
		if sectionNamed(name) == nil {
			s := &section{name: name, noun: strings.TrimSuffix(name, "s"), single: true}
			d.leaves(&object{section: s, fields: inside(a.doc[name])}, &object{section: s, name: name, id: name, fields: inside(b.doc[name])}, "")
		}
	}
	return d.out, nil
}

func merged(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func inside(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

type differ struct {
	a, b *estate
	out  []Setting
}

func (d *differ) section(s *section) {
	for _, o := range d.b.objects[s.name] {
		if other := d.a.byID(s.name, o.id); other != nil {
			d.leaves(other, o, "")
		} else {
			d.out = append(d.out, o.whole(d.b, Added))
		}
	}
	for _, o := range d.a.objects[s.name] {
		if d.b.byID(s.name, o.id) == nil {
			d.out = append(d.out, o.whole(d.a, Removed))
		}
	}
}

// whole is an object that came or went.
func (o *object) whole(e *estate, change string) Setting {
	s := Setting{Path: o.path(""), Section: o.section.name, Object: o.resource(), Change: change, id: o.id}
	for i := range o.section.fields {
		f := &o.section.fields[i]
		if value, _ := o.get(f.name); f.kind == refs {
			s.refs = append(s.refs, texts(value)...)
		}
	}
	shown := map[string]any{}
	for i := range o.section.fields {
		f := &o.section.fields[i]
		if value, ok := o.get(f.name); ok && value != nil {
			shown[f.name] = e.shown(f, value)
		}
	}
	if s.To = shown; change == Removed {
		s.From, s.To = shown, nil
	}
	return s
}

func (o *object) resource() Object {
	name := o.name
	if name == "" {
		name = o.id
	}
	return Object{Type: o.section.noun, GUID: o.guid, Name: name}
}

// leaves compares the values of an object, at whatever depth. A list is one
// value.
func (d *differ) leaves(a, b *object, prefix string) {
	from, to := inside(a.at(prefix)), inside(b.at(prefix))
	for _, name := range slices.Sorted(maps.Keys(merged(from, to))) {
		full := prefix + name
		first, second := from[name], to[name]
		_, deep := first.(map[string]any)
		_, deeper := second.(map[string]any)
		if deep || deeper {
			d.leaves(a, b, full+".")
			continue
		}
		f := b.section.field(full)
		observed := f == nil
		if observed {
			f = &field{name: full}
		}
		if f.same(first, second) {
			continue
		}
		s := Setting{
			Path: b.path(full), Section: b.section.name, Field: full, Object: b.resource(), Change: Changed,
			From: d.a.shown(f, first), To: d.b.shown(f, second), Observed: observed, id: b.id,
		}
		if f.kind == refs {
			s.refs = sorted(append(texts(first), texts(second)...))
			s.lost = slices.DeleteFunc(texts(first), func(guid string) bool { return slices.Contains(texts(second), guid) })
		}
		d.out = append(d.out, s)
	}
}

// at is the object inside an object; the object itself for an empty prefix.
func (o *object) at(prefix string) any {
	if prefix == "" {
		return o.fields
	}
	value, _ := o.get(strings.TrimSuffix(prefix, "."))
	return value
}

// shown is a value as people read it.
func (e *estate) shown(f *field, value any) any {
	if f.kind != refs || value == nil {
		return value
	}
	out := []string{}
	for _, guid := range texts(value) {
		out = append(out, e.keyOf(f.of, guid))
	}
	slices.Sort(out)
	return out
}

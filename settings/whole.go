package settings

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// newMark stands for the GUID of an object that an estate file adds.
const newMark = "new"

// known is an entry of an estate file and the object that it is about.
type known struct {
	key, value *yaml.Node
	id         string
	object     *object // of the base; nil for a new one
}

// readWhole turns an estate file into edits: what it says otherwise than the
// base does.
func readWhole(f *file, e *estate) *overlayReader {
	r := &overlayReader{reader: reader{file: f, estate: e, called: map[string]map[string]string{}, alone: true}}
	for key := range pairs(f.root) {
		if key.Value != markKey {
			r.sectionAt(key, sectionNames())
		}
	}
	entries := map[string][]known{}
	for i := range sections {
		s := &sections[i]
		if _, ok := e.objects[s.name]; !ok {
			continue
		}
		if node := entry(f.root, s.name); node == nil {
			r.fail(f.root, "section %s is missing: the file holds the whole configuration, so an empty section is written as %s: {}", s.name, s.name)
		} else {
			entries[s.name] = r.entries(s, node)
		}
	}
	for i := range sections {
		s := &sections[i]
		seen := map[string]bool{}
		for _, k := range entries[s.name] {
			seen[k.id] = true
			r.whole(s, k)
		}
		for _, o := range e.objects[s.name] {
			if node := entry(f.root, s.name); node != nil && node.Kind == yaml.MappingNode && !seen[o.id] && !s.single {
				r.edits = append(r.edits, edit{op: withdrawal, section: s, id: o.id, name: o.key, at: f.place(keyNode(f.root, s.name))})
			}
		}
	}
	return r
}

func keyNode(node *yaml.Node, name string) *yaml.Node {
	for key := range pairs(node) {
		if key.Value == name {
			return key
		}
	}
	return node
}

// entries finds out which object each entry of a section is about.
func (r *overlayReader) entries(s *section, node *yaml.Node) []known {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "%s must be a mapping of names, not %s; an empty one is written as {}", s.name, describe(node))
		return nil
	}
	if s.single {
		o := r.estate.objects[s.name][0]
		return []known{{key: node, value: node, id: o.id, object: o}}
	}
	var out []known
	first := map[string]*yaml.Node{}
	for key, value := range pairs(node) {
		if value.Kind != yaml.MappingNode {
			r.fail(value, "the %s must have settings, not %s; one is removed by taking out its entry", s.title(), describe(value))
			continue
		}
		k, ok := r.identify(s, key, value)
		if !ok {
			continue
		}
		if other := first[k.id]; other != nil {
			r.fail(key, "%s is the %s in line %d too", k.id, s.title(), other.Line)
			continue
		}
		first[k.id] = key
		guid := k.id
		if k.object != nil {
			guid = k.object.guid
		}
		r.call(s.name, key.Value, guid)
		out = append(out, k)
	}
	return out
}

// identify finds the object of an entry, by its GUID before its key.
func (r *overlayReader) identify(s *section, key, value *yaml.Node) (known, bool) {
	k := known{key: key, value: value}
	byName := r.estate.find(s.name, key.Value)
	guid := entry(value, "guid")
	switch {
	case guid == nil && byName == nil:
		r.fail(key, "unknown %s %q%s A new one says guid: new", s.title(), clip(key.Value), orStop(meant(key.Value, r.estate.keys(s.name))))
		return k, false
	case guid == nil:
		k.object = byName
	case guid.Value == newMark && byName != nil:
		r.fail(guid, "there is a %s %q already, with the GUID %s", s.title(), clip(key.Value), byName.guid)
		return k, false
	case guid.Value == newMark:
		k.id = newGUID(s.name, key.Value)
		return k, s.key != "cidr" || r.network(key)
	default:
		id := strings.ToUpper(strings.Trim(guid.Value, "{}"))
		if !guidForm.MatchString(id) {
			r.fail(guid, "%q is not a GUID such as D3BA9CA7-5E71-4D76-B961-1BA0B436AACB; a new %s says guid: new", clip(guid.Value), s.title())
			return k, false
		}
		if byName != nil && byName.guid == id {
			k.object = byName // of several with one GUID it is this one
		} else if k.object = r.estate.byID(s.name, id); k.object == nil && byName != nil {
			r.fail(guid, "the GUID of %s %q is %s, not %s", s.title(), clip(key.Value), byName.guid, id)
			return k, false
		}
		if k.object == nil {
			k.id = id
			return k, s.key != "cidr" || r.network(key)
		}
	}
	k.id = k.object.id
	return k, true
}

func orStop(hint string) string {
	if hint == "" {
		return "."
	}
	return strings.TrimSuffix(hint, "?") + map[bool]string{true: "?", false: "."}[strings.HasSuffix(hint, "?")]
}

// whole reads an entry: all settings must be there, and those that differ are
// edits.
func (r *overlayReader) whole(s *section, k known) {
	from := len(r.edits)
	name := k.key.Value
	switch {
	case s.single:
		name = k.object.key
	case k.object == nil:
		r.edits = append(r.edits, edit{op: addition, section: s, id: k.id, name: nameOf(name, k.id), at: r.file.place(k.key)})
	case name != k.object.key:
		if s.key == "cidr" && !r.network(k.key) {
			return
		}
		r.edits = append(r.edits, edit{section: s, id: k.id, name: name, field: s.field(s.key), value: nameOf(name, k.object.id), at: r.file.place(k.key)})
	}
	r.settings(s, k.id, name, k.value, "")
	r.complete(s, k)
	if k.object == nil {
		return
	}
	kept := r.edits[:from:from]
	for _, e := range r.edits[from:] {
		if current, ok := k.object.get(e.field.name); !ok || !e.field.same(current, e.value) {
			kept = append(kept, e)
		}
	}
	r.edits = kept
}

// complete refuses an entry without a setting that the base has: nobody knows
// whether its value is meant to go, or to stay.
func (r *overlayReader) complete(s *section, k known) {
	for i := range s.fields {
		f := &s.fields[i]
		if present(k.value, f.name) {
			continue
		}
		had := f.always
		if k.object != nil {
			_, had = k.object.get(f.name)
		}
		if had {
			r.fail(k.key, "the field %s is missing: the file holds the whole configuration; write null where it is unknown", f.name)
		}
	}
}

func present(node *yaml.Node, name string) bool {
	parts := strings.Split(name, ".")
	return !slices.ContainsFunc(parts, func(part string) bool {
		node = entry(node, part)
		return node == nil
	}) && node != nil
}

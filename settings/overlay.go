package settings

import (
	"crypto/sha256"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

func sha256Of(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// The keys of an overlay beside the sections.
const (
	addKey    = "add"
	removeKey = "remove"
)

// overlayReader reads a file that names only what changes.
type overlayReader struct {
	reader
	edits []edit
}

// readOverlay turns an overlay into edits.
func readOverlay(f *file, e *estate) *overlayReader {
	r := &overlayReader{reader: reader{file: f, estate: e, called: map[string]map[string]string{}}}
	r.collectNew(entry(f.root, addKey))
	if marked := entry(f.root, markKey) != nil; len(f.root.Content) == 0 || marked && len(f.root.Content) == 2 {
		r.nothing(f.root, "the overlay")
	}
	for key, value := range pairs(f.root) {
		switch key.Value {
		case markKey:
		case addKey:
			r.eachSection(key, value, r.addObjects)
		case removeKey:
			r.eachSection(key, value, r.removeObjects)
		default:
			if s := r.sectionAt(key, append(sectionNames(), addKey, removeKey)); s != nil {
				r.objects(s, value)
			}
		}
	}
	return r
}

// sectionAt finds the section that a key names and that the base has.
func (r *overlayReader) sectionAt(key *yaml.Node, known []string) *section {
	s := sectionNamed(key.Value)
	if s == nil {
		r.fail(key, "unknown section %q%s", clip(key.Value), meant(key.Value, known))
		return nil
	}
	if _, ok := r.estate.objects[s.name]; !ok {
		r.fail(key, "section %s was not collected in the base, so that nothing in it can be changed", s.name)
		return nil
	}
	return s
}

// nothing refuses an overlay, or a part of one, that is there and says nothing:
// whoever wrote it meant something.
func (r *overlayReader) nothing(node *yaml.Node, what string) {
	r.fail(node, "%s names nothing that changes; say what does, or take it out", what)
}

// objectAt finds the object that a node names.
func (r *overlayReader) objectAt(s *section, node *yaml.Node) *object {
	if node.Kind != yaml.ScalarNode {
		r.fail(node, "a name of a %s must stand here, not %s", s.title(), describe(node))
		return nil
	}
	if o := r.estate.find(s.name, node.Value); o != nil {
		return o
	}
	if _, added := r.called[s.name][node.Value]; added {
		r.fail(node, "the %s %q is new; write its settings under add", s.title(), clip(node.Value))
		return nil
	}
	keys := r.estate.keys(s.name)
	named := func(key string) bool { return strings.HasPrefix(key, node.Value+" {") }
	if i := slices.IndexFunc(keys, named); i >= 0 {
		r.fail(node, "several of %s are called %q; say which one, such as %q", s.name, clip(node.Value), keys[i])
		return nil
	}
	r.fail(node, "unknown %s %q%s", s.title(), clip(node.Value), meant(node.Value, keys))
	return nil
}

// objects reads the edits of a section.
func (r *overlayReader) objects(s *section, node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "%s names objects and their settings, such as {NAME: {…}}, not %s", s.name, describe(node))
		return
	}
	if len(node.Content) == 0 {
		r.nothing(node, s.name)
		return
	}
	if s.single {
		o := r.estate.objects[s.name][0]
		r.settings(s, o.id, o.key, node, "")
		return
	}
	for key, value := range pairs(node) {
		if o := r.objectAt(s, key); o != nil {
			r.settings(s, o.id, o.key, value, "")
		}
	}
}

// settings reads the settings of one object, or those in an object inside it.
func (r *overlayReader) settings(s *section, id, name string, node *yaml.Node, prefix string) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "the %s must have settings, such as {%s}, not %s", s.title(), example(s), describe(node))
		return
	}
	errs := len(r.errs)
	for key, value := range pairs(node) {
		full := prefix + key.Value
		f := s.field(full)
		switch {
		case prefix == "" && key.Value == "guid":
			r.guid(s, id, value)
		case s.name == "sites" && full == "subnets":
			r.subnetsOf(id, value)
		case f != nil:
			r.setting(edit{section: s, id: id, name: name, field: f, at: r.file.place(value)}, value)
		case s.inner(full):
			r.settings(s, id, name, value, full+".")
		default:
			known := s.names(prefix)
			if prefix == "" {
				known = append(known, s.key)
			}
			if s.name == "sites" {
				known = append(known, "subnets")
			}
			r.fail(key, "unknown field %q of a %s%s", clip(key.Value), s.title(), meant(key.Value, known))
		}
	}
	if o := r.estate.byID(s.name, id); o != nil && !r.alone && saysNothing(node) && len(r.errs) == errs {
		r.nothing(node, o.path(strings.TrimSuffix(prefix, ".")))
	}
}

// saysNothing reports whether an entry has no settings: its GUID is none.
func saysNothing(node *yaml.Node) bool {
	return len(node.Content) == 0 || len(node.Content) == 2 && node.Content[0].Value == "guid"
}

func example(s *section) string {
	if len(s.fields) == 0 {
		return s.key + ": …"
	}
	head, _, _ := strings.Cut(s.fields[0].name, ".")
	return head + ": …"
}

// guid checks that an entry is about the object that it says. Estate files were
// checked when the entry was identified.
func (r *overlayReader) guid(s *section, id string, value *yaml.Node) {
	o := r.estate.byID(s.name, id)
	if r.alone && !s.single || o == nil {
		return
	}
	if !strings.EqualFold(value.Value, o.guid) && (o.guid != "" || value.ShortTag() != "!!null") {
		r.fail(value, "the GUID of %s is %s, not %q", o.path(""), o.guid, clip(value.Value))
	}
}

// setting reads one setting: a value, or what a list gains and loses.
func (r *overlayReader) setting(e edit, node *yaml.Node) {
	if !e.field.list() || node.Kind != yaml.MappingNode {
		errs := len(r.errs)
		if e.field.name == "cidr" && !r.network(node) {
			return
		}
		if e.value = r.value(node, e.field); len(r.errs) == errs && !r.setsFact(&e, node) {
			r.edits = append(r.edits, e)
		}
		return
	}
	if e.field.kind == schedules {
		r.fail(node, "schedules have no names; write all of them as a list")
		return
	}
	if o := r.estate.byID(e.section.name, e.id); o != nil {
		if current, ok := o.get(e.field.name); !ok || current == nil {
			r.fail(node, "%s is unknown in the base, so that nothing can be added or removed; write the whole list", o.path(e.field.name))
			return
		}
	}
	r.eachElement(node, func(op operation, item *yaml.Node) {
		if value, ok := r.element(item, e.field); ok {
			e.op, e.value, e.at = op, value, r.file.place(item)
			r.edits = append(r.edits, e)
		}
	})
}

// setsFact refuses a change of an observed fact, which is not a setting.
func (r *overlayReader) setsFact(e *edit, node *yaml.Node) bool {
	o := r.estate.byID(e.section.name, e.id)
	if !e.field.fact || o == nil {
		return false
	}
	if current, ok := o.get(e.field.name); ok && e.field.same(current, e.value) {
		return false
	}
	r.fail(node, "%s was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date", o.path(e.field.name))
	return true
}

// eachElement walks {add: […], remove: […]}.
func (r *overlayReader) eachElement(node *yaml.Node, do func(op operation, item *yaml.Node)) {
	if len(node.Content) == 0 {
		r.nothing(node, "the list")
	}
	for key, list := range pairs(node) {
		op, ok := map[string]operation{addKey: include, removeKey: exclude}[key.Value]
		switch {
		case !ok:
			r.fail(key, "a list is changed by add and remove, not %q", clip(key.Value))
		case list.Kind != yaml.SequenceNode:
			r.fail(list, "%s takes a list, not %s", key.Value, describe(list))
		case len(list.Content) == 0:
			r.nothing(list, key.Value)
		default:
			for _, item := range list.Content {
				do(op, item)
			}
		}
	}
}

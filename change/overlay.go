package change

import (
	"crypto/sha256"
	"net/netip"
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
	for key, value := range pairs(f.root) {
		switch key.Value {
		case markKey:
		case addKey:
			r.eachSection(value, r.addObjects)
		case removeKey:
			r.eachSection(value, r.removeObjects)
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

func (r *overlayReader) eachSection(node *yaml.Node, do func(s *section, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "add and remove name sections, such as {sites: …}, not %s", describe(node))
		return
	}
	for key, value := range pairs(node) {
		s := r.sectionAt(key, sectionNames())
		switch {
		case s == nil:
		case s.single:
			r.fail(key, "the %s is one; it cannot be added or removed", s.title())
		default:
			do(s, value)
		}
	}
}

// collectNew makes the names of new objects known before anything refers to
// them. What is wrong with them is told later.
func (r *overlayReader) collectNew(node *yaml.Node) {
	if node == nil {
		return
	}
	for key, objects := range pairs(node) {
		for name := range pairs(objects) {
			r.call(key.Value, name.Value, newGUID(key.Value, name.Value))
		}
	}
}

func (r *reader) call(section, name, guid string) {
	if r.called[section] == nil {
		r.called[section] = map[string]string{}
	}
	r.called[section][name] = guid
}

func (r *overlayReader) addObjects(s *section, node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "new objects are written as {NAME: {…}}, not %s", describe(node))
		return
	}
	for key, value := range pairs(node) {
		if r.estate.find(s.name, key.Value) != nil {
			r.fail(key, "there is a %s %q already; a setting of it is changed under %s", s.title(), clip(key.Value), s.name)
			continue
		}
		r.add(s, key, key.Value)
		r.settings(s, newGUID(s.name, key.Value), key.Value, value, "")
		for i := range s.fields {
			if f := &s.fields[i]; f.always && entry(value, f.name) == nil {
				r.fail(key, "the field %s is missing, which is %s", f.name, f.want())
			}
		}
	}
}

// add adds an object; the name of a network is one.
func (r *overlayReader) add(s *section, at *yaml.Node, name string) {
	if s.key == "cidr" && !r.network(at) {
		return
	}
	r.edits = append(r.edits, edit{op: addition, section: s, id: newGUID(s.name, name), name: name, at: r.file.place(at)})
}

func (r *reader) network(at *yaml.Node) bool {
	p, err := netip.ParsePrefix(at.Value)
	switch {
	case err != nil || !p.Addr().Is4():
		r.fail(at, "%q is not an IPv4 network such as 10.4.0.0/24", clip(at.Value))
	case p.Masked() != p:
		r.fail(at, "%q is not a network: it has bits beyond its prefix; write %s", at.Value, p.Masked())
	default:
		return true
	}
	return false
}

func (r *overlayReader) removeObjects(s *section, node *yaml.Node) {
	if node.Kind != yaml.SequenceNode {
		r.fail(node, "what is removed is a list of names, not %s", describe(node))
		return
	}
	for _, item := range node.Content {
		if o := r.objectAt(s, item); o != nil {
			r.edits = append(r.edits, edit{op: withdrawal, section: s, id: o.id, name: o.key, at: r.file.place(item)})
		}
	}
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
		if e.value = r.value(node, e.field); len(r.errs) == errs {
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

// eachElement walks {add: […], remove: […]}.
func (r *overlayReader) eachElement(node *yaml.Node, do func(op operation, item *yaml.Node)) {
	for key, list := range pairs(node) {
		op, ok := map[string]operation{addKey: include, removeKey: exclude}[key.Value]
		switch {
		case !ok:
			r.fail(key, "a list is changed by add and remove, not %q", clip(key.Value))
		case list.Kind != yaml.SequenceNode:
			r.fail(list, "%s takes a list, not %s", key.Value, describe(list))
		default:
			for _, item := range list.Content {
				do(op, item)
			}
		}
	}
}

package settings

import (
	"net/netip"

	"gopkg.in/yaml.v3"
)

// Objects come and go under the add and remove of an overlay.

func (r *overlayReader) eachSection(at, node *yaml.Node, do func(s *section, value *yaml.Node)) {
	switch {
	case node.Kind != yaml.MappingNode:
		r.fail(node, "add and remove name sections, such as {sites: …}, not %s", describe(node))
		return
	case len(node.Content) == 0:
		r.nothing(node, at.Value)
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
	if len(node.Content) == 0 {
		r.nothing(node, "add of "+s.name)
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
	if len(node.Content) == 0 {
		r.nothing(node, "remove of "+s.name)
	}
	for _, item := range node.Content {
		if _, added := r.called[s.name][item.Value]; added && item.Kind == yaml.ScalarNode {
			r.fail(item, "the %s %q is both added and removed", s.title(), clip(item.Value))
			continue
		}
		if o := r.objectAt(s, item); o != nil {
			r.edits = append(r.edits, edit{op: withdrawal, section: s, id: o.id, name: o.key, at: r.file.place(item)})
		}
	}
}

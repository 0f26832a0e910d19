package settings

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// Subnets know their sites, and people think of the subnets of a site: an
// overlay may say it either way round.

// subnetsOf reads the subnets of a site, as a list or as what it gains and
// loses. A network that is no subnet yet becomes one.
func (r *overlayReader) subnetsOf(site string, node *yaml.Node) {
	s := sectionNamed("subnets")
	if _, ok := r.estate.objects[s.name]; !ok {
		r.fail(node, "section subnets was not collected in the base, so that no site can have any")
		return
	}
	switch node.Kind {
	case yaml.MappingNode:
		r.eachElement(node, func(op operation, item *yaml.Node) {
			if added := element(entry(node, addKey), item.Value); op == exclude && added != nil && r.estate.find(s.name, item.Value) == nil {
				r.fail(item, "subnet %q is both added and removed; the other one stands in line %d", clip(item.Value), added.Line)
				return
			}
			r.assign(site, op, item)
		})
	case yaml.SequenceNode:
		var wanted []string
		for _, item := range node.Content {
			wanted = append(wanted, item.Value)
			r.assign(site, include, item)
		}
		for _, o := range r.estate.objects[s.name] {
			if sites, _ := o.get("sites"); slices.Contains(texts(sites), site) && !slices.Contains(wanted, o.name) {
				r.edits = append(r.edits, edit{op: exclude, section: s, id: o.id, name: o.key, field: s.field("sites"), value: site, at: r.file.place(node)})
			}
		}
	default:
		r.fail(node, "subnets must be a list of networks, or {add: […], remove: […]}, not %s", describe(node))
	}
}

// assign puts a network into a site or takes it out.
func (r *overlayReader) assign(site string, op operation, item *yaml.Node) {
	if item.Kind != yaml.ScalarNode || !r.network(item) {
		if item.Kind != yaml.ScalarNode {
			r.fail(item, "a network such as 10.4.0.0/24 must stand here, not %s", describe(item))
		}
		return
	}
	s := sectionNamed("subnets")
	e := edit{op: op, section: s, name: item.Value, field: s.field("sites"), value: site, at: r.file.place(item)}
	found := false
	for _, o := range r.estate.objects[s.name] {
		if o.name != item.Value || found && op == include {
			continue
		}
		found = true
		if sites, _ := o.get("sites"); sites == nil {
			r.fail(item, "the sites of subnet %s are unknown in the base; write all of them, as subnets: {%s: {sites: […]}}", item.Value, item.Value)
			continue
		}
		e.id = o.id
		r.edits = append(r.edits, e)
	}
	if found {
		return
	}
	if op == exclude {
		r.fail(item, "unknown subnet %q%s", item.Value, meant(item.Value, r.estate.keys(s.name)))
		return
	}
	e.id = newGUID(s.name, item.Value)
	if _, named := r.called[s.name][item.Value]; !named { // else it stands under add
		r.call(s.name, item.Value, e.id)
		r.edits = append(r.edits, edit{op: addition, section: s, id: e.id, name: item.Value, at: e.at})
	}
	r.edits = append(r.edits, e)
}

// element is the element of a list with a value; nil where there is none.
func element(list *yaml.Node, value string) *yaml.Node {
	if list == nil {
		return nil
	}
	i := slices.IndexFunc(list.Content, func(item *yaml.Node) bool { return item.Value == value })
	if i < 0 {
		return nil
	}
	return list.Content[i]
}

package settings

import (
	"slices"
	"strings"
)

// kind is what a setting may hold.
type kind int

const (
	text      kind = iota
	word           // one of field.words
	boolean        // true or false
	words          // a set of field.words
	refs           // a set of objects of the section field.of
	addresses      // a list of IPv4 addresses with prefix length
	schedules      // a list of triggers
)

// field is one setting of an object.
type field struct {
	name  string // with the name of the object around it: package_assignment.type
	kind  kind
	of    string
	words []string
	// always: the field has a value; else null stands for unknown.
	always bool
	// fact: observed, not set in the console. An added object has it; a change cannot set
	// it on an existing object, because nothing on the server would follow.
	fact bool
}

// list reports whether the field holds several values.
func (f *field) list() bool { return f.kind >= words }

// section is a part of the estate that holds settings.
type section struct {
	name   string
	noun   string // of one object of it, as findings call its type
	key    string // the field that people call an object by
	single bool   // one object, not a list
	fields []field
}

// sections are the settings of an estate, in the order in which they are
// written. What is not here was observed, and no change can set it.
var sections = []section{
	{name: "server", noun: "server", key: "name", single: true, fields: []field{
		{name: "version", kind: text, fact: true},
		{name: "plugin_version", kind: text, fact: true},
		{name: "hierarchy_child", kind: boolean, fact: true},
		{name: "read_committed_snapshot", kind: boolean},
	}},
	{name: "sites", noun: "site", key: "name", fields: []field{
		{name: "prevent_downloads", kind: words, words: []string{"Ns", "ExtPs"}},
	}},
	{name: "subnets", noun: "subnet", key: "cidr", fields: []field{
		{name: "sites", kind: refs, of: "sites"},
	}},
	{name: "package_servers", noun: "package_server", key: "name", fields: []field{
		{name: "constrained", kind: boolean},
		{name: "task_service", kind: boolean},
		{name: "sites", kind: refs, of: "sites"},
		{name: "addresses", kind: addresses},
		{name: "fqdn", kind: text, fact: true},
		{name: "os_name", kind: text, fact: true},
	}},
	{name: "packages", noun: "package", key: "name", fields: []field{
		{name: "role", kind: word, words: []string{"plugin", "scan", "tools"}, always: true, fact: true},
		{name: "enabled", kind: boolean},
	}},
	{name: "vendor_policies", noun: "vendor_policy", key: "name", fields: []field{
		{name: "enabled", kind: boolean},
		{name: "package_assignment.type", kind: word, words: []string{"all", "individual", "site"}},
		{name: "package_assignment.automatic_site_assignment", kind: boolean},
		{name: "package_assignment.package_servers", kind: refs, of: "package_servers"},
	}},
	{name: "policies", noun: "policy", key: "name", fields: []field{
		{name: "role", kind: word, words: []string{"plugin_install", "plugin_policy", "vulnerability_analysis"}, always: true, fact: true},
		{name: "enabled", kind: boolean},
		{name: "target_filters", kind: refs, of: "filters"},
		{name: "schedules", kind: schedules},
	}},
	{name: "filters", noun: "filter", key: "name"},
}

// sectionNamed finds a section.
func sectionNamed(name string) *section {
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return &sections[i]
}

func sectionNames() []string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return names
}

// field finds a setting, or the key, which is one too.
func (s *section) field(name string) *field {
	if name == s.key {
		return &field{name: name, kind: text, always: true}
	}
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return &s.fields[i]
}

// inner reports whether settings stand in an object of that name.
func (s *section) inner(name string) bool {
	return slices.ContainsFunc(s.fields, func(f field) bool { return strings.HasPrefix(f.name, name+".") })
}

// names are what may stand in an object, or below a prefix that ends in a dot.
func (s *section) names(prefix string) []string {
	var out []string
	for _, f := range s.fields {
		if rest, ok := strings.CutPrefix(f.name, prefix); ok {
			rest, _, _ = strings.Cut(rest, ".")
			out = append(out, rest)
		}
	}
	return slices.Compact(out)
}

// title is the section's noun in words.
func (s *section) title() string { return strings.ReplaceAll(s.noun, "_", " ") }

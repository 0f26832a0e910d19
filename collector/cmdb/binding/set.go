package binding

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	versions "github.com/nscheck/nscheck/internal/version"
)

// BindingSet is what may fill each section: the first of a section's bindings
// that is for the server's version does. A user's bindings stand before the
// shipped ones.
type Set struct {
	sections map[string][]*Binding
}

// newSet makes a set of bindings. Those of one section are in the order in which
// they are to be chosen.
func NewSet(bindings []*Binding) *Set {
	set := &Set{sections: make(map[string][]*Binding)}
	for _, b := range bindings {
		set.sections[b.Section] = append(set.sections[b.Section], b)
	}
	return set
}

// orShipped is the set, or the shipped one where there is none.
func (s *Set) OrShipped() *Set {
	if s == nil {
		return ShippedSet()
	}
	return s
}

// All are the bindings of all sections, by section and in their order.
func (s *Set) All() []*Binding {
	var all []*Binding
	for _, section := range slices.Sorted(maps.Keys(s.OrShipped().sections)) {
		all = append(all, s.OrShipped().sections[section]...)
	}
	return all
}

// choose gives the binding of each section for a version of the product; empty
// is an unknown version, for which no binding that names versions is chosen.
func (s *Set) Choose(version string) map[string]*Binding {
	chosen := make(map[string]*Binding, len(s.sections))
	v := versions.Parse(version)
	for section, list := range s.sections {
		for _, b := range list {
			if b.versions == nil || v != nil && b.versions.Check(v) {
				chosen[section] = b
				break
			}
		}
	}
	return chosen
}

// noBinding says why no binding of a section was chosen.
func (s *Set) WhyUnbound(section, version string) string {
	ranges := []string{}
	for _, b := range s.sections[section] {
		ranges = append(ranges, b.Versions)
	}
	if version == "" {
		version = "unknown"
	}
	return fmt.Sprintf("collect %s: it is bound for versions %s and the server's version is %s; bind it without versions or for this one",
		section, strings.Join(ranges, "; "), version)
}

func (b *Binding) setVersions(text string) error {
	c, err := semver.NewConstraint(text)
	if err != nil {
		return fmt.Errorf("%q is not a range of versions such as \">=8.5\" or \">=7.1, <8\"", text)
	}
	b.Versions, b.versions = text, c
	return nil
}

// Origin says where a user's binding stands, as FILE:LINE; empty for a shipped one.
func (b *Binding) Origin() string { return b.origin }

// ParameterValue returns the value that the binding gives a parameter of its query.
func (b *Binding) ParameterValue(name string) (value any, ok bool) {
	value, ok = b.values[name]
	return value, ok
}

// nameOf is what the query calls a column.
func (b *Binding) ColumnName(column string) string { return cmp.Or(b.names[column], column) }

// newQuery makes a binding of a query that fills no section, with the values of
// its parameters.
func NewQuery(name, query string, values map[string]any) *Binding {
	return &Binding{Section: name, Query: query, Parameters: slices.Sorted(maps.Keys(values)), values: values}
}

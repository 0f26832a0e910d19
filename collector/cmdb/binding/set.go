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

// Set has the bindings of each section. The first one for the server's version is
// chosen. A user's bindings come before the shipped ones.
type Set struct {
	sections map[string][]*Binding
}

// NewSet makes a set of bindings. Those of one section are in order of preference.
func NewSet(bindings []*Binding) *Set {
	set := &Set{sections: make(map[string][]*Binding)}
	for _, b := range bindings {
		set.sections[b.Section] = append(set.sections[b.Section], b)
	}
	return set
}

// OrShipped returns the set, or the shipped one if the set is nil.
func (s *Set) OrShipped() *Set {
	if s == nil {
		return ShippedSet()
	}
	return s
}

// All returns the bindings of all sections, by section and in order of preference.
func (s *Set) All() []*Binding {
	var all []*Binding
	for _, section := range slices.Sorted(maps.Keys(s.OrShipped().sections)) {
		all = append(all, s.OrShipped().sections[section]...)
	}
	return all
}

// Choose returns the binding of each section for a version of the product. An empty
// version is unknown; bindings for certain versions are not chosen then.
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

// WhyUnbound explains why no binding of a section was chosen.
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

// Origin returns the position of a user's binding, as FILE:LINE; empty for a shipped
// one.
func (b *Binding) Origin() string { return b.origin }

// ParameterValue returns the value that the binding sets for a parameter of its
// query.
func (b *Binding) ParameterValue(name string) (value any, ok bool) {
	value, ok = b.values[name]
	return value, ok
}

// ColumnName returns the query's name for a column.
func (b *Binding) ColumnName(column string) string { return cmp.Or(b.names[column], column) }

// NewQuery makes a binding of a query that fills no section, with the values of its
// parameters.
func NewQuery(name, query string, values map[string]any) *Binding {
	return &Binding{Section: name, Query: query, Parameters: slices.Sorted(maps.Keys(values)), values: values}
}

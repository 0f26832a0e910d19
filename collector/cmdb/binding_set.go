package cmdb

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"
)

// BindingSet is what may fill each section: the first of a section's bindings
// that is for the server's version does. A user's bindings stand before the
// shipped ones.
type BindingSet struct {
	sections map[string][]*Binding
}

// orShipped is the set, or the shipped one where there is none.
func (s *BindingSet) orShipped() *BindingSet {
	if s == nil {
		return shippedSet()
	}
	return s
}

// All are the bindings of all sections, by section and in their order.
func (s *BindingSet) All() []*Binding {
	var all []*Binding
	for _, section := range slices.Sorted(maps.Keys(s.orShipped().sections)) {
		all = append(all, s.orShipped().sections[section]...)
	}
	return all
}

// choose gives the binding of each section for a version of the product; empty
// is an unknown version, for which no binding that names versions is chosen.
func (s *BindingSet) choose(version string) map[string]*Binding {
	chosen := make(map[string]*Binding, len(s.sections))
	v := parseVersion(version)
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
func (s *BindingSet) noBinding(section, version string) string {
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

// leadingNumbers are those of a version such as 8.5.3073.0 or 7.1 SP2 MP1.1.
var leadingNumbers = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+){0,2}`)

// parseVersion reads the first three numbers of a product version; nil if there
// are none.
func parseVersion(text string) *semver.Version {
	v, err := semver.NewVersion(leadingNumbers.FindString(strings.TrimSpace(text)))
	if err != nil {
		return nil
	}
	return v
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

// nameOf is what the query calls a column.
func (b *Binding) nameOf(column string) string { return cmp.Or(b.names[column], column) }

// sectionColumns are the columns that each section needs.
var sectionColumns = sync.OnceValue(func() map[string][]column {
	columns := map[string][]column{"key_order": {{"key", guidKind}}, licenceRowsSection: licenceColumns}
	for _, s := range estateSections {
		columns[s.name] = s.columns
	}
	for _, s := range (&collection{bindings: shipped()}).clientSections() {
		columns[s.name] = s.columns
	}
	return columns
})

// sectionNames in the order of reading.
func sectionNames() []string {
	var names []string
	for _, s := range estateSections {
		names = append(names, s.name)
	}
	names = append(names, "key_order")
	for _, s := range (&collection{bindings: shipped()}).clientSections() {
		names = append(names, s.name)
	}
	return names
}

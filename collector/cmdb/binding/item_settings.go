package binding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// PackageAssignment returns how a vendor policy assigns its packages. Values that
// cannot be read are unknown.
func (s *Item) PackageAssignment() *snapshot.PackageAssignment {
	var assignment snapshot.PackageAssignment
	if stored := s.value("assignment_type", nil); stored != nil {
		if assignment.Type = s.binding.Mapped("assignment_type", *stored); assignment.Type == nil {
			s.problem("assignment_type", "%q is not a known value", Clip(*stored))
		}
	}
	assignment.AutomaticSiteAssignment = s.boolean("automatic_site_assignment")
	nodes := s.Nodes("package_servers", nil)
	if assignment.Type == nil && len(nodes) == 0 {
		return &assignment // the XPaths found nothing: unknown, not "no servers"
	}
	assignment.PackageServers = []string{}
	for _, node := range nodes {
		g, err := guid.Parse(strings.TrimSpace(node.InnerText()))
		if err != nil {
			s.problem("package_servers", "%q is not a GUID", Clip(node.InnerText()))
			assignment.PackageServers = nil
			break
		}
		assignment.PackageServers = append(assignment.PackageServers, g.String())
	}
	assignment.PackageServers = sorted(assignment.PackageServers)
	return &assignment
}

// Schedules returns the schedules of a policy.
func (s *Item) Schedules() []snapshot.Schedule {
	found := []snapshot.Schedule{}
	for _, trigger := range s.Nodes("triggers", nil) {
		kind := s.value("type", trigger)
		found = append(found, snapshot.Schedule{Type: kind, RepeatMinutes: s.repeatMinutes(trigger, kind)})
	}
	return found
}

// DeniedSources returns the sources in the deny node, sorted; nil if it names an
// unknown source. Without the node, or with an empty one, nothing is denied.
func (s *Item) DeniedSources() []string {
	sources := []string{}
	for _, node := range s.Nodes("deny", nil) {
		for word := range strings.SplitSeq(node.InnerText(), ",") {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			source := s.binding.Mapped("deny", word)
			if source == nil {
				s.problem("deny", "%q is not a known source", Clip(word))
				return nil
			}
			sources = append(sources, *source)
		}
	}
	return sorted(sources)
}

// Has reports whether the item has a node of that name.
func (s *Item) Has(name string) bool { return len(s.Nodes(name, nil)) > 0 }

// sorted returns texts in order, each once.
func sorted(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// ParseBool reads true or false as an item's XML or a database writes it.
func ParseBool(text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "-1", "true", "yes":
		return true, nil
	case "0", "false", "no":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", Clip(text))
}

// Clip shortens a value for a message, which must show what is wrong and not more.
func Clip(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}

package cmdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// policySections are about policies, their targets, and filters.
var policySections = []estateSection{
	{"vendor_policies", []column{{"guid", guidKind}, {"name", textKind}, {"enabled", boolKind}, {"state", textKind}}, fillVendorPolicies},
	{"policies", []column{{"guid", guidKind}, {"name", textKind}, {"role", textKind}, {"enabled", boolKind}, {"state", textKind}}, fillPolicies},
	{"policies.targets", []column{{"guid", guidKind}, {"filter", guidKind}}, fillTargets},
	{"policies.target_counts", []column{{"guid", guidKind}, {"computers", countKind}}, fillTargetCounts},
	{"filters", []column{{"guid", guidKind}, {"name", textKind}}, fillFilters},
	{"filters.members", []column{{"guid", guidKind}, {"members", countKind}}, fillMembers},
}

func fillVendorPolicies(e *estateBuilder, b *Binding, rows [][]cell) error {
	policies := []snapshot.VendorPolicy{}
	for _, row := range rows {
		if !row[0].known {
			continue
		}
		assignment, err := packageAssignment(b, row[3].text)
		if err != nil {
			return err
		}
		policies = append(policies, snapshot.VendorPolicy{
			GUID: row[0].guid.String(), Name: objectName(row), Enabled: row[2].boolOrNil(), PackageAssignment: assignment,
		})
	}
	sortByName(policies, func(p *snapshot.VendorPolicy) (string, string) { return p.Name, p.GUID })
	e.estate.VendorPolicies = policies
	return nil
}

// packageAssignment reads the settings that the policy's XML holds. What cannot
// be read is unknown.
func packageAssignment(b *Binding, state string) (*snapshot.PackageAssignment, error) {
	settings := parseItem(b, state)
	if settings == nil {
		return &snapshot.PackageAssignment{}, nil
	}
	return packageAssignmentOf(settings)
}

func packageAssignmentOf(settings *itemSettings) (*snapshot.PackageAssignment, error) {
	var assignment snapshot.PackageAssignment
	b := settings.binding
	stored, err := settings.value("assignment_type", nil)
	if err != nil {
		return nil, err
	}
	if stored != nil {
		assignment.Type = b.mapped("assignment_type", *stored)
	}
	if assignment.AutomaticSiteAssignment, err = settings.boolean("automatic_site_assignment"); err != nil {
		return nil, err
	}
	nodes, err := settings.nodes("package_servers", nil)
	if err != nil {
		return nil, err
	}
	if assignment.Type == nil && len(nodes) == 0 {
		return &assignment, nil // nothing was found where it was looked for: unknown, not "none"
	}
	assignment.PackageServers = []string{}
	for _, node := range nodes {
		if g, err := parseGUID(node.InnerText()); err == nil {
			assignment.PackageServers = insertSorted(assignment.PackageServers, g.String())
		}
	}
	return &assignment, nil
}

func fillPolicies(e *estateBuilder, b *Binding, rows [][]cell) error {
	policies := []snapshot.Policy{}
	for i, row := range rows {
		if !row[0].known {
			continue
		}
		schedules, err := schedules(b, row[4].text)
		if err != nil {
			return err
		}
		if err := knownRole(b.Section, i, row[2].text, "plugin_install", "plugin_policy", "vulnerability_analysis"); err != nil {
			return err
		}
		policies = append(policies, snapshot.Policy{
			GUID: row[0].guid.String(), Name: objectName(row), Role: row[2].text, Enabled: row[3].boolOrNil(), Schedules: schedules,
		})
	}
	sortByName(policies, func(p *snapshot.Policy) (string, string) { return p.Name, p.GUID })
	e.estate.Policies = policies
	e.policies = index(policies, func(p *snapshot.Policy) string { return p.GUID })
	return nil
}

func schedules(b *Binding, state string) ([]snapshot.Schedule, error) {
	settings := parseItem(b, state)
	if settings == nil {
		return nil, nil
	}
	return schedulesOf(settings)
}

func schedulesOf(settings *itemSettings) ([]snapshot.Schedule, error) {
	triggers, err := settings.nodes("triggers", nil)
	if err != nil {
		return nil, err
	}
	found := []snapshot.Schedule{}
	for _, trigger := range triggers {
		kind, err := settings.value("type", trigger)
		if err != nil {
			return nil, err
		}
		repeat, err := settings.repeatMinutes(trigger, kind)
		if err != nil {
			return nil, err
		}
		found = append(found, snapshot.Schedule{Type: kind, RepeatMinutes: repeat})
	}
	return found, nil
}

func fillTargets(e *estateBuilder, _ *Binding, rows [][]cell) error {
	for _, policy := range e.policies {
		policy.TargetFilters = []string{}
	}
	for _, row := range rows {
		if policy := e.policies[row[0].guid]; policy != nil && row[1].known {
			policy.TargetFilters = insertSorted(policy.TargetFilters, row[1].guid.String())
		}
	}
	return nil
}

func fillTargetCounts(e *estateBuilder, _ *Binding, rows [][]cell) error {
	for _, policy := range e.policies {
		policy.TargetCount = new(int)
	}
	for _, row := range rows {
		if policy := e.policies[row[0].guid]; policy != nil {
			policy.TargetCount = row[1].intOrNil()
		}
	}
	return nil
}

func fillFilters(e *estateBuilder, _ *Binding, rows [][]cell) error {
	filters := []snapshot.Filter{}
	for _, row := range rows {
		if row[0].known {
			filters = append(filters, snapshot.Filter{GUID: row[0].guid.String(), Name: objectName(row)})
		}
	}
	sortByName(filters, func(f *snapshot.Filter) (string, string) { return f.Name, f.GUID })
	e.estate.Filters = filters
	e.filters = index(filters, func(f *snapshot.Filter) string { return f.GUID })
	return nil
}

func fillMembers(e *estateBuilder, _ *Binding, rows [][]cell) error {
	for _, filter := range e.filters {
		filter.Members = new(int)
	}
	for _, row := range rows {
		if filter := e.filters[row[0].guid]; filter != nil {
			filter.Members = row[1].intOrNil()
		}
	}
	return nil
}

// knownRole refuses an object that is for nothing that nscheck knows.
func knownRole(section string, row int, role string, known ...string) error {
	if slices.Contains(known, role) {
		return nil
	}
	return &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: row %d: column \"role\": %q is not one of %s", section, row+1, clip(role), strings.Join(known, ", "))}
}

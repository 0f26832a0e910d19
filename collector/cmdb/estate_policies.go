package cmdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// policySections are about policies, their targets, and filters.
var policySections = map[string]fillFunc{
	"vendor_policies":        fillVendorPolicies,
	"policies":               fillPolicies,
	"policies.targets":       fillTargets,
	"policies.target_counts": fillTargetCounts,
	"filters":                fillFilters,
	"filters.members":        fillMembers,
}

func fillVendorPolicies(e *estateBuilder, b *binding.Binding, rows [][]cell) error {
	policies := []snapshot.VendorPolicy{}
	for _, row := range rows {
		settings, err := binding.ReadItem(b, row[3].text)
		if err != nil {
			e.unread.add(row[0].line, "state", "%v", err)
		}
		assignment := &snapshot.PackageAssignment{}
		if settings != nil {
			assignment = settings.PackageAssignment()
			e.unreadSettings(row, settings)
		}
		policies = append(policies, snapshot.VendorPolicy{
			GUID: row[0].guid.String(), Name: objectName(row), Enabled: row[2].boolOrNil(), PackageAssignment: assignment,
		})
	}
	sortByName(policies, func(p *snapshot.VendorPolicy) (string, string) { return p.Name, p.GUID })
	e.estate.VendorPolicies = policies
	return nil
}

// unreadSettings notes what of an item's settings could not be read.
func (e *estateBuilder) unreadSettings(row []cell, settings *binding.Item) {
	for _, problem := range settings.Problems {
		e.unread.add(row[0].line, "state", "%s", problem)
	}
}

func fillPolicies(e *estateBuilder, b *binding.Binding, rows [][]cell) error {
	policies := []snapshot.Policy{}
	scheduled := false
	for i, row := range rows {
		if !row[2].known {
			e.faults.add(row[0].line, "role", "it is empty, so the purpose of the policy is unknown")
			continue
		}
		settings, err := binding.ReadItem(b, row[4].text)
		if err != nil {
			e.unread.add(row[0].line, "state", "%v", err)
		}
		var schedules []snapshot.Schedule
		if settings != nil {
			schedules = settings.Schedules()
			scheduled = scheduled || len(schedules) > 0
			e.unreadSettings(row, settings)
		}
		if err := knownRole(b.Section, i, row[2].text, "plugin_install", "plugin_policy", "vulnerability_analysis"); err != nil {
			return err
		}
		policies = append(policies, snapshot.Policy{
			GUID: row[0].guid.String(), Name: objectName(row), Role: row[2].text, Enabled: row[3].boolOrNil(), Schedules: schedules,
		})
	}
	if !scheduled {
		// The node may be another one here.
		for i := range policies {
			if policies[i].Schedules != nil {
				policies[i].Schedules = nil
				e.noted = append(e.noted, fmt.Sprintf("section %q: no item has a node %s, so schedules are unknown; the XPath may be another one on this server", b.Section, b.XPaths["triggers"]))
			}
		}
		e.noted = slices.Compact(e.noted)
	}
	sortByName(policies, func(p *snapshot.Policy) (string, string) { return p.Name, p.GUID })
	e.estate.Policies = policies
	e.policies = index(policies, func(p *snapshot.Policy) string { return p.GUID })
	return nil
}

func fillTargets(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	for _, policy := range e.policies {
		policy.TargetFilters, policy.HasTarget = []string{}, new(bool)
	}
	unknown := make(map[*snapshot.Policy]bool)
	for _, row := range rows {
		policy := e.policies[row[0].guid]
		if policy == nil {
			e.dangling.add(row[0].line, "guid", "policy %s is not in section policies", row[0].guid)
			continue
		}
		*policy.HasTarget = true // any row is a part of a target
		if row[1].known {
			policy.TargetFilters = insertSorted(policy.TargetFilters, row[1].guid.String())
		} else {
			e.unread.add(row[0].line, "filter", "it is empty for policy %q", policy.Name)
			unknown[policy] = true
		}
	}
	for policy := range unknown {
		policy.TargetFilters = nil
	}
	return nil
}

func fillTargetCounts(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	for _, row := range rows {
		if policy := e.policies[row[0].guid]; policy != nil {
			policy.TargetCount = row[1].intOrNil()
		}
	}
	return nil
}

func fillFilters(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	filters := []snapshot.Filter{}
	for _, row := range rows {
		filters = append(filters, snapshot.Filter{GUID: row[0].guid.String(), Name: objectName(row)})
	}
	sortByName(filters, func(f *snapshot.Filter) (string, string) { return f.Name, f.GUID })
	e.estate.Filters = filters
	e.filters = index(filters, func(f *snapshot.Filter) string { return f.GUID })
	return nil
}

func fillMembers(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	for _, row := range rows {
		if filter := e.filters[row[0].guid]; filter != nil {
			filter.Members = row[1].intOrNil()
		}
	}
	return nil
}

// knownRole refuses an object with an unknown role.
func knownRole(section string, row int, role string, known ...string) error {
	if slices.Contains(known, role) {
		return nil
	}
	return &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: row %d: column \"role\": %q is not one of %s", section, row+1, binding.Clip(role), strings.Join(known, ", "))}
}

package evaluator

import "slices"

// A subsection is a section of the manifest that fills fields of the objects of
// another section, such as package_servers.constrained. A rule needs it if it
// reads one of these fields.
type subsection struct {
	name   string
	fields []string // as rules write them, without data.; [] stands for an element
	// What a missing row looks like in the snapshot.
	absence absence
	// Whether a manifest lists it only if a source of that kind was named.
	onDemand bool
}

// absence says what a snapshot shows for an object without a row in a subsection.
type absence int

const (
	// The field is null or absent, which rules see as unknown.
	_ absence = iota
	// The object looks as if the row did not exist on the server: an empty list, a
	// count of 0. If rows are missing, such an object cannot be told from one that
	// really has none.
	asNone
	// The rows are objects of their own; those that were read are facts.
	asFewer
)

// subsections are all that a collector writes.
var subsections = []subsection{
	{name: "server.read_committed_snapshot", fields: []string{"estate.server.read_committed_snapshot"}},
	{name: "licences.inactive_holders", fields: []string{"estate.licences.inactive_holders"}, absence: asFewer},
	{name: "licences.same_name", fields: []string{"estate.licences.same_name"}, absence: asFewer},
	{name: "patch_import.newest_bulletin_at", fields: []string{"estate.patch_import.newest_bulletin_at", "estate.patch_import.newest_bulletin_age_days"}},
	{name: "patch_import.bulletins_without_packages", fields: []string{"estate.patch_import.bulletins_without_packages", "estate.patch_import.bulletins_unknown"}, absence: asFewer},
	{name: "policies.targets", fields: []string{"estate.policies[].target_filters", "estate.policies[].has_target"}, absence: asNone},
	{name: "policies.target_counts", fields: []string{"estate.policies[].target_count"}, absence: asNone},
	{name: "filters.members", fields: []string{"estate.filters[].members"}, absence: asNone},
	{name: "packages.codebases", fields: []string{"estate.packages[].codebases"}, absence: asNone},
	{name: "package_servers.constrained", fields: []string{"estate.package_servers[].constrained"}},
	{name: "package_servers.addresses", fields: []string{"estate.package_servers[].addresses"}, absence: asNone},
	{name: "package_servers.sites", fields: []string{"estate.package_servers[].sites"}, absence: asNone},
	{name: "package_servers.packages", fields: []string{"estate.package_servers[].packages"}, absence: asNone},
	{name: "package_servers.basic_inventory_age_days", fields: []string{"estate.package_servers[].basic_inventory_age_days"}},
	{name: "package_servers.task_registration_age_days", fields: []string{"estate.package_servers[].task_registration_age_days"}},
	{name: "package_servers.agent_folder", fields: []string{"estate.package_servers[].agent_folder"}, onDemand: true},
	{name: "sites.prevent_downloads", fields: []string{"estate.sites[].prevent_downloads"}},
	{name: "subnets.sites", fields: []string{"estate.subnets[].sites"}, absence: asNone},
	{name: lastRunSection, fields: []string{"input.packages.plugin.last_run", "input.packages.scan.last_run", "input.packages.tools.last_run", "input.events"}, absence: asNone},
}

// lastRunSection is the only subsection about clients.
const lastRunSection = "clients.packages.last_run"

// subsectionOf finds a subsection by its name; nil if there is none.
func subsectionOf(name string) *subsection {
	i := slices.IndexFunc(subsections, func(s subsection) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return &subsections[i]
}

// computedOf lists the subsections that documents which the host computes are made
// of, by their paths as rules write them, without data.
var computedOf = map[string][]string{
	"index.site_package_servers":     {"package_servers.addresses", "package_servers.sites", "subnets.sites"},
	"index.package_server_sites":     {"package_servers.addresses", "package_servers.sites", "subnets.sites"},
	"index.address_sites":            {"package_servers.addresses", "subnets.sites"},
	"index.unplaced_package_servers": {"package_servers.addresses", "package_servers.sites", "subnets.sites"},
	"index.subnet_sites":             {"subnets.sites"},
	"totals.sites":                   {"subnets.sites"},
	"totals.perhaps_empty":           {"subnets.sites"},
	"input.location.site":            {"subnets.sites"},
	"input.location.sites":           {"subnets.sites"},
}

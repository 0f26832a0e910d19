package rule

import "slices"

// A subsection is a section of the manifest that fills fields of the objects of
// another section, such as package_servers.constrained. A rule needs it if it
// reads one of these fields.
type Subsection struct {
	Name   string
	Fields []string // as rules write them, without data.; [] stands for an element
	// What a missing row looks like in the snapshot.
	Absence absence
	// Whether a manifest lists it only if a source of that kind was named.
	OnDemand bool
}

// absence says what a snapshot shows for an object without a row in a subsection.
type absence int

const (
	// The field is null or absent, which rules see as unknown.
	_ absence = iota
	// The object looks as if the row did not exist on the server: an empty list, a
	// count of 0. If rows are missing, such an object cannot be told from one that
	// really has none.
	AsNone
	// The rows are objects of their own; those that were read are facts.
	asFewer
)

// Subsections are all that a collector writes.
var Subsections = []Subsection{
	{Name: "server.read_committed_snapshot", Fields: []string{"estate.server.read_committed_snapshot"}},
	{Name: "licences.inactive_holders", Fields: []string{"estate.licences.inactive_holders"}, Absence: asFewer},
	{Name: "licences.same_name", Fields: []string{"estate.licences.same_name"}, Absence: asFewer},
	{Name: "patch_import.newest_bulletin_at", Fields: []string{"estate.patch_import.newest_bulletin_at", "estate.patch_import.newest_bulletin_age_days"}},
	{Name: "patch_import.bulletins_without_packages", Fields: []string{"estate.patch_import.bulletins_without_packages", "estate.patch_import.bulletins_unknown"}, Absence: asFewer},
	{Name: "policies.targets", Fields: []string{"estate.policies[].target_filters", "estate.policies[].has_target"}, Absence: AsNone},
	{Name: "policies.target_counts", Fields: []string{"estate.policies[].target_count"}, Absence: AsNone},
	{Name: "filters.members", Fields: []string{"estate.filters[].members"}, Absence: AsNone},
	{Name: "packages.codebases", Fields: []string{"estate.packages[].codebases"}, Absence: AsNone},
	{Name: "package_servers.constrained", Fields: []string{"estate.package_servers[].constrained"}},
	{Name: "package_servers.addresses", Fields: []string{"estate.package_servers[].addresses"}, Absence: AsNone},
	{Name: "package_servers.sites", Fields: []string{"estate.package_servers[].sites"}, Absence: AsNone},
	{Name: "package_servers.packages", Fields: []string{"estate.package_servers[].packages"}, Absence: AsNone},
	{Name: "package_servers.basic_inventory_age_days", Fields: []string{"estate.package_servers[].basic_inventory_age_days"}},
	{Name: "package_servers.task_registration_age_days", Fields: []string{"estate.package_servers[].task_registration_age_days"}},
	{Name: "package_servers.agent_folder", Fields: []string{"estate.package_servers[].agent_folder"}, OnDemand: true},
	{Name: "sites.prevent_downloads", Fields: []string{"estate.sites[].prevent_downloads"}},
	{Name: "subnets.sites", Fields: []string{"estate.subnets[].sites"}, Absence: AsNone},
	{Name: LastRunSection, Fields: []string{"input.packages.plugin.last_run", "input.packages.scan.last_run", "input.packages.tools.last_run", "input.events"}, Absence: AsNone},
}

// LastRunSection is the only subsection about clients.
const LastRunSection = "clients.packages.last_run"

// SubsectionOf finds a subsection by its name; nil if there is none.
func SubsectionOf(name string) *Subsection {
	i := slices.IndexFunc(Subsections, func(s Subsection) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &Subsections[i]
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

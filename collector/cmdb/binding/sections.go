package binding

import (
	"slices"
	"strings"
)

// Kind is the kind of values in a column.
type Kind uint8

// The kinds of columns.
const (
	Text Kind = iota
	GUID
	Int
	Bool
	Time
	Count // a number from 0
)

// Column is a column that a section needs.
type Column struct {
	Name string
	Kind Kind
}

// Layout is a section and its columns.
type Layout struct {
	Section string
	Columns []Column
}

// Sections with a meaning of their own.
const (
	// Clients lists the computers. Its fields are sections of their own.
	Clients = "clients"
	// KeyOrder shows how the server sorts GUIDs. It fills no part of a snapshot.
	KeyOrder = "key_order"
	// LicenceRows lists licences. It fills no part of a snapshot.
	LicenceRows = "licence_rows"
)

// readingOrder lists the sections in the order of reading: a section before its
// fields, and the estate before the clients.
var readingOrder = []Layout{
	{"server", []Column{{"guid", GUID}, {"name", Text}, {"agent", Text}, {"version", Text}}},
	{"server.read_committed_snapshot", []Column{{"read_committed_snapshot", Bool}}},
	{"licences", []Column{{"product", Text}, {"in_use", Count}}},
	{"licences.inactive_holders", []Column{{"guid", GUID}, {"name", Text}, {"status", Text}}},
	{"licences.same_name", []Column{{"guid", GUID}, {"name", Text}, {"domain", Text}}},
	{"patch_import", []Column{{"ended_at", Time}, {"result", Text}}},
	{"patch_import.newest_bulletin_at", []Column{{"newest", Time}}},
	{"patch_import.bulletins_without_packages", []Column{{"guid", GUID}, {"name", Text}, {"enabled", Bool}, {"updates", Count}, {"packaged", Count}}},

	{"vendor_policies", []Column{{"guid", GUID}, {"name", Text}, {"enabled", Bool}, {"state", Text}}},
	{"policies", []Column{{"guid", GUID}, {"name", Text}, {"role", Text}, {"enabled", Bool}, {"state", Text}}},
	{"policies.targets", []Column{{"guid", GUID}, {"filter", GUID}}},
	{"policies.target_counts", []Column{{"guid", GUID}, {"computers", Count}}},
	{"filters", []Column{{"guid", GUID}, {"name", Text}}},
	{"filters.members", []Column{{"guid", GUID}, {"members", Count}}},

	{"packages", []Column{{"guid", GUID}, {"name", Text}, {"role", Text}, {"enabled", Bool}, {"revision", Text}}},
	{"packages.codebases", []Column{{"guid", GUID}, {"url", Text}, {"snapshot", Text}}},

	{"package_servers", []Column{{"guid", GUID}, {"name", Text}, {"dns_suffix", Text}, {"os_name", Text}, {"agent", Text}, {"version", Text}}},
	{"package_servers.constrained", []Column{{"guid", GUID}, {"constrained", Bool}}},
	{"package_servers.addresses", []Column{{"guid", GUID}, {"address", Text}, {"mask", Text}}},
	{"package_servers.sites", []Column{{"guid", GUID}, {"site", GUID}}},
	{"package_servers.packages", []Column{{"guid", GUID}, {"role", Text}, {"status", Text}, {"status_time", Time}, {"revision", Text}}},
	{"package_servers.basic_inventory_age_days", []Column{{"guid", GUID}, {"basic_at", Time}}},
	{"package_servers.task_registration_age_days", []Column{{"guid", GUID}, {"registered_at", Time}}},

	{"sites", []Column{{"guid", GUID}, {"name", Text}}},
	{"sites.prevent_downloads", []Column{{"guid", GUID}, {"enabled", Bool}, {"state", Text}}},
	{"subnets", []Column{{"guid", GUID}, {"cidr", Text}}},
	{"subnets.sites", []Column{{"guid", GUID}, {"site", GUID}}},

	{KeyOrder, []Column{{"key", GUID}}},
	{Clients, []Column{{"key", GUID}, {"name", Text}, {"managed", Bool}, {"active", Bool}, {"status", Text}, {"domain", Text}, {"os_name", Text}}},
	{"clients.agents", []Column{{"key", GUID}, {"agent", Text}, {"version", Text}}},
	{"clients.licence", []Column{{"key", GUID}, {"product", Text}, {"product_guid", GUID}}},
	{"clients.addresses", []Column{{"key", GUID}, {"address", Text}, {"mask", Text}, {"primary", Bool}}},
	{"clients.filters", []Column{{"key", GUID}, {"filter", GUID}}},
	{"clients.plugin_policies", []Column{{"key", GUID}, {"policy", GUID}}},
	{"clients.packages", []Column{{"key", GUID}, {"role", Text}, {"event_time", Time}, {"status", Text}}},
	{"clients.packages.last_run", []Column{{"key", GUID}, {"role", Text}, {"event_time", Time}, {"started_at", Time}, {"return_code", Int}}},
	{"clients.inventory", []Column{{"key", GUID}, {"class", Text}, {"modified_at", Time}}},
	{"clients.task_agent", []Column{{"key", GUID}, {"registered_at", Time}}},
}

// licenceRowsLayout is the layout of a query that fills no section of a snapshot.
var licenceRowsLayout = Layout{LicenceRows, []Column{
	{"product", Text},
	{"product_guid", GUID},
	{"guid", GUID},
	{"name", Text},
	{"domain", Text},
	{"active", GUID},
	{"status", Text},
}}

// optionalColumns are columns that a query or a file need not have, by section.
// Without one, its value is unknown in every row.
var optionalColumns = map[string][]string{"clients.licence": {"product", "product_guid"}}

// IsOptional reports whether a query or a file may lack a column.
func IsOptional(section, column string) bool {
	return slices.Contains(optionalColumns[section], column)
}

// Layouts returns the sections that fill a snapshot, in the order of reading.
func Layouts() []Layout {
	return slices.DeleteFunc(slices.Clone(readingOrder), func(l Layout) bool { return l.Section == KeyOrder })
}

// SectionNames returns the names of all sections that are read to make a snapshot, in
// the order of reading.
func SectionNames() []string {
	names := make([]string, len(readingOrder))
	for i, l := range readingOrder {
		names[i] = l.Section
	}
	return names
}

// ColumnsOf returns the columns that a section needs; nil for an unknown section.
func ColumnsOf(section string) []Column {
	for _, l := range append(readingOrder, licenceRowsLayout) {
		if l.Section == section {
			return l.Columns
		}
	}
	return nil
}

// AllNames returns the names of all sections that can be bound, sorted.
func AllNames() []string {
	return slices.Sorted(slices.Values(append(SectionNames(), LicenceRows)))
}

// Parent returns the section of the objects that a section is about: package_servers
// for package_servers.packages. It is empty for a section without a dot.
func Parent(section string) string {
	before, _, ok := strings.Cut(section, ".")
	if !ok {
		return ""
	}
	return before
}

// AboutClients reports whether a section has rows about clients, which are ordered by
// their key.
func AboutClients(section string) bool {
	return section == Clients || Parent(section) == Clients
}

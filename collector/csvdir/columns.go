package csvdir

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// aliases are other accepted names of a column, by section and column, or by column
// alone. Reports use names for readers.
var aliases = map[string][]string{
	"key":                           {"Guid", "_ResourceGuid", "ResourceGuid", "Computer Guid"},
	"name":                          {"Display Name"},
	"status_time":                   {"Status Date"},
	"event_time":                    {"_eventTime"},
	"started_at":                    {"Start", "Start Time"},
	"return_code":                   {"ReturnCode", "Exit Code"},
	"mask":                          {"Subnet Mask"},
	"address":                       {"IP Address"},
	"os_name":                       {"Operating System"},
	"version":                       {"Product Version"},
	"agent":                         {"Agent Name"},
	"managed":                       {"IsManaged"},
	"registered_at":                 {"LastRegistered"},
	"modified_at":                   {"ModifiedDate"},
	"policy":                        {"Policy Guid"},
	"filter":                        {"Filter Guid", "CollectionGuid"},
	"site":                          {"Site Guid"},
	"dns_suffix":                    {"Primary DNS Suffix"},
	"clients.name":                  {"Computer Name", "Computer", "Host Name"},
	"clients.status":                {"Asset Status"},
	"package_servers.name":          {"Host Name", "Server Name"},
	"sites.guid":                    {"Site Guid"},
	"sites.name":                    {"Site", "Site Name"},
	"subnets.guid":                  {"Subnet Guid"},
	"subnets.cidr":                  {"Subnet", "Network"},
	"subnets.sites.guid":            {"Subnet Guid"},
	"package_servers.sites.guid":    {"Package Server Guid", "ResourceGuid"},
	"package_servers.guid":          {"Package Server Guid", "ResourceGuid"},
	"package_servers.packages.guid": {"Package Server Guid", "ResourceGuid"},
	"licences.product":              {"Product Name"},
	"clients.licence.product":       {"Product Name"},
	"clients.licence.product_guid":  {"LicensingPolicyGuid"},
	"licences.in_use":               {"Licenses In Use", "Licences In Use"},
	"filters.members.members":       {"Member Count"},
	"packages.revision":             {"Package Version"},
}

// Aliases returns the other accepted names of a column.
func Aliases(section, column string) []string {
	return append(slices.Clone(aliases[section+"."+column]), aliases[column]...)
}

// unique are the sections with at most one row for each object.
var unique = map[string]bool{
	"clients": true, "sites": true, "subnets": true, "filters": true, "filters.members": true, "policies": true,
	"policies.target_counts": true, "vendor_policies": true, "packages": true, "package_servers.constrained": true,
}

// keyless are the sections that may have rows without a key.
var keyless = map[string]bool{"clients.inventory": true, "clients.plugin_policies": true}

// words are the values of a column that has a fixed set of them, with their synonyms.
// If others is set, any other text is allowed and has no meaning.
type words struct {
	values []word
	others bool
}

type word struct {
	value    string
	synonyms []string
}

// roles are the required packages, by name and by GUID if it is the same on every
// server.
var roles = func() (w words) {
	for _, p := range snapshot.RequiredPackages() {
		one := word{p.Role, []string{p.Name}}
		if p.GUID != "" {
			one.synonyms = append(one.synonyms, p.GUID)
		}
		w.values = append(w.values, one)
	}
	return w
}()

var agents = words{others: true, values: []word{
	{"core", []string{"Altiris Agent"}},
	{"plugin", []string{"Altiris Software Update Agent"}},
}}

// vocabulary is by section and column.
var vocabulary = map[string]words{
	"clients.agents.agent": agents,
	"server.agent":         agents,
	"package_servers.agent": {others: true, values: []word{
		{"core", []string{"Altiris Agent"}}, {"package", []string{"Altiris Package Server"}}, {"task", []string{"Altiris Task Server"}},
	}},
	"packages.role":                  roles,
	"package_servers.packages.role":  roles,
	"clients.packages.role":          roles,
	"clients.packages.last_run.role": roles,
	"policies.role": {values: []word{
		{"plugin_install", []string{"Software Update Plug-in Install"}},
		{"plugin_policy", []string{"Default Software Update Plug-in Policy"}},
		{"vulnerability_analysis", []string{"Microsoft Vulnerability Analysis Policy", "Windows System Assessment Scan"}},
	}},
	"clients.inventory.class": {values: []word{
		{"basic", []string{"AeX AC Identification"}},
		{"patch", []string{"Applicable Windows Software Update", "Installed Windows Software Update"}},
	}},
}

// Words returns the values of a column, each with its synonyms; nil if any text is
// allowed. others is set if other text is allowed and has no meaning.
func Words(section, column string) (values [][]string, others bool) {
	v := vocabulary[section+"."+column]
	for _, w := range v.values {
		values = append(values, append([]string{w.value}, w.synonyms...))
	}
	return values, v.others
}

// normaliseName removes case, spaces and signs, which differ between exports.
func normaliseName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// findColumns finds the columns of a section in a header. It returns the position of
// each, or -1, and the number found. A column's own name takes precedence over
// aliases. If two fields have the same name, twice is that name.
func findColumns(section string, columns []binding.Column, header []string) (at []int, found int, twice string) {
	at = make([]int, len(columns))
	for i, c := range columns {
		at[i] = -1
		for _, names := range [][]string{{c.Name}, Aliases(section, c.Name)} {
			for j, h := range header {
				if !slices.ContainsFunc(names, func(n string) bool { return normaliseName(n) == normaliseName(h) }) {
					continue
				}
				if at[i] >= 0 {
					twice = c.Name
				}
				at[i] = j
			}
			if at[i] >= 0 {
				found++
				break
			}
		}
	}
	return at, found, twice
}

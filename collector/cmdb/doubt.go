package cmdb

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/version"
	"github.com/nscheck/nscheck/snapshot"
)

// A query can run without an error and find nothing because a name or a join in it is
// wrong: most of them are inferred or recalled. If both sides of a section's join
// have objects, or another section proves that there must be rows, an answer without
// rows is doubtful and its content unknown.

// doubt is a section of the estate that must have rows.
type doubt struct {
	section string
	// reason returns why there must be rows; empty if there need not be any.
	reason func(*estateBuilder) string
	// clear makes the fields of the section unknown.
	clear func(*estateBuilder)
}

var doubts = []doubt{
	{"vendor_policies", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Policies) > 0, "there are other policies of Patch Management")
	}, func(e *estateBuilder) { e.estate.VendorPolicies = nil }},
	{"policies", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.VendorPolicies)+len(e.estate.Packages) > 0, "there are vendor policies or packages of Patch Management")
	}, func(e *estateBuilder) { e.estate.Policies = nil }},
	{"policies.targets", func(e *estateBuilder) string {
		on := slices.ContainsFunc(e.estate.Policies, func(p snapshot.Policy) bool { return p.Enabled == nil || *p.Enabled })
		return reasonIf(on, "there are policies that may be on, and not one has a target")
	}, func(e *estateBuilder) {
		for i := range e.estate.Policies {
			e.estate.Policies[i].TargetFilters, e.estate.Policies[i].HasTarget = nil, nil
		}
	}},
	{"filters", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Policies) > 0, "every server has the filter of computers with the plug-in")
	}, func(e *estateBuilder) { e.estate.Filters = nil }},
	{"packages", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Policies)+len(e.estate.VendorPolicies) > 0, "there are policies of Patch Management, which comes with packages")
	}, func(e *estateBuilder) { e.estate.Packages = nil }},
	{"packages.codebases", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Packages) > 0, "there are packages")
	}, func(e *estateBuilder) {
		for i := range e.estate.Packages {
			e.estate.Packages[i].Codebases = nil
		}
	}},
	{"package_servers", func(e *estateBuilder) string {
		return reasonIf(e.estate.Server != nil, "the Notification Server itself is a site server")
	}, func(e *estateBuilder) { e.estate.PackageServers = nil }},
	{"package_servers.addresses", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.PackageServers) > 0, "there are package servers")
	}, func(*estateBuilder) {}},
	{"package_servers.sites", func(e *estateBuilder) string {
		assigned := slices.ContainsFunc(e.estate.Subnets, func(s snapshot.Subnet) bool { return len(s.Sites) > 0 })
		return reasonIf(len(e.estate.PackageServers) > 0 && len(e.estate.Sites) > 0 && !assigned, "there are package servers and sites, and no subnet is known to be in a site either")
	}, func(e *estateBuilder) {
		for i := range e.estate.PackageServers {
			e.estate.PackageServers[i].Sites = nil
		}
	}},
	{"package_servers.packages", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.PackageServers) > 0 && len(e.estate.Packages) > 0, "there are package servers and packages")
	}, func(e *estateBuilder) {
		for i := range e.estate.PackageServers {
			e.estate.PackageServers[i].Packages = nil
		}
	}},
	{"subnets.sites", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Subnets) > 0 && len(e.estate.Sites) > 0, "there are subnets and sites")
	}, func(e *estateBuilder) {
		for i := range e.estate.Subnets {
			e.estate.Subnets[i].Sites = nil
		}
	}},
	{"sites", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Subnets) > 0, "there are subnets")
	}, func(e *estateBuilder) { e.estate.Sites = nil }},
	{"subnets", func(e *estateBuilder) string {
		return reasonIf(len(e.estate.Sites) > 0, "there are sites")
	}, func(e *estateBuilder) { e.estate.Subnets = nil }},
	{"patch_import.bulletins_without_packages", func(e *estateBuilder) string {
		return reasonIf(e.estate.PatchImport != nil && e.estate.PatchImport.NewestBulletinAt != nil, "there are bulletins")
	}, func(e *estateBuilder) { e.estate.PatchImport.BulletinsWithoutPackages = nil }},
}

func reasonIf(must bool, reason string) string {
	if !must {
		return ""
	}
	return reason
}

// doubtEstate marks sections without rows that must have some, when all sections
// have been read. The reasons are found before anything is forgotten, so that
// two empty sections do not excuse each other in turn.
func (c *collection) doubtEstate(e *estateBuilder) {
	reasons := make(map[string]string)
	for _, d := range doubts {
		if s := c.sectionEntry(d.section); s != nil && s.Status == snapshot.Collected && s.Rows == 0 {
			reasons[d.section] = d.reason(e)
		}
	}
	for _, d := range doubts {
		if reason := reasons[d.section]; reason != "" {
			d.clear(e)
			why := doubtful(d.section, reason)
			s := c.sectionEntry(d.section)
			s.Status, s.Error = why.status, why.message
		}
	}
}

// doubtful is the outcome of a section without rows that must have some.
func doubtful(section, reason string) *sectionError {
	return &sectionError{snapshot.Doubtful, fmt.Sprintf("collect %s: it returned no rows, although %s; the export may be incomplete, or the query may use names that are wrong for this server (see nscheck probe), so its content is unknown", section, reason)}
}

func (c *collection) sectionEntry(section string) *snapshot.Section {
	for i := range c.manifest.Sections {
		if c.manifest.Sections[i].Name == section {
			return &c.manifest.Sections[i]
		}
	}
	return nil
}

// doubtClients returns why a section about clients must have rows with a key;
// empty if it need not. It came with so many rows without one.
func (c *collection) doubtClients(section string, keyless int64) string {
	if c.built == nil {
		return ""
	}
	e := c.built
	switch section {
	case binding.Clients:
		return reasonIf(e.holders() || e.members(), "computers hold licences or are in filters")
	case "clients.addresses":
		clients := c.sectionEntry(binding.Clients)
		return reasonIf(clients != nil && clients.Rows > 0, "there are computers")
	case "clients.licence":
		return reasonIf(e.holders(), "licences are in use")
	case "clients.filters":
		return reasonIf(e.members(), "filters have members")
	case "clients.packages.last_run":
		downloads := c.sectionEntry("clients.packages")
		return reasonIf(downloads != nil && usable(downloads.Status) && downloads.Rows > 0, "packages were downloaded")
	case "clients.plugin_policies":
		if keyless > 0 {
			return "" // policies with unknown targets
		}
		for _, p := range e.estate.Policies {
			on := p.Enabled == nil || *p.Enabled
			if p.Role == "plugin_policy" && on && (p.TargetCount == nil || *p.TargetCount > 0) {
				return "there is a plug-in policy that may be on and target computers"
			}
		}
		// From 8.5 there is always one (KB178560).
		known := slices.ContainsFunc(e.estate.Policies, func(p snapshot.Policy) bool { return p.Role == "plugin_policy" })
		v := version.Parse(c.version)
		return reasonIf(!known && v != nil && (v.Major() > 8 || v.Major() == 8 && v.Minor() >= 5), "the server's version has plug-in policies, and none was found")
	}
	return ""
}

// holders reports whether licences are in use.
func (e *estateBuilder) holders() bool {
	l := e.estate.Licences
	return l != nil && l.InUse != nil && *l.InUse > 0
}

// members reports whether some filter has members.
func (e *estateBuilder) members() bool {
	return slices.ContainsFunc(e.estate.Filters, func(f snapshot.Filter) bool { return f.Members != nil && *f.Members > 0 })
}

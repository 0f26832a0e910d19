# METADATA
# title: Site depends on its only package server
# description: |
#   From 8.5 RU3 (8.5.5032) on, the settings of a site can forbid its clients to download
#   from the Notification Server (Ns) and from package servers of other sites (ExtPs). Where
#   both are forbidden and the site has one package server, its clients get no package while
#   that one is away. Nothing is broken yet: the built-in NS-SITE-008 finds a site whose
#   package servers have no package ready.
# related_resources:
#   - ref: KB204355
#     description: Prevent Downloads, the values Ns and ExtPs of a site's settings.
#   - ref: KB199166
#     description: A site keeps only its first site settings policy.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: EX-SITE-003
#   severity: low
#   scope: estate
#   step: "+"
#   versions: ">=8.5.5032"
#   remediation:
#     - ref: KB204355
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings, assign a
#         second package server to the site that the finding names, or open the site settings
#         policy of the site and allow one of the two sources again under Prevent Downloads. A
#         site keeps only its first site settings policy (KB199166), so make sure that it is that
#         one.
package nscheck_examples.site.no_fallback

import data.nscheck_examples.lib.sites

violation contains {
	"msg": sprintf("Site %s with %s may download from its package server %s alone", [
		site.name,
		sites.count_of(sites.clients(site), "client"),
		server.name,
	]),
	"resource": sites.resource(site),
	"path": sprintf("sites[%s].prevent_downloads", [site.name]),
	"expected": "a second package server, or one of Ns and ExtPs allowed",
	"actual": site.prevent_downloads,
} if {
	some site in data.estate.sites
	_closed(site)
	[server] := sites.servers(site)
	count(_questions(site)) == 0
}

unknown contains {
	"msg": sprintf("It may depend on its only package server; unknown: %s", [
		concat("; ", _questions(site)),
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	not _open(site)
	count(sites.servers(site)) < 2
	count(sites.servers(site)) + sites.stray_servers(site) > 0
	sites.clients(site) + sites.unplaced_clients > 0
	count(_questions(site)) > 0
}

_closed(site) if {
	every source in ["Ns", "ExtPs"] {
		source in site.prevent_downloads
	}
}

# Whether the site's clients are known to have another source.
_open(site) if {
	some source in ["Ns", "ExtPs"]
	site.prevent_downloads
	not source in site.prevent_downloads
}

# What has to be known before a site with one known package server depends on it.
_questions(site) := union({
	{"what it prevents downloads from" | not site.prevent_downloads},
	{"whether it has clients" | sites.clients(site) == 0},
	{msg |
		strays := sites.stray_servers(site)
		strays > 0
		msg := sprintf("all sites of %s", [sites.count_of(strays, "package server")])
	},
})

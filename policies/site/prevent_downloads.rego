# METADATA
# title: Prevent Downloads set for a site without a ready package server
# description: |
#   From 8.5 RU3 (8.5.5032) on, the settings of a site can forbid its clients to
#   download from the Notification Server (Ns) or from package servers of other
#   sites (ExtPs). Such a site depends on its own package servers: if none of
#   them has a required package ready, its clients starve. Where only other sites'
#   package servers are forbidden, the Notification Server is left to them, so
#   that this is a possible cause only.
# related_resources:
#   - ref: KB204355
#     description: Prevent Downloads, the values Ns and ExtPs of a site's settings.
#   - ref: KB199166
#     description: A site keeps only its first site settings policy.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-008
#   severity: high
#   scope: estate
#   step: "+"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-004]
#   chain: 140
#   versions: ">=8.5.5032"
#   remediation:
#     - ref: KB204355
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings, open the
#         site settings policy of the site and take Prevent Downloads off, at least for the
#         Notification Server, until a package server of the site has the packages that the
#         finding names. A site keeps only its first site settings policy (KB199166), so make sure
#         that it is that one. Then make the packages ready: if the site has no package server,
#         assign one there; if it has, use all the buttons of the Package Server tab in its GUI to
#         refresh (Update Package, Refresh Package, Resend Package info).
package nscheck.site.prevent_downloads

import data.nscheck.lib.package_servers
import data.nscheck.lib.package_status
import data.nscheck.lib.packages
import data.nscheck.lib.sites
import data.nscheck.lib.ways

violation contains {
	"msg": msg,
	"resource": sites.resource(site),
	"path": sprintf("sites[%s].prevent_downloads", [site.name]),
	"expected": [],
	"actual": site.prevent_downloads,
	"affects": [{"site": site.guid, "package": role, "certainty": _certainty(site)} |
		some role in lacking
	],
} if {
	some site in data.estate.sites
	count(site.prevent_downloads) > 0
	data.totals.sites[site.guid].clients > 0
	lacking := [role | some role, _ in packages.names; _lacks(site, role)]
	count(lacking) > 0
	msg := sprintf("Site %s prevents downloads from %s, but no package server of it has %s ready", [
		site.name,
		concat(" and ", [name | some [source, name] in _sources; source in site.prevent_downloads]),
		concat(" or ", [packages.names[role] | some role in lacking]),
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	count(site.prevent_downloads) > 0
	not data.totals.sites[site.guid]
	sites.may_have_clients(site.guid)
	some role, _ in packages.names
	_lacks(site, role)
	msg := concat("", [
		"It prevents downloads, and no package server of it has all packages ready; ",
		"unknown: whether it has clients",
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	count(site.prevent_downloads) > 0
	sites.may_have_clients(site.guid)
	lacking := [role | some role, _ in packages.names; not site.guid in _helped[role]]
	count(lacking) > 0
	every role in lacking {
		not _lacks(site, role)
	}
	names := concat(" and ", [packages.names[role] | some role in lacking])
	question := sprintf("whether a package server of it has %s ready", [names])
	msg := sprintf("It prevents downloads; unknown: %s", [question])
}

unknown contains {
	"msg": "It is unknown whether it prevents downloads",
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	not site.prevent_downloads
	sites.may_have_clients(site.guid)
	some role, _ in packages.names
	not site.guid in _helped[role]
}

_sources := [["Ns", "the Notification Server"], ["ExtPs", "package servers of other sites"]]

_certainty(site) := "sure" if {
	site.guid in ways.ns_closed
} else := "possible"

_lacks(site, role) if {
	not site.guid in _helped[role]
	package_servers.certainty(site.guid, package_status.unready[role]) == "sure"
}

# Sites that have a package server on which a package is ready.
_helped := {role: package_servers.sites_with(servers) | some role, servers in package_status.ready}

# METADATA
# title: A combination of settings blocks packages to a site
# description: |
#   Packages enter a site through a package server that is unconstrained and that a
#   vendor policy assigns them to; constrained package servers of the site pull from
#   it. Where the unconstrained package servers of a site are not enabled in the vendor
#   policy and the enabled ones are constrained, each setting looks harmless by itself
#   and together they close the site. Sites all of whose package servers are
#   constrained, and sites without an enabled package server, have findings of their own.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, at least 1 unconstrained package server, and enable the individual package servers.
#   - ref: KB164756
#     description: How sites, subnets and site servers belong together.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-012
#   severity: critical
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-002, NS-PKG-004, NS-SITE-008]
#   chain: 135
#   remediation:
#     - ref: TECH170397
#       text: |
#         Open one way: in the vendor policy's Policy and Package Settings, under "Package Servers
#         Individually", enable an unconstrained package server of the site; or clear the
#         constrained setting of an enabled one, in the console under Settings > Notification
#         Server > Site Server Settings (in 6.x under Site Maintenance). Then, in that package
#         server's GUI, use all the buttons of the Package Server tab to refresh (Update Package,
#         Refresh Package, Resend Package info) and check that the packages become ready, first on
#         this server and then on the constrained ones.
package nscheck.site.no_way_for_packages

import data.nscheck.lib.cut_sites
import data.nscheck.lib.package_servers
import data.nscheck.lib.sites
import data.nscheck.lib.text
import data.nscheck.lib.ways

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": sites.resource(site),
	"expected": "a package server that is enabled and unconstrained",
	"actual": "none",
	"paths": cut_sites.settings(servers),
	"affects": [{"site": site.guid, "certainty": "sure"}],
} if {
	some site in data.estate.sites
	site.guid in _combined
	total := data.totals.sites[site.guid].clients
	servers := {server | some server in data.index.site_package_servers[site.guid]}
	msg := sprintf("Packages cannot reach the %s of site %s: %s", [
		text.count_of(total, "client"),
		site.name,
		cut_sites.reasons(servers),
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	site.guid in _combined
	not data.totals.sites[site.guid]
	sites.may_have_clients(site.guid)
	msg := "Packages cannot reach it; unknown: whether it has clients"
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	sites.may_have_clients(site.guid)
	_in_doubt(site.guid)
	msg := "It is unknown whether one of its package servers is both enabled and unconstrained"
}

# Sites that are closed by both settings together and by neither alone.
_combined := (ways.closed - ways.closed_by_constraint) - ways.closed_by_assignment

# Only a site with a package server that may be constrained and another one that may
# not be enabled can be closed by both together.
_in_doubt(site) if {
	not site in ways.open
	not site in ways.closed
	servers := {server | some server in data.index.site_package_servers[site]}
	count(servers & ways.perhaps_unassigned) > 0
	count(servers & ways.perhaps_constrained) > 0
	count(servers) > 1
}

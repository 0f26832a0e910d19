# METADATA
# title: Site has no package server
# description: |
#   Clients fetch the packages for their first scan from the package servers of
#   their site, and the article wants at least one in each that pulls packages
#   from the Notification Server. A site with clients and without any package
#   server offers them none. That none of a site's package servers is
#   unconstrained is a fault of its own and not reported here.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, package servers in each subnet and site.
#   - ref: KB164756
#     description: How sites, subnets and site servers belong together.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-002
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-004, NS-SITE-008]
#   chain: 120
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), assign a package server to the site, one that is not
#         constrained, so that it pulls packages from the Notification Server. A site server also
#         belongs to the site of its own subnets: if there is one that should be in this site
#         already, look at the subnets of its addresses. Then, in the package server's GUI, use
#         all the buttons of the Package Server tab to refresh (Update Package, Refresh Package,
#         Resend Package info) and watch the packages become ready.
package nscheck.site.no_package_server

import data.nscheck.lib.sites
import data.nscheck.lib.text

violation contains {
	"msg": msg,
	"resource": sites.resource(site),
	"expected": "at least 1 package server",
	"actual": "none",
	"affects": [{"site": site.guid, "certainty": "sure"}],
} if {
	some site in data.estate.sites
	data.index.site_package_servers[site.guid] == []
	count(_open_questions(site)) == 0
	total := data.totals.sites[site.guid].clients
	msg := sprintf("Site %s has no package server for its %s", [
		site.name,
		text.count_of(total, "client"),
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	data.index.site_package_servers[site.guid] == []
	sites.may_have_clients(site.guid)
	questions := _open_questions(site)
	count(questions) > 0
	msg := sprintf("It is not known to have a package server; unknown: %s", [
		concat("; ", questions),
	])
}

unknown contains lost if some lost in sites.unknown_of_lost

# What has to be known before a site without a known package server is a fault.
_open_questions(site) := union({
	{"whether it has clients" | not data.totals.sites[site.guid]},
	{msg |
		stray := count(data.index.unplaced_package_servers)
		stray > 0
		msg := sprintf("all sites of %s", [text.count_of(stray, "package server")])
	},
})

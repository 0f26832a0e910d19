# METADATA
# title: Package server assigned by hand to another site than its subnet's
# description: |
#   A package server serves the site of its own subnets and, besides, every site that
#   it is assigned to by hand. This one is assigned to a site in which none of its
#   addresses is: its packages reach the clients of that site over the network between
#   the sites, and it counts there as a package server of the site. That can be meant,
#   for a site without a server of its own. Otherwise it hides that the site lacks one,
#   or that the server's subnet is in the wrong site. A server whose own subnets are in
#   no site has to be assigned by hand.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, sites targeted properly within the subnet.
#   - ref: KB164756
#     description: How sites, subnets and site servers belong together.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: NS-SITE-011
#   severity: low
#   scope: estate
#   step: "5"
#   remediation:
#     - ref: KB164756
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), check whether the package server should serve the site that
#         the finding names. If so, accept the finding with a waiver. If the server is in that
#         site, assign its subnet to it; if not, take the assignment off, and see that the site has
#         an unconstrained package server of its own. Then, in the package server's GUI, use all
#         the buttons of the Package Server tab to refresh (Update Package, Refresh Package, Resend
#         Package info).
package nscheck.site.assigned_elsewhere

import data.nscheck.lib.names
import data.nscheck.lib.package_servers

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": sprintf("Package server %s is assigned to %s by hand, and its addresses are in %s", [
		server.name,
		_names(others),
		_names(own),
	]),
	"resource": package_servers.resource(server),
	"path": sprintf("package_servers[%s].sites", [server.name]),
	"expected": own,
	"actual": server.sites,
} if {
	some server in data.estate.package_servers
	own := data.index.address_sites[server.guid]
	count(own) > 0
	others := [site | some site in server.sites; data.index.sites[site]; not site in own]
	count(others) > 0
}

unknown contains {
	"msg": "It is assigned to a site by hand, and it is unknown in which sites its addresses are",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	count(server.sites) > 0
	not data.index.address_sites[server.guid]
}

unknown contains {
	"msg": "It is unknown to which sites it is assigned by hand",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	not server.sites
}

_names(guids) := concat(" and ", sort([names.of(site, site) | some site in guids]))

# METADATA
# title: Site with package servers and without a subnet
# description: |
#   The article wants sites targeted properly within the subnets. A client belongs to
#   the site of its subnet, so a site that no subnet is in has no clients: its package
#   servers, which are assigned to it by hand, serve no client there. Either its subnets
#   were never assigned, and its clients are in another site or in none, or the site is
#   a remnant. A subnet that is not assigned itself counts for the site of the closest
#   subnet around it.
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
#   id: NS-SITE-010
#   severity: medium
#   scope: estate
#   step: "5"
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), assign to the site that the finding names the subnets of the
#         clients that its package servers should serve. If it has none, assign the package
#         servers to the sites that need them and delete the site. Then, in the package servers'
#         GUI, use all the buttons of the Package Server tab to refresh (Update Package, Refresh
#         Package, Resend Package info) and check that the packages arrive.
package nscheck.site.site_without_subnet

import data.nscheck.lib.names
import data.nscheck.lib.package_servers
import data.nscheck.lib.sites
import data.nscheck.lib.text

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": sprintf("Site %s has no subnet, so it has no clients for its %s: %s", [
		site.name,
		text.count_of(count(servers), "package server"),
		text.list_of(sort([names.of(server, server) | some server in servers])),
	]),
	"resource": sites.resource(site),
	"expected": "a subnet",
	"actual": "none",
} if {
	some site in data.estate.sites
	servers := _without_known_subnet[site.guid]
	_subnets_of_unknown_site == 0
}

unknown contains {
	"msg": sprintf("It has package servers and is not known to have a subnet; unknown: the site of %s", [
		text.count_of(_subnets_of_unknown_site, "subnet"),
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	_without_known_subnet[site.guid]
	_subnets_of_unknown_site > 0
}

unknown contains {
	"msg": sprintf("It is not known to have a subnet; unknown: all sites of %s", [
		text.count_of(_strays, "package server"),
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	data.index.site_package_servers[site.guid] == []
	not site.guid in _with_subnet
	_strays > 0
}

_strays := count(data.index.unplaced_package_servers)

# The package servers of each site that no subnet is known to be in.
_without_known_subnet[site] := servers if {
	some site, servers in data.index.site_package_servers
	count(servers) > 0
	not site in _with_subnet
}

_with_subnet := {site |
	some sites_of_subnet in data.index.subnet_sites
	some site in sites_of_subnet
}

_subnets_of_unknown_site := count([subnet.guid |
	some subnet in data.estate.subnets
	not data.index.subnet_sites[subnet.guid]
])

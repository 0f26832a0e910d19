# METADATA
# title: Large site with too few package servers
# description: |
#   The house wants every site above 50 clients to have two package servers, so that one of
#   them can be mended or replaced while the other goes on serving packages. The parameters
#   large_site_clients and large_site_package_servers hold the two numbers; the vendor
#   demands neither. A client counts for each site that its primary address is in, and a
#   package server serves the sites that it is assigned to by hand and those of its own
#   addresses. A site without any package server is a finding of the built-in rules.
# related_resources:
#   - ref: KB164756
#     description: How sites, subnets and site servers belong together.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
#   - data.totals: schema.totals
# custom:
#   id: EX-SITE-001
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - ref: KB416627
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), assign a further package server to the site that the finding
#         names. It may serve other sites too: one that stands near can be assigned by hand.
#         Watch the packages become ready on it before the other one is taken out of service.
package nscheck_examples.site.too_few_package_servers

import data.nscheck_examples.lib.sites

violation contains {
	"msg": sprintf("Site %s has %s for its %s; the house wants %d above %s", [
		site.name,
		sites.count_of(_servers(site), "package server"),
		sites.count_of(sites.clients(site), "client"),
		_wanted,
		sites.count_of(_large, "client"),
	]),
	"resource": sites.resource(site),
	"expected": sprintf("at least %s", [sites.count_of(_wanted, "package server")]),
	"actual": _servers(site),
} if {
	some site in data.estate.sites
	sites.clients(site) > _large
	_servers(site) > 0
	_servers(site) + sites.stray_servers(site) < _wanted
}

unknown contains {
	"msg": sprintf("It may be a large site with too few package servers; unknown: %s", [
		concat("; ", sites.questions(site)),
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	_servers(site) < _wanted
	sites.clients(site) + sites.unplaced_clients > _large
	_open(site)
}

# A site that is known to be large, with servers all of which are known, is judged.
_open(site) if sites.clients(site) <= _large

_open(site) if _servers(site) + sites.stray_servers(site) >= _wanted

_servers(site) := count(data.index.site_package_servers[site.guid])

_wanted := data.params.large_site_package_servers

_large := data.params.large_site_clients

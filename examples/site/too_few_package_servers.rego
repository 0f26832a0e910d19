# METADATA
# title: Large site with too few package servers
# description: |
#   The house wants every site above 50 clients to have two package servers, so that one of
#   them can be repaired or replaced while the other goes on serving packages. The parameters
#   large_site_clients and large_site_package_servers hold the two numbers; the vendor
#   demands neither. A client counts for each site that its primary address is in, and a
#   package server serves the sites that it is assigned to by hand and those of its own
#   addresses. One of which not all sites are known may serve any site: where even with those
#   there are too few, the finding says how many there are at most. A site that has certainly
#   no package server is a finding of the built-in rules.
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
		_at_most(site),
		sites.count_of(sites.clients(site), "client"),
		_wanted,
		sites.count_of(_large, "client"),
	]),
	"resource": sites.resource(site),
	"expected": sprintf("at least %s", [sites.count_of(_wanted, "package server")]),
	"actual": _at_most(site),
} if {
	some site in data.estate.sites
	sites.clients(site) > _large
	_possible(site) > 0
	_possible(site) < _wanted
}

unknown contains {
	"msg": sprintf("It may be a large site with too few package servers; unknown: %s", [
		concat("; ", sites.questions(site)),
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	_possible(site) > 0
	_servers(site) < _wanted
	sites.clients(site) + sites.unplaced_clients > _large
	_open(site)
}

# A site that is known to be large, with too few servers whatever is unknown, is decided.
_open(site) if sites.clients(site) <= _large

_open(site) if _possible(site) >= _wanted

_servers(site) := count(data.index.site_package_servers[site.guid])

_possible(site) := _servers(site) + sites.stray_servers(site)

_at_most(site) := sites.count_of(_servers(site), "package server") if {
	sites.stray_servers(site) == 0
} else := sprintf("at most %s", [sites.count_of(_possible(site), "package server")])

_wanted := data.params.large_site_package_servers

_large := data.params.large_site_clients

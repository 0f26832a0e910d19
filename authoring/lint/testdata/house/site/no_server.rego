# METADATA
# title: Site has no package server
# description: Acme wants a package server in every site, with or without clients.
# related_resources:
#   - ref: https://wiki.acme.example/sites
#     description: Which sites Acme has.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: ACME-SITE-001
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - text: Make a computer of the site a package server.
package acme.site.no_server

violation contains {"msg": sprintf("Site %s has no package server", [site.name]), "resource": _resource(site)} if {
	some site in data.estate.sites
	_wants_one(site)
	data.index.site_package_servers[site.guid] == []
	count(data.index.unplaced_package_servers) == 0
}

unknown contains {"msg": "A package server may be in it whose site is not known", "resource": _resource(site)} if {
	some site in data.estate.sites
	_wants_one(site)
	data.index.site_package_servers[site.guid] == []
	count(data.index.unplaced_package_servers) > 0
}

# Nobody works in a depot.
_wants_one(site) if not contains(site.name, "Depot")

_resource(site) := {"type": "site", "guid": site.guid, "name": site.name}

# METADATA
# title: Sites and their clients
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
package nscheck.lib.sites

import data.nscheck.lib.clients

# METADATA
# description: The site as the resource of a finding.
resource(site) := {"type": "site", "guid": site.guid, "name": site.name}

# METADATA
# description: Whether a site has clients, or may have some that are not known to be in it.
may_have_clients(guid) if data.totals.sites[guid]

may_have_clients(guid) if data.totals.perhaps_empty.sites[guid]

may_have_clients(_) if clients.of_unknown_site > 0

# METADATA
# description: |
#   What cannot be evaluated for sites that subnets are assigned to and that are not among
#   the sites, where clients may be in one.
unknown_of_lost contains {
	"msg": "A subnet is assigned to it, it is not among the sites, and it may have clients",
	"resource": {"type": "site", "guid": site, "name": site},
} if {
	clients.of_unknown_site > 0
	some subnet in data.estate.subnets
	some site in subnet.sites
	not data.index.sites[site]
}

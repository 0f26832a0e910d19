# METADATA
# title: Subnet with clients in no site
# description: |
#   Package servers serve sites, and a client belongs to the site of its subnet.
#   A subnet that is not assigned to a site itself takes the site of the closest
#   subnet around it. If there is no such subnet either, its clients belong to no site,
#   and no package server is theirs. The article wants sites targeted properly
#   within the subnet. Such clients download from the Notification Server directly,
#   so that this is a possible cause only. The same holds for a network with clients
#   that no subnet covers.
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
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-001
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001]
#   chain: 110
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), assign the subnet that the finding names to the site whose
#         package servers should serve its clients, or assign a subnet that encompasses it. Where
#         the finding names a network, create a subnet that covers it first. Mind overlaps: a
#         subnet that is not assigned itself follows its closest encompassing one. Until then the
#         clients download from the Notification Server: test from one of them whether it reaches
#         that server at all.
package nscheck.site.subnet_in_no_site

import data.nscheck.lib.clients
import data.nscheck.lib.text

violation contains {
	"msg": msg,
	"resource": _resource(subnet),
	"path": sprintf("subnets[%s].sites", [subnet.cidr]),
	"expected": "a site of its own or of an encompassing subnet",
	"actual": "none",
	"affects": [{"subnet": subnet.guid, "certainty": "possible"}],
} if {
	some subnet in data.estate.subnets
	data.index.subnet_sites[subnet.guid] == []
	total := data.totals.subnets[subnet.guid].clients
	total > 0
	msg := sprintf("Subnet %s is in no site, and neither is a subnet around it; it has %s", [
		subnet.cidr,
		text.count_of(total, "client"),
	])
}

violation contains {
	"msg": msg,
	"resource": {"type": "network", "guid": null, "name": cidr},
	"expected": "a subnet that covers it",
	"actual": "none",
	"affects": [{"network": cidr, "certainty": "possible"}],
} if {
	data.estate.subnets
	some cidr, network in data.totals.uncovered_networks
	network.clients > 0
	msg := sprintf("Network %s is covered by no subnet, so it is in no site; it has %s", [
		cidr,
		text.count_of(network.clients, "client"),
	])
}

unknown contains {
	"msg": "It has clients, and it is assigned to a site that is not among the sites",
	"resource": _resource(subnet),
} if {
	some subnet in data.estate.subnets
	data.totals.subnets[subnet.guid].clients > 0
	not data.index.subnet_sites[subnet.guid]
	_lost(subnet)
}

unknown contains {
	"msg": "It has clients, and it is unknown whether it is in a site",
	"resource": _resource(subnet),
} if {
	some subnet in data.estate.subnets
	data.totals.subnets[subnet.guid].clients > 0
	not data.index.subnet_sites[subnet.guid]
	not _lost(subnet)
}

unknown contains {
	"msg": "It is not known to be in a site; unknown: whether it has clients besides the Notification Server",
	"resource": _resource(subnet),
} if {
	some subnet in data.estate.subnets
	data.totals.perhaps_empty.subnets[subnet.guid]
	not _in_site(subnet)
}

unknown contains {
	"msg": "No subnet covers it; unknown: whether it has clients besides the Notification Server",
	"resource": {"type": "network", "guid": null, "name": cidr},
} if {
	data.estate.subnets
	some cidr, _ in data.totals.perhaps_empty.uncovered_networks
}

unknown contains {"msg": msg, "resource": {"type": "estate", "guid": null, "name": "subnets"}} if {
	data.estate.subnets
	clients.all_unlocated
	msg := sprintf("It is unknown which subnets have clients: no address is known of %s", [
		text.count_of(data.totals.unlocated_clients, "client"),
	])
}

_in_site(subnet) if count(data.index.subnet_sites[subnet.guid]) > 0

_lost(subnet) if {
	some site in subnet.sites
	not data.index.sites[site]
}

_resource(subnet) := {"type": "subnet", "guid": subnet.guid, "name": subnet.cidr}

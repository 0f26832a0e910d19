# METADATA
# title: Clients in a catch-all subnet
# description: |
#   A computer belongs to the site of the closest subnet around its address. A wide subnet
#   such as 10.0.0.0/8 therefore takes in every network without a definition of its own, and gives it to
#   its own site: a new office gets its packages over the line from there, and nothing looks
#   wrong. From how many bits on a prefix is that of an office is the house's to say, in the
#   parameter office_prefix_bits. Clients in subnets that are in no site are a finding of
#   NS-SITE-001.
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
#   id: EX-SITE-004
#   severity: low
#   scope: estate
#   step: "+"
#   effective_on: "2027-01-01"
#   remediation:
#     - ref: KB164756
#       text: |
#         Find out where the networks of these clients are. In the console, under Settings >
#         Notification Server > Site Server Settings (in 6.x under Site Maintenance), define a
#         subnet for each and assign it to the site that is near. Take care that no two subnets
#         of different sites overlap without a reason: NS-SITE-005 lists those that do.
package nscheck_examples.site.catch_all_subnet

import data.nscheck_examples.lib.sites

violation contains {
	"msg": sprintf("Subnet %s takes %s into %s, for no closer subnet is defined", [
		subnet.cidr,
		sites.count_of(_clients(subnet), "client"),
		concat(" and ", _sites(subnet)),
	]),
	"resource": _resource(subnet),
	"path": sprintf("subnets[%s].cidr", [subnet.cidr]),
	"expected": sprintf("a prefix of at least %s", [sites.count_of(data.params.office_prefix_bits, "bit")]),
	"actual": _bits(subnet),
} if {
	some subnet in data.estate.subnets
	_wide(subnet)
	_clients(subnet) > 0
	count(data.index.subnet_sites[subnet.guid]) > 0
}

unknown contains {
	"msg": "It is wide and has clients, and it is unknown in which site it is",
	"resource": _resource(subnet),
} if {
	some subnet in data.estate.subnets
	_wide(subnet)
	_clients(subnet) > 0
	not data.index.subnet_sites[subnet.guid]
}

unknown contains {
	"msg": "It is wide, and it is unknown whether it has clients: no address of any is known",
	"resource": _resource(subnet),
} if {
	some subnet in data.estate.subnets
	_wide(subnet)
	data.totals.clients > 0
	data.totals.unlocated_clients == data.totals.clients
}

_wide(subnet) if _bits(subnet) < data.params.office_prefix_bits

_bits(subnet) := to_number(split(subnet.cidr, "/")[1])

_clients(subnet) := data.totals.subnets[subnet.guid].clients

# The names are for the message alone, so that a site without one is shown all the same.
_sites(subnet) := sort([object.get(data.index.names, site, site) |
	some site in data.index.subnet_sites[subnet.guid]
])

_resource(subnet) := {"type": "subnet", "guid": subnet.guid, "name": subnet.cidr}

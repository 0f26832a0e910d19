# METADATA
# title: Overlapping or duplicate subnets in different sites
# description: |
#   A client belongs to the site of its subnet, and where subnets lie within each
#   other, the closest one wins. Subnets that overlap although they are in
#   different sites are hard to keep in mind, and a network that is defined twice
#   is in two sites at once. Overlapping site boundaries are the vendor's own
#   first suspect where clients choose the wrong package server. A subnet that is
#   in no site overlaps with nothing here.
# related_resources:
#   - ref: KB164756
#     description: How sites, subnets and site servers belong together.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: NS-SITE-005
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - ref: KB164756
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), compare the two subnets that the finding names. If the inner
#         one belongs to the other site by mistake, assign it to the site of the subnet around it,
#         or take its own site off it: it then follows the closest subnet around it. If it is
#         meant to be in another site, replace the outer subnet by subnets that leave it out. Of
#         subnets that define one network twice, delete all but one.
package nscheck.site.overlapping_subnets

import data.nscheck.lib.names
import data.nscheck.lib.networks

violation contains {
	"msg": msg,
	"resource": _resource(subnet),
	"path": sprintf("subnets[%s].sites", [subnet.cidr]),
	"expected": _names(outer),
	"actual": _names(inner),
} if {
	some key, outer_key in networks.around
	around := min(networks.subnets[outer_key])
	subnet := data.index.subnets[min(networks.subnets[key])]
	inner := data.index.subnet_sites[subnet.guid]
	outer := data.index.subnet_sites[around]
	count(outer) > 0
	inner != outer
	msg := sprintf("Subnet %s of %s lies within %s of %s", [
		subnet.cidr,
		_names(inner),
		data.index.subnets[around].cidr,
		_names(outer),
	])
}

violation contains {
	"msg": msg,
	"resource": _resource(subnet),
	"path": sprintf("subnets[%s].sites", [subnet.cidr]),
	"expected": "1 subnet, or all in the same site",
	"actual": count(guids),
} if {
	some guids in networks.subnets
	count(_own_sites(guids)) > 1
	subnet := data.index.subnets[min(guids)]
	msg := sprintf("Subnet %s is defined %d times, in different sites: %s", [
		subnet.cidr,
		count(guids),
		_names(sort({site | some sites in _own_sites(guids); some site in sites})),
	])
}

unknown contains {
	"msg": "It lies within another subnet, and it is unknown whether both are in the same site",
	"resource": _resource(subnet),
} if {
	some key, outer_key in networks.around
	guids := networks.subnets[key]
	count(_own_sites(guids)) < 2
	around := min(networks.subnets[outer_key])
	_may_differ(guids, around)
	subnet := data.index.subnets[min(guids)]
}

unknown contains {
	"msg": "It is defined more than once, and it is unknown whether always in the same site",
	"resource": _resource(subnet),
} if {
	some guids in networks.subnets
	count(guids) > 1
	_own_unknown(guids)
	count(_own_sites(guids)) < 2
	subnet := data.index.subnets[min(guids)]
}

_resource(subnet) := {"type": "subnet", "guid": subnet.guid, "name": subnet.cidr}

_names(sites) := concat(" and ", [names.of(site, site) |
	some site in sites
])

# The sites that the subnets of one network are assigned to themselves.
_own_sites(guids) := {sites |
	some guid in guids
	sites := {site | some site in data.index.subnets[guid].sites}
	count(sites) > 0
}

_own_unknown(guids) if {
	some guid in guids
	not data.index.subnets[guid].sites
}

_may_differ(guids, around) if {
	_own_unknown(guids)
	not data.index.subnet_sites[around] == []
}

_may_differ(guids, around) if {
	count(_own_sites(guids)) > 0
	not data.index.subnet_sites[around]
}

# It is assigned to something that is not among the sites.
_may_differ(guids, around) if {
	some guid in guids
	count(data.index.subnets[guid].sites) > 0
	not data.index.subnet_sites[guid]
	not data.index.subnet_sites[around] == []
}

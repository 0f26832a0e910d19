# METADATA
# title: Plug-in, filter and licences in use disagree
# description: |
#   Computers with the Software Update Plug-in, members of the filter "Computers with
#   Software Update Plug-in Installed", and computers that hold a licence should be the
#   same, and all of them should have returned patch inventory, which reports are made
#   of. The article starts where licensing and reporting do not portray the proper
#   count. This rule counts the four for the Active computers of each site and says
#   which of them is out of step: among the first three the one that differs from what
#   the two others agree on, and patch inventory if it differs from that. Equal counts
#   of different computers are found too.
# related_resources:
#   - ref: TECH170397
#     description: The article; its symptoms, and step 1.
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
# schemas:
#   - data.index: schema.index
#   - data.totals: schema.totals
#   - data.estate: schema.estate
# custom:
#   id: NS-LIC-002
#   severity: high
#   scope: estate
#   step: symptoms
#   remediation:
#     - versions: ">=8"
#       ref: TECH170397
#       text: |
#         If licences in use or patch inventory are out of step, fix the causes that the
#         report names for the site's computers: each takes its licence when its first scan
#         returns. Where a computer without the plug-in holds a licence, it keeps it as long as it
#         is Active: according to KB161023, in 7.x only the asset status Retired gives it back, and of
#         8.x it is not known to be otherwise. Where the filter is out of step, update its
#         membership in the console and compare again. Where the plug-in is out of step, it is
#         gone from computers that still are in the filter and hold a licence, or it is not
#         reported: look at their basic inventory. A computer that has neither plug-in nor licence
#         and has returned patch inventory has lost the plug-in: reports still count it.
#     - versions: ">=7, <8"
#       ref: TECH170397
#       text: |
#         If licences in use or patch inventory are out of step, fix the causes that the
#         report names for the site's computers: each takes its licence when its first scan
#         returns. Where a computer without the plug-in holds a licence, it keeps it as long as it
#         is Active; on 7.x only the asset status Retired gives it back (KB161023). Where the
#         filter is out of step, update its membership in the console and compare again. Where the
#         plug-in is out of step, it is gone from computers that still are in the filter and hold
#         a licence, or it is not reported: look at their basic inventory. A computer that has
#         neither plug-in nor licence and has returned patch inventory has lost the plug-in:
#         reports still count it.
#     - versions: "<7"
#       ref: TECH170397
#       text: |
#         If licences in use or patch inventory are out of step, fix the causes that the
#         report names for the site's computers: each takes its licence when its first scan
#         returns. Where a computer without the plug-in holds a licence, on 6.x only deletion of
#         the computer gives it back (KB161023). Where the filter is out of step, update its
#         membership in the console and compare again. Where the plug-in is out of step, it is
#         gone from computers that still are in the filter and hold a licence, or it is not
#         reported: look at their basic inventory. A computer that has neither plug-in nor licence
#         and has returned patch inventory has lost the plug-in: reports still count it.
package nscheck.licence.counts_disagree

import data.nscheck.lib.licence_counts
import data.nscheck.lib.names
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("%s: %s; %sout of step: %s", [
		_resource(site).name,
		concat(", ", array.concat(words, _returned(site))),
		_equal(counts),
		concat(", ", wrong),
	]),
	"resource": _resource(site),
	"expected": "the same computers",
	"actual": counts,
} if {
	some site in licence_counts.sites
	site != licence_counts.unknown_site
	having := licence_counts.having(site)
	words := [_counted(i, n) | some i, n in having]
	counts := array.concat(having, [n | n := licence_counts.returned(site)])
	wrong := array.concat(_out_of_step(site), _inventory_out_of_step(site))
	count(wrong) > 0
}

unknown contains {
	"msg": concat(" ", [
		"Of some Active computers it is unknown whether they have the plug-in,",
		"are in its filter, or hold a licence",
	]),
	"resource": _resource(site),
} if {
	some site in licence_counts.doubtful
}

unknown contains {
	"msg": "Of some Active computers it is unknown whether they returned patch inventory",
	"resource": _resource(site),
} if {
	some site in licence_counts.inventory_doubtful
}

unknown contains {
	"msg": "How many computers returned patch inventory is unknown",
	"resource": _resource(site),
} if {
	some site in licence_counts.sites
	not licence_counts.returned(site)
}

unknown contains {
	"msg": "Plug-in, filter and licences in use disagree, but it is unknown in which site the computers are",
	"resource": {"type": "estate", "guid": null, "name": "subnets"},
} if {
	licence_counts.stray_out_of_step
}

unknown contains {
	"msg": sprintf("Of all sites: %s; they disagree, but it is unknown in which site the computers are", [
		concat(", ", [_counted(i, n) | some i, n in having]),
	]),
	"resource": {"type": "estate", "guid": null, "name": "clients"},
} if {
	having := licence_counts.unplaced_out_of_step
}

unknown contains {
	"msg": concat(" ", [
		"Of some Active computers it is unknown whether they have the plug-in,",
		"are in its filter, or hold a licence, and in which site they are",
	]),
	"resource": {"type": "estate", "guid": null, "name": "clients"},
} if {
	licence_counts.unplaced_doubtful
}

unknown contains {
	"msg": "No computer was counted, because its plug-in, filters, licence or addresses are missing",
	"resource": {"type": "estate", "guid": null, "name": "clients"},
} if {
	data.totals.clients > 0
	count(licence_counts.sites) == 0
	not licence_counts.facts_counted
}

_resource("unknown") := {
	"type": "site",
	"guid": null,
	"name": "Computers of which the site is unknown",
}

_resource("") := {"type": "site", "guid": null, "name": "Computers in no known site"}

_resource(site) := {
	"type": "site",
	"guid": site,
	"name": names.of(site, site),
} if {
	not site in {"", "unknown"}
}

_counted(i, n) := sprintf("1 %s", [licence_counts.facts[i].one]) if {
	n == 1
} else := sprintf("%d %s", [n, licence_counts.facts[i].many])

_returned(site) := [sprintf("%d returned patch inventory", [n])] if {
	n := licence_counts.returned(site)
} else := ["how many returned patch inventory is unknown"]

_out_of_step(site) := [msg |
	some i, fact in licence_counts.facts
	n := sum([stray | some [position, _, stray] in licence_counts.out_of_step[site]; position == i])
	n > 0
	msg := sprintf("%s (%s)", [fact.name, text.count_of(n, "computer")])
]

_inventory_out_of_step(site) := [sprintf("patch inventory (%s)", [text.count_of(n, "computer")]) |
	n := licence_counts.inventory_out_of_step(site)
	n > 0
]

_equal(counts) := "the counts are equal, the computers are not; " if {
	count({n | some n in counts}) == 1
} else := ""

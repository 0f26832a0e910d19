# METADATA
# title: Plug-in, filter and licence of Active computers, counted by site
# description: |
#   A client rule tallies one key for each Active computer, and the estate rule reads
#   the counts: data.totals.tally.licence_counts, by site (empty if unknown),
#   plug-in, member of the plug-in filter, and licence, each yes, no or unknown. Who
#   has which together shows more than three sums: equal sums may stand for different
#   computers. Returned patch inventory, which reports are made of, is counted under
#   a key of its own, so that the others are counted without it:
#   data.totals.tally.inventory_counts, by site, what two of the other three facts
#   agree on, and inventory.
# schemas:
#   - input: schema.client
#   - data.index: schema.index
#   - data.params: schema.params
#   - data.totals: schema.totals
package nscheck.lib.licence_counts

# METADATA
# description: |
#   The sites in which a computer counts: all of the subnet of its primary address, the
#   empty one if that is in no site, or unknown_site if that is unknown.
computer_sites := sites if {
	sites := {site | some site in data.index.subnet_sites[input.location.subnet]}
	count(sites) > 0
} else := {""} if {
	input.location.sites
} else := {unknown_site}

# METADATA
# description: The key of the computers of which it is unknown in which site they are.
unknown_site := "unknown"

# METADATA
# description: What is known of a computer, in the order of the facts.
computer_facts := [_plugin, _member, _word(input.licence.in_use)]

# METADATA
# description: |
#   What is known of a computer's patch inventory: what two of the other three facts
#   agree on, and whether inventory returned.
inventory_facts := [_agreed, _word(input.inventory.patch_returned)]

# METADATA
# description: |
#   What to tally of a computer that may hold a licence: whether it is Active, and
#   whether it holds one.
holder_key := ["licence_holders", _status, _word(input.licence.in_use)]

_status := "active" if {
	input.status == "Active"
} else := "other" if {
	is_string(input.status)
} else := "unknown"

_agreed := word if {
	some word in ["yes", "no"]
	count([fact | some fact in computer_facts; fact == word]) > 1
} else := "unknown"

# A computer that is not managed has no agents to list.
_plugin := "no" if {
	input.plugin.installed == null
	input.managed == false
} else := _word(input.plugin.installed)

# Members of a filter that was not read are unknown.
_member := _word(data.params.plugin_filter in input.filters) if {
	data.index.filters[data.params.plugin_filter]
} else := "unknown"

_word(fact) := "yes" if {
	fact == true
} else := "no" if {
	fact == false
} else := "unknown"

# METADATA
# description: |
#   The facts in the order of the key, each with the words for its count, of
#   one computer or of many, and for being out of step.
facts := [
	{"many": "have the plug-in", "one": "has the plug-in", "name": "the plug-in"},
	{"many": "are in its filter", "one": "is in its filter", "name": "the filter"},
	{"many": "hold a licence", "one": "holds a licence", "name": "licences in use"},
]

# METADATA
# description: |
#   How many Active computers have each fact in all sites, in the order of the facts, if
#   not all of them could be counted by site and some are out of step. The sites of those
#   are unknown.
unplaced_out_of_step := [
	sum([n | n := data.totals.tally.licence_facts.yes[_][_]]),
	sum([n | n := data.totals.tally.licence_facts[_].yes[_]]),
	sum([n | n := data.totals.tally.licence_facts[_][_].yes]),
] if {
	_unplaced
	some [_, plugin, member, licence] in _deviations
	data.totals.tally.licence_facts[plugin][member][licence] > 0
}

# METADATA
# description: |
#   Whether a fact is unknown of some computers, and not all could be counted by site.
unplaced_doubtful if {
	_unplaced
	some plugin, member, licence
	data.totals.tally.licence_facts[plugin][member][licence] > 0
	"unknown" in {plugin, member, licence}
}

# METADATA
# description: Whether Active computers were counted in all sites together.
facts_counted if count(data.totals.tally.licence_facts) > 0

_unplaced if left_out("licence_counts") != 0

# METADATA
# description: |
#   How many Active computers were not counted under a key of tallies; null if no
#   computer was.
left_out(key) := n if {
	some name, n in data.totals.not_counted
	name == key
} else := 0

# METADATA
# description: Sites where Active computers were counted; the empty one is no site.
sites := {site | some site, _ in data.totals.tally.licence_counts}

# METADATA
# description: |
#   Whether computers are out of step of which it is unknown in which site they are, so
#   that it is unknown of which site this is a fault.
stray_out_of_step if _astray[unknown_site]

stray_out_of_step if inventory_out_of_step(unknown_site) > 0

# METADATA
# description: How many computers of a site have each fact, in the order of the facts.
having(site) := [
	sum([n | n := data.totals.tally.licence_counts[site].yes[_][_]]),
	sum([n | n := data.totals.tally.licence_counts[site][_].yes[_]]),
	sum([n | n := data.totals.tally.licence_counts[site][_][_].yes]),
]

# METADATA
# description: |
#   How many computers of a site have returned patch inventory; undefined if it was
#   not counted for all of them.
returned(site) := sum([n | n := data.totals.tally.inventory_counts[site][_].yes]) if {
	all := sum([n | n := data.totals.tally.inventory_counts[site][_][_]])
	all == sum([n | n := data.totals.tally.licence_counts[site][_][_][_]])
}

# METADATA
# description: |
#   How many computers of a site differ in patch inventory from what two of the other
#   facts agree on.
inventory_out_of_step(site) := sum([n |
	some [agreed, word] in [["yes", "no"], ["no", "yes"]]
	n := data.totals.tally.inventory_counts[site][agreed][word]
])

# METADATA
# description: Sites with computers of which it is unknown whether patch inventory returned.
inventory_doubtful contains site if data.totals.tally.inventory_counts[site][_].unknown

# METADATA
# description: |
#   Computers of a site that differ in one fact from what the two others agree on: the
#   position of the fact, what is known, and how many they are.
out_of_step[site] contains entry if {
	some site, entries in _astray
	site != unknown_site
	some entry in entries
}

_astray[site] contains [position, [plugin, member, licence], n] if {
	some [position, plugin, member, licence] in _deviations
	some site
	n := data.totals.tally.licence_counts[site][plugin][member][licence]
}

_deviations := [
	[0, "yes", "no", "no"],
	[0, "no", "yes", "yes"],
	[1, "no", "yes", "no"],
	[1, "yes", "no", "yes"],
	[2, "no", "no", "yes"],
	[2, "yes", "yes", "no"],
]

# METADATA
# description: Sites with computers of which a fact is unknown.
doubtful contains site if data.totals.tally.licence_counts[site].unknown

doubtful contains site if data.totals.tally.licence_counts[site][_].unknown

doubtful contains site if data.totals.tally.licence_counts[site][_][_].unknown

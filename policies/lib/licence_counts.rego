# METADATA
# title: Plug-in, filter and licence of Active computers, counted by site
# description: |
#   A client rule tallies one key for each Active computer, and the estate rule reads
#   the counts: data.totals.tally.licence_counts, by site (empty where none is known),
#   plug-in, member of the plug-in filter, and licence, each yes, no or unknown. Who
#   has which together tells more than three sums: equal sums may stand for different
#   computers.
# schemas:
#   - input: schema.client
#   - data.index: schema.index
#   - data.params: schema.params
#   - data.totals: schema.totals
package nscheck.lib.licence_counts

# METADATA
# description: What to tally for a computer.
key := ["licence_counts", _site, _plugin, _member, _word(input.licence.in_use)]

_site := input.location.site if {
	input.location.site != null
} else := ""

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
# description: The counts by site, a list of {known, n}, known being the three words.
by_site := {site: counts |
	some site, _ in data.totals.tally.licence_counts
	counts := [{"known": [plugin, member, licence], "n": n} |
		n := data.totals.tally.licence_counts[site][plugin][member][licence]
	]
}

# METADATA
# description: How many computers of a site have the fact at a position of the key.
having(site, position) := sum([count.n |
	some count in by_site[site]
	count.known[position] == "yes"
])

# METADATA
# description: |
#   How many computers of a site differ in the fact at a position from what the two
#   other facts agree on.
out_of_step(site, position) := sum([count.n |
	some count in by_site[site]
	not "unknown" in count.known
	fact := count.known[position]
	every other, word in count.known {
		_differs(other, position, word, fact)
	}
])

_differs(other, position, _, _) if other == position

_differs(other, position, word, fact) if {
	other != position
	word != fact
}

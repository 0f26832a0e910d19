# METADATA
# title: The oldest plug-in that the house allows
# description: |
#   EX-CLI-001 evaluates computers with it and counts them by site; EX-SITE-002 evaluates the counts,
#   data.totals.tally.examples_plugin_minimum, by the site's GUID and by state.
# schemas:
#   - input: schema.client
#   - data.index: schema.index
#   - data.params: schema.params
#   - data.totals: schema.totals
package nscheck_examples.lib.plugin_minimum

import data.nscheck_examples.lib.versions

# METADATA
# description: |
#   Whether the plug-in of an Active computer is below the minimum: met, below or unknown.
#   Undefined for computers that the house rule is not about: those that are not Active, have
#   no plug-in, or are in a lab.
state := "unknown" if {
	count(questions) > 0
} else := "below" if {
	_judged
	_below
} else := "met" if {
	_judged
}

# METADATA
# description: What must be known before the computer can be evaluated, and is not.
questions contains "whether the computer is Active" if {
	input.status == null
	_may_be_below
}

questions contains "whether the plug-in is installed" if {
	input.plugin.installed == null
	input.managed != false # a computer that is not managed has no plug-in
	_may_be_judged
}

questions contains "which version the plug-in has" if {
	input.plugin.installed == true
	not versions.numbers(input.plugin.version)
	_may_be_judged
}

questions contains "whether it is in a lab" if {
	input.plugin.installed == true
	_may_be_below
	not input.location.sites
	count(data.params.lab_sites) > 0
}

# METADATA
# description: The site to count a computer for; empty where it is in none, or none is known.
site := input.location.site if {
	input.location.site != null
} else := ""

# METADATA
# description: How many computers of a site are in a state.
count_of(guid, wanted) := n if {
	n := data.totals.tally.examples_plugin_minimum[guid][wanted]
} else := 0

# METADATA
# description: Sites in which computers were counted.
sites contains guid if some guid, _ in data.totals.tally.examples_plugin_minimum

_judged if {
	input.status == "Active"
	input.plugin.installed == true
	not _in_lab
}

_below if versions.older(input.plugin.version, data.params.plugin_minimum)

_may_be_judged if {
	input.status in {"Active", null}
	not _in_lab
}

_may_be_below if {
	_may_be_judged
	input.plugin.installed == true
	_below
}

_in_lab if data.index.sites[input.location.site].name in data.params.lab_sites

_in_lab if {
	some guid in input.location.sites
	data.index.sites[guid].name in data.params.lab_sites
}

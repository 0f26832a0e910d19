# METADATA
# title: Plug-in below the minimum of the house
# description: |
#   The house allows no Software Update Plug-in below the version of the parameter
#   plugin_minimum, except on computers of the sites in lab_sites, where other versions are
#   tried out. Versions are compared as numbers, so that 8.10 is newer than 8.9. The built-in
#   NS-CLI-006 compares with the plug-in of the Notification Server instead.
# related_resources:
#   - ref: HOWTO59456
#     description: How the plug-in comes to a computer, and what it leads to.
# schemas:
#   - input: schema.client
#   - data.index: schema.index
#   - data.params: schema.params
# custom:
#   id: EX-CLI-001
#   severity: medium
#   scope: client
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: HOWTO59456
#       text: |
#         In the console, under Settings > Agents/Plug-ins > Software > Patch Management, see that
#         the policy that upgrades the plug-in is on and targets the computer. Then look at the
#         download history tab and the run history tab of the package Software Update Plug-in in
#         the computer's agent. The finding goes with the next basic inventory that reports the
#         newer version. Where EX-SITE-002 names the computer's site, fix that first.
#     - versions: "<7"
#       text: |
#         See in the console that the newer plug-in is offered to the computer. Then look at the
#         download history and the run history of the package Software Update Plug-in in its
#         agent. The finding goes with the next basic inventory that reports the newer version.
package nscheck_examples.client.plugin_below_minimum

import data.nscheck_examples.lib.plugin_minimum

violation contains {
	"msg": sprintf("The Software Update Plug-in is %s; the house allows none below %s", [
		input.plugin.version,
		data.params.plugin_minimum,
	]),
	"path": "plugin.version",
	"expected": sprintf("at least %s", [data.params.plugin_minimum]),
	"actual": input.plugin.version,
} if {
	plugin_minimum.state == "below"
}

unknown contains {"msg": sprintf("It is unknown %s", [concat(", and ", plugin_minimum.questions)])} if {
	plugin_minimum.state == "unknown"
}

# EX-SITE-002 compares these counts.
tally contains ["examples_plugin_minimum", plugin_minimum.site, plugin_minimum.state]

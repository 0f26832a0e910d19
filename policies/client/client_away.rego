# METADATA
# title: Client away
# description: |
#   Neither patch inventory nor basic inventory has come for long: the computer is
#   switched off, away from the network, or no longer there. That is no fault of
#   packages, sites or policies, and nothing needs to be fixed for it. Patch
#   inventory that never came does not mean away by itself; next to a basic
#   inventory that is old it does not speak against it.
# related_resources:
#   - ref: TECH170397
#     description: The article, which asks for clients that should return inventory and do not.
#   - ref: KB180417
#     description: vComputer lists only computers whose status is Active.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-005
#   severity: low
#   scope: client
#   step: "+"
#   explains: [NS-LIC-001]
#   chain: 910
#   remediation:
#     - versions: ">=8"
#       ref: KB161023
#       text: |
#         Find out where the computer is. If it comes back, its inventory comes back with it. If
#         it does not, set its asset status to Retired: then it is no longer counted as a client.
#         according to KB161023, in 7.x no other status gives a Patch Management licence back; of 8.x
#         it is not known to be otherwise.
#     - versions: ">=7, <8"
#       ref: KB161023
#       text: |
#         Find out where the computer is. If it comes back, its inventory comes back with it. If
#         it does not, set its asset status to Retired: then it is no longer counted as a client,
#         and on 7.x no other status gives a Patch Management licence back.
#     - versions: "<7"
#       ref: KB161023
#       text: |
#         Find out where the computer is. If it comes back, its inventory comes back with it. If
#         it does not, delete it: on 6.x nothing but deletion gives a Patch Management licence
#         back.
package nscheck.client.client_away

import data.nscheck.lib.computers
import data.nscheck.lib.inventory
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("Basic inventory is older than %s and patch inventory, if any, than %s: %s", [
		text.count_of(data.params.basic_inventory_max_age_days, "day"),
		text.count_of(data.params.patch_inventory_max_age_days, "day"),
		"the client is away",
	]),
	"path": "inventory.basic_age_days",
	"expected": sprintf("at most %s", [
		text.count_of(data.params.basic_inventory_max_age_days, "day"),
	]),
	"actual": input.inventory.basic_age_days,
} if {
	computers.has_plugin
	inventory.patch in {"old", "never"}
	inventory.basic == "old"
}

unknown contains {"msg": msg} if {
	inventory.patch in {"old", "never", "unknown"}
	inventory.basic in {"old", "unknown"}
	msg := computers.plugin_doubt(inventory.questions)
}

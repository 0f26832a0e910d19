# METADATA
# title: Patch inventory old while basic inventory is fresh
# description: |
#   Basic inventory arrives, so the client is there and its agent talks to the
#   Notification Server. Patch inventory is old: the assessment scan worked once and
#   works no longer. Reports about missing updates depend on that old inventory, and
#   the licence stays in use, so nothing else reports it. Patch inventory that
#   never came is not old; other rules find out why it never came.
# related_resources:
#   - ref: TECH170397
#     description: The article; steps 3 and 6.
#   - ref: TECH169557
#     description: For a client that still fails to return inventory or to pull a licence.
#   - ref: KB178560
#     description: From 8.5 a client needs a plug-in policy, or its scans fail.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-004
#   severity: medium
#   scope: client
#   step: "6"
#   remediation:
#     - versions: ">=8.5"
#       ref: TECH170397
#       text: |
#         In the client's agent check the run history tab of Patch Windows System Assessment Scan:
#         does it still run, and succeed? If it does not run, check that the client is still a
#         member of the filter "Computers with Software Update Plug-in Installed", which the
#         vulnerability analysis policy targets, and that exactly one plug-in policy targets it
#         (KB178560, KB180495). If it runs, check in STPatchAssessment.log, in the cache folder of
#         the package {6D417916-467C-46A7-A870-6D86D9345B61} on the client, that the scan
#         completes. If it completes and no inventory comes back, follow TECH169557.
#     - versions: "<8.5"
#       ref: TECH170397
#       text: |
#         In the client's agent check the run history tab of Patch Windows System Assessment Scan:
#         does it still run, and succeed? If it does not run, check that the client is still a
#         member of the filter "Computers with Software Update Plug-in Installed", which the
#         vulnerability analysis policy targets. If it runs, check in STPatchAssessment.log, in
#         the folder of the package {6D417916-467C-46A7-A870-6D86D9345B61} on the client, that the
#         scan completes. If it completes and no inventory comes back, follow TECH169557.
package nscheck.client.patch_inventory_old

import data.nscheck.lib.computers
import data.nscheck.lib.inventory
import data.nscheck.lib.licence_counts
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("Patch inventory is older than %s but basic inventory is not older than %s, %s", [
		text.count_of(data.params.patch_inventory_max_age_days, "day"),
		text.count_of(data.params.basic_inventory_max_age_days, "day"),
		"so the scan no longer works",
	]),
	"path": "inventory.patch_age_days",
	"expected": sprintf("at most %s", [
		text.count_of(data.params.patch_inventory_max_age_days, "day"),
	]),
	"actual": input.inventory.patch_age_days,
} if {
	computers.has_plugin
	inventory.patch == "old"
	inventory.basic == "fresh"
}

unknown contains {"msg": msg} if {
	inventory.patch in {"old", "unknown"}
	inventory.basic in {"fresh", "unknown"}
	msg := computers.plugin_doubt(inventory.questions)
}

# NS-LIC-002 compares these counts.
tally contains ["inventory_counts", site, agreed, returned] if {
	computers.active
	some site in licence_counts.computer_sites
	[agreed, returned] := licence_counts.inventory_facts
}

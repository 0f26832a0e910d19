# METADATA
# title: Scan log shows that the scan did not complete
# description: |
#   The assessment scan writes STPatchAssessment.log on the client. The newest scan
#   in it did not complete, so there was nothing to return: neither patch inventory
#   nor, if it was the first scan, the request for a licence. The log is read from
#   the folders of the client's agent, where these were given. A log that is older
#   than the newest patch inventory, or than the limit for patch inventory, says
#   nothing about the scans of today.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 6, check logs to ensure that the scan is completed.
#   - ref: TECH169557
#     description: For a client that still fails to return inventory or to pull a licence.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-010
#   severity: medium
#   scope: client
#   step: "6"
#   explains: [NS-LIC-001]
#   chain: 730
#   remediation:
#     - versions: ">=7.1"
#       ref: TECH170397
#       text: |
#         Read STPatchAssessment.log on the client, in the folder {guid}\cache under
#         Altiris Agent\Agents\SoftwareManagement\Software Delivery\, {guid} being
#         6D417916-467C-46A7-A870-6D86D9345B61: its last lines show how far the scan got. Fix
#         what stopped it, run the scan again, and check that the log shows it completed. If
#         it completes and still no inventory or licence appears, follow TECH169557.
#     - versions: "<7.1"
#       ref: TECH170397
#       text: |
#         Read STPatchAssessment.log in the scan's package folder on the client, under
#         Altiris Agent\Software Delivery\{6D417916-467C-46A7-A870-6D86D9345B61}: its last
#         lines show how far the scan got. Fix what stopped it, run the scan again, and check
#         that the log shows it completed. If it completes and still no inventory or licence
#         appears, follow TECH169557.
package nscheck.client.scan_not_completed

import data.nscheck.lib.computers

violation contains {
	"msg": "The scan log shows that the newest scan did not complete",
	"path": "scan_log.completed",
	"expected": true,
	"actual": false,
} if {
	computers.has_plugin
	input.scan_log.completed == false
	count(_questions) == 0
	not _outdated
}

unknown contains {"msg": msg} if {
	input.scan_log.completed != true
	not _outdated
	msg := computers.plugin_doubt(_questions)
}

_questions contains "whether the newest scan in its log completed" if {
	input.scan_log.completed == null
}

_questions contains "how old its scan log is" if _age == null

_questions contains "whether patch inventory came after its scan log" if {
	_age != null
	input.inventory.patch_returned != false
	_patch_age in {null, _age}
}

_age := input.scan_log.age_days

_patch_age := input.inventory.patch_age_days

_outdated if {
	_age != null
	_age > data.params.patch_inventory_max_age_days
}

_outdated if {
	not null in {_age, _patch_age}
	_age > _patch_age
}

# METADATA
# title: Scan ran but no patch inventory came back
# description: |
#   The assessment scan ran and succeeded, yet the Notification Server has no
#   patch inventory of the client. Without it no report knows which updates the
#   client lacks, and the licence, which the first returned scan takes, stays out.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 6.
#   - ref: TECH169557
#     description: For a client that still fails to return inventory or to pull a licence.
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
# schemas:
#   - input: schema.client
# custom:
#   id: NS-CLI-003
#   severity: high
#   scope: client
#   step: "6"
#   explains: [NS-LIC-001]
#   chain: 720
#   remediation:
#     - versions: ">=8.5"
#       ref: TECH169557
#       text: |
#         Check on the client that the scan is completed: read STPatchAssessment.log in the
#         cache folder of the package {6D417916-467C-46A7-A870-6D86D9345B61}, and the agent's
#         logs in C:\ProgramData\Symantec\Symantec Agent\Logs for errors when the inventory is
#         sent. If the scan completes and still no inventory comes back, follow TECH169557.
#     - versions: ">=7.1, <8.5"
#       ref: TECH169557
#       text: |
#         Check on the client that the scan is completed: read STPatchAssessment.log in
#         {6D417916-467C-46A7-A870-6D86D9345B61}\cache under
#         Altiris Agent\Agents\SoftwareManagement\Software Delivery\,
#         and the agent's logs in Altiris Agent\Logs for errors when the inventory is sent. If
#         the scan completes and still no inventory comes back, follow TECH169557.
#     - versions: "<7.1"
#       ref: TECH169557
#       text: |
#         Check on the client that the scan is completed: read STPatchAssessment.log in the
#         scan's package folder, under
#         Altiris Agent\Software Delivery\{6D417916-467C-46A7-A870-6D86D9345B61}, and the
#         agent's logs in Altiris Agent\Logs for errors when the inventory is sent. If the scan
#         completes and still no inventory comes back, follow TECH169557.
package nscheck.client.scan_without_inventory

import data.nscheck.lib.computers

violation contains {
	"msg": "The assessment scan ran and succeeded, but no patch inventory came back",
	"path": "inventory.patch_returned",
	"expected": true,
	"actual": false,
} if {
	computers.has_plugin
	input.packages.scan.last_run.succeeded == true
	input.inventory.patch_returned == false
}

unknown contains {"msg": msg} if {
	input.inventory.patch_returned != true
	not _did_not_run
	msg := computers.plugin_doubt(_questions)
}

_questions contains "whether patch inventory came back" if input.inventory.patch_returned == null

_questions contains "whether the last run of the assessment scan succeeded" if {
	not input.packages.scan.last_run.succeeded == true
}

# A scan that failed, or never ran, is another rule's finding.
_did_not_run if input.packages.scan.last_run.succeeded == false

_did_not_run if {
	not input.packages.scan.last_run
	input.inventory.patch_returned == false
}

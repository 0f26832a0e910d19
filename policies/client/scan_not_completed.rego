# METADATA
# title: Scan log shows that the scan did not complete
# description: |
#   The assessment scan writes STPatchAssessment.log on the client. The newest scan
#   in it did not complete, so there was nothing to return: neither patch inventory
#   nor, if it was the first scan, the request for a licence. The log is read from
#   the folders of the client's agent, where these were given; it proves by itself
#   that the client has the agent and the scan.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 6, check logs to ensure that the scan is completed.
#   - ref: TECH169557
#     description: For a client that still fails to return inventory or to pull a licence.
# schemas:
#   - input: schema.client
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
#         6D417916-467C-46A7-A870-6D86D9345B61: its last lines show how far the scan got. Mend
#         what stopped it, run the scan again, and check that the log shows it completed. If
#         it completes and still no inventory or licence appears, follow TECH169557.
#     - versions: "<7.1"
#       ref: TECH170397
#       text: |
#         Read STPatchAssessment.log in the scan's package folder on the client, under
#         Altiris Agent\Software Delivery\{6D417916-467C-46A7-A870-6D86D9345B61}: its last
#         lines show how far the scan got. Mend what stopped it, run the scan again, and check
#         that the log shows it completed. If it completes and still no inventory or licence
#         appears, follow TECH169557.
package nscheck.client.scan_not_completed

violation contains {
	"msg": "The scan log shows that the newest scan did not complete",
	"path": "scan_log.completed",
	"expected": true,
	"actual": false,
} if {
	input.scan_log.completed == false
}

unknown contains {"msg": "The scan log does not tell whether the newest scan completed"} if {
	input.scan_log.completed == null
}

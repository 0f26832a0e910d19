# METADATA
# title: Required package not downloaded
# description: |
#   Besides the plug-in a client needs Patch Windows System Assessment Scan and Patch
#   Install Tools before it can scan, return patch inventory and take a licence. The newest download of such a package failed or is still pending,
#   and nothing shows that the package came before. Download events are purged in
#   time: without an event, nothing is known.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 3, the download history of the three packages.
#   - ref: TECH158125
#     description: Troubleshooting Software Update Plug-in Not Ready.
#   - ref: KB180397
#     description: Event tables are purged by row count and age.
# schemas:
#   - input: schema.client
# custom:
#   id: NS-CLI-001
#   severity: high
#   scope: client
#   step: "3"
#   explains: [NS-LIC-001]
#   chain: 620
#   remediation:
#     - versions: ">=8.5"
#       ref: TECH170397
#       text: |
#         If the report names another cause for this client, fix that first. Otherwise check
#         in the client's agent the download history tab of the package that the finding names.
#         Look on the client into the package's folder, {guid}\cache under Altiris
#         Agent\Agents\SoftwareManagement\Software Delivery\; {guid} is
#         6D417916-467C-46A7-A870-6D86D9345B61 for Patch Windows System Assessment Scan and
#         832C527C-B9C9-46FB-B1F1-2F35434FF90D for the Patch Install Tools. Check the agent's logs
#         in C:\ProgramData\Symantec\Symantec Agent\Logs for errors of the download. Then check in
#         the GUI of the site's package servers that the package is ready there. If the plug-in
#         shows as Not Ready, follow TECH158125.
#     - versions: ">=7.1, <8.5"
#       ref: TECH170397
#       text: |
#         If the report names another cause for this client, fix that first. Otherwise check
#         in the client's agent the download history tab of the package that the finding names.
#         Look on the client into the package's folder, {guid}\cache under Altiris
#         Agent\Agents\SoftwareManagement\Software Delivery\; {guid} is
#         6D417916-467C-46A7-A870-6D86D9345B61 for Patch Windows System Assessment Scan and
#         832C527C-B9C9-46FB-B1F1-2F35434FF90D for the Patch Install Tools. Check the agent's logs
#         in Altiris Agent\Logs for errors of the download. Then check in the GUI of the site's
#         package servers that the package is ready there. If the plug-in shows as Not Ready,
#         follow TECH158125.
#     - versions: "<7.1"
#       ref: TECH170397
#       text: |
#         If the report names another cause for this client, fix that first. Otherwise check
#         in the client's agent the download history tab of the package that the finding names.
#         Look on the client into the package's folder, Altiris Agent\Software Delivery\{guid};
#         {guid} is 6D417916-467C-46A7-A870-6D86D9345B61 for Patch Windows System Assessment Scan
#         and 832C527C-B9C9-46FB-B1F1-2F35434FF90D for the Patch Install Tools. Check the agent's
#         logs in Altiris Agent\Logs for errors of the download. Then check in the GUI of the
#         site's package servers that the package is ready there. If the plug-in shows as Not
#         Ready, follow TECH158125.
package nscheck.client.package_not_downloaded

import data.nscheck.lib.client_packages
import data.nscheck.lib.computers

violation contains {
	"msg": sprintf("%s was not downloaded; its newest download %s", [
		client_packages.name(role),
		_outcome[status],
	]),
	"path": sprintf("packages.%s.status", [role]),
	"expected": "downloaded",
	"actual": status,
} if {
	computers.has_plugin
	some role in client_packages.missing
	status := input.packages[role].status
}

unknown contains {"msg": msg} if {
	count(client_packages.not_shown) > 0
	msg := computers.plugin_doubt(client_packages.questions)
}

_outcome := {"failed": "failed", "pending": "is pending"}

# METADATA
# title: Required package downloaded but its last run failed or is missing
# description: |
#   A package that came has to run: the plug-in and the tools install themselves,
#   and the assessment scan is what returns patch inventory and takes the licence.
#   The newest run of a package failed, or the scan came and never ran. Run history
#   is purged in time, so a missing row is held only against the scan, and only
#   if patch inventory is missing too. If a licence is in use and patch inventory is
#   fresh, the packages ran, and missing rows were purged; otherwise nothing is known.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 3, the run history of the three packages.
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
#   - ref: KB180397
#     description: Event tables are purged by row count and age.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-002
#   severity: high
#   scope: client
#   step: "3"
#   explains: [NS-LIC-001]
#   chain: 710
#   remediation:
#     - versions: ">=7.1"
#       ref: TECH170397
#       text: |
#         In the client's agent check the run history tab of the package that the finding
#         names; 0, 3010 and 1641 are its exit codes of success. For the scan, read
#         STPatchAssessment.log on the client, in
#         {6D417916-467C-46A7-A870-6D86D9345B61}\cache under
#         Altiris Agent\Agents\SoftwareManagement\Software Delivery\,
#         to see how far it got. Fix what makes the run fail and run the package again; the
#         finding goes once a later run succeeds. If the scan then completes and still no
#         inventory or licence appears, follow TECH169557.
#     - versions: "<7.1"
#       ref: TECH170397
#       text: |
#         In the client's agent check the run history tab of the package that the finding
#         names; 0, 3010 and 1641 are its exit codes of success. For the scan, read
#         STPatchAssessment.log in the scan's package folder on the client, under
#         Altiris Agent\Software Delivery\{6D417916-467C-46A7-A870-6D86D9345B61}, to see how
#         far it got. Fix what makes the run fail and run the package again; the finding goes
#         once a later run succeeds. If the scan then completes and still no inventory or
#         licence appears, follow TECH169557.
package nscheck.client.package_run_failed

import data.nscheck.lib.client_packages
import data.nscheck.lib.computers
import data.nscheck.lib.inventory

violation contains {
	"msg": sprintf("The last run of %s failed with %s", [client_packages.name(role), _exit_code(role)]),
	"path": sprintf("packages.%s.last_run.succeeded", [role]),
	"expected": true,
	"actual": false,
} if {
	computers.has_plugin
	some role in data.params.required_packages
	input.packages[role].last_run.succeeded == false
}

violation contains {
	"msg": sprintf("%s was downloaded but never ran, and no patch inventory came back", [
		client_packages.name("scan"),
	]),
	"path": "packages.scan.last_run",
	"expected": "a run that succeeded",
	"actual": "none",
} if {
	computers.has_plugin
	_scan_never_ran
}

unknown contains {"msg": msg} if {
	some role in data.params.required_packages
	not _succeeded(role)
	not _not_there(role)
	not _purged(role)
	msg := computers.plugin_doubt(_questions)
}

_questions := {question |
	some role in data.params.required_packages
	not _settled(role)
	question := sprintf("whether the last run of %s succeeded", [client_packages.name(role)])
}

_exit_code(role) := sprintf("exit code %d", [input.packages[role].last_run.return_code]) if {
	input.packages[role].last_run.return_code != null
} else := "an unknown exit code"

_settled(role) if _succeeded(role)

_settled(role) if _not_there(role)

_settled(role) if _purged(role)

_settled(role) if input.packages[role].last_run.succeeded == false

_settled("scan") if _scan_never_ran

_succeeded(role) if input.packages[role].last_run.succeeded == true

# A package that did not come cannot run; that is another rule's finding.
_not_there(role) if role in client_packages.missing

# Run history is purged. A licence in use and patch inventory that is fresh come of
# scans that work, and these of a plug-in and tools that were installed.
_purged(role) if {
	not input.packages[role].last_run
	input.licence.in_use == true
	inventory.patch == "fresh"
}

_scan_never_ran if {
	"scan" in data.params.required_packages
	input.packages.scan.status == "downloaded"
	not input.packages.scan.last_run
	input.inventory.patch_returned == false
}

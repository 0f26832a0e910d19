# METADATA
# title: Enabled bulletin with updates that have no package
# description: |
#   An update is brought to clients as a package of its own. Where an enabled
#   bulletin has updates without one, the assessment scan reports clients as
#   vulnerable, and nothing can be installed against it.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 7, what to read about a failed import.
#   - ref: KB181413
#     description: Where the console has the import, and how it replicates in a hierarchy.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-IMP-003
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: TECH170397
#       text: |
#         In the console find the bulletin that the finding names. If it should be installed, run
#         the patch management import again (Manage > Jobs and Tasks > System Jobs and Tasks >
#         Software > Patch Management > Import Patch Data for Windows) and have the packages of
#         the bulletin's updates downloaded, and see that both succeed; if it fails, "nscheck
#         explain NS-IMP-001" says what to read for your version. If it is not wanted, for example
#         because it is superseded, disable it.
#     - versions: "<7"
#       ref: HOWTO10277
#       text: |
#         In the console find the bulletin that the finding names. If it should be installed, run
#         the patch management import again and see that it succeeds; if it fails, follow
#         HOWTO10277. If it is not wanted, for example because it is superseded, disable it.
package nscheck.patch_import.bulletin_without_packages

import data.nscheck.lib.text

violation contains {
	"msg": sprintf("Bulletin %s is enabled, but %s of it %s", [
		bulletin.name,
		text.count_of(bulletin.updates, "update"),
		_lacks(bulletin.updates),
	]),
	"resource": {"type": "bulletin", "guid": bulletin.guid, "name": bulletin.name},
	"expected": 0,
	"actual": bulletin.updates,
} if {
	some bulletin in data.estate.patch_import.bulletins_without_packages
}

unknown contains {
	"msg": "The packages of updates were not collected",
	"resource": {"type": "estate", "guid": null, "name": "patch_import"},
} if {
	data.estate.patch_import
	not data.estate.patch_import.bulletins_without_packages
}

unknown contains {
	"msg": "It is unknown whether it is enabled, or which of its updates have a package",
	"resource": {"type": "bulletin", "guid": bulletin.guid, "name": bulletin.name},
} if {
	some bulletin in data.estate.patch_import.bulletins_unknown
}

_lacks(1) := "has no package"

_lacks(n) := "have no package" if n > 1

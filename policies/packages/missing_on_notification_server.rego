# METADATA
# title: Required package missing or disabled on the Notification Server
# description: |
#   A client needs the assessment scan and the install tools before it can return
#   patch inventory and take a licence, and the plug-in before either. Package
#   servers and clients can only get what the Notification Server has and offers.
#   The scan and the tools are not installed with the product: the patch
#   management import (PMImport) brings them, so an import that never succeeded
#   explains why they are missing. They are found by their GUIDs. That of the plug-in
#   is not public, so that a plug-in which is not found by its name may still be there.
# related_resources:
#   - ref: TECH170397
#     description: The article; the three packages are in step 3, the import in step 7.
#   - ref: KB180699
#     description: The GUIDs of the scan and tools packages.
#   - ref: KB181413
#     description: Where the console has the import, and how it replicates in a hierarchy.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: NS-PKG-003
#   severity: critical
#   scope: estate
#   step: "3"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-004, NS-SITE-008]
#   chain: 320
#   alternatives: true
#   remediation:
#     - versions: ">=7"
#       ref: TECH170397
#       text: |
#         Where the finding says disabled, find the package in the console by the name or GUID
#         that the finding gives and enable it.
#
#         Where Patch Windows System Assessment Scan (GUID 6D417916-467C-46A7-A870-6D86D9345B61)
#         or Patch Install Tools (GUID 832C527C-B9C9-46FB-B1F1-2F35434FF90D) is missing, run the
#         patch management import (Manage > Jobs and Tasks > System Jobs and Tasks > Software >
#         Patch Management > Import Patch Data for Windows) and see that it succeeds; where it
#         fails, "nscheck explain NS-IMP-001" says what to read. On a child in a hierarchy run it
#         on the parent and let it replicate. Then, in the package servers' GUI, use all the
#         buttons of the Package Server tab to refresh (Update Package, Refresh Package, Resend
#         Package info) and watch the package become ready.
#     - versions: "<7"
#       ref: HOWTO10277
#       text: |
#         Where the finding says disabled, find the package in the console by the name or GUID
#         that the finding gives and enable it.
#
#         Where Patch Windows System Assessment Scan (GUID 6D417916-467C-46A7-A870-6D86D9345B61)
#         or Patch Install Tools (GUID 832C527C-B9C9-46FB-B1F1-2F35434FF90D) is missing, run the
#         patch management import and see that it succeeds; where it fails, HOWTO10277 is the
#         article's reference for PM 6.2. Then, in the package servers' GUI, use all the buttons
#         of the Package Server tab to refresh (Update Package, Refresh Package, Resend Package
#         info) and watch the package become ready.
package nscheck.packages.missing_on_notification_server

import data.nscheck.lib.packages

violation contains {
	"msg": sprintf("%s is missing on the Notification Server", [name]),
	"resource": {"type": "package", "guid": null, "name": name},
	"path": "packages",
	"expected": "the package, enabled",
	"actual": "missing",
	"affects": _affects(role),
} if {
	data.estate.packages
	some role, name in packages.names
	role in _of_known_guid
	not _found(role)
}

violation contains {
	"msg": sprintf("%s is disabled on the Notification Server", [item.name]),
	"resource": packages.resource(item),
	"path": sprintf("packages[%s].enabled", [item.name]),
	"expected": true,
	"actual": false,
	"affects": _affects(role),
} if {
	some role, _ in packages.names
	some item in packages.all_of(role)
	every other in packages.all_of(role) {
		other.enabled == false
	}
}

unknown contains {
	"msg": "It is not found by its name, which may be another one here",
	"resource": {"type": "package", "guid": null, "name": name},
} if {
	data.estate.packages
	some role, name in packages.names
	not role in _of_known_guid
	not _found(role)
}

unknown contains {
	"msg": "It is unknown whether it is enabled",
	"resource": packages.resource(item),
} if {
	some role, _ in packages.names
	every other in packages.all_of(role) {
		other.enabled != true
	}
	some item in packages.all_of(role)
	item.enabled == null
}

# Of several packages that are treated as a required one, one that is enabled may be the
# one that is required, and so may one that is not.
unknown contains {
	"msg": sprintf("It is unknown which of %d packages is %s; this one is not known to be enabled", [
		count(packages.all_of(role)),
		name,
	]),
	"resource": packages.resource(item),
} if {
	some role, name in packages.names
	some other in packages.all_of(role)
	other.enabled == true
	some item in packages.all_of(role)
	item.enabled != true
}

# The packages that every version and language has under the same GUID (KB180699).
_of_known_guid := {"scan", "tools"}

_found(role) if count(packages.all_of(role)) > 0

_affects(role) := [{"all": true, "package": role, "certainty": "sure"}]

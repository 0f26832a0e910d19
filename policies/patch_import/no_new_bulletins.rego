# METADATA
# title: Newest bulletin is old
# description: |
#   Bulletins are released every month, and the patch management import brings
#   them. When the newest one that the server knows is older than that, the import
#   does not bring any, even if its task is reported as successful: clients are
#   then assessed against outdated data. On a child in a hierarchy, where the
#   import does not run, this shows that replication does not bring them.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 7, what to read about a failed import.
#   - ref: KB173382
#     description: The import on a child in a hierarchy.
#   - ref: KB181413
#     description: Where the console has the import, and how it replicates in a hierarchy.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-IMP-002
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: TECH170397
#       text: |
#         Run the patch management import (Manage > Jobs and Tasks > System Jobs and Tasks >
#         Software > Patch Management > Import Patch Data for Windows; its name varies) and see
#         that it succeeds and brings newer bulletins; if it fails, "nscheck explain NS-IMP-001"
#         says what to read for your version. See that the import has a schedule that is on. On a
#         child in a hierarchy fix the import on the parent and then look at replication.
#     - versions: "<7"
#       ref: HOWTO10277
#       text: |
#         Run the patch management import and see that it succeeds and brings newer bulletins; if
#         it fails, follow HOWTO10277. See that the import has a schedule that is on.
package nscheck.patch_import.no_new_bulletins

import data.nscheck.lib.text

violation contains {
	"msg": sprintf("The newest bulletin is %s", [text.age(_age)]),
	"resource": _resource,
	"path": "patch_import.newest_bulletin_age_days",
	"expected": sprintf("at most %s", [text.count_of(_limit, "day")]),
	"actual": _age,
} if {
	_age != null
	_age > _limit
}

unknown contains {
	"msg": "The date of the newest bulletin is unknown",
	"resource": _resource,
} if {
	_age == null
}

_age := data.estate.patch_import.newest_bulletin_age_days

_limit := data.params.newest_bulletin_max_age_days

_resource := {"type": "estate", "guid": null, "name": "patch_import"}

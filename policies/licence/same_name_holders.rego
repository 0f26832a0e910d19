# METADATA
# title: Computers of the same name hold a licence each
# description: |
#   Several resources of the same name and domain hold a Patch Management licence each.
#   Usually that is one computer that came back as a new resource, after it was
#   reinstalled for instance, and the old one keeps its licence. Upper and lower
#   case do not matter, and computers that are not Active count too.
# related_resources:
#   - ref: TECH170397
#     description: The article; its query of step 1 lists names and domains.
#   - ref: KB161023
#     description: Which asset status gives a licence back.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-LIC-005
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=8"
#       ref: KB161023
#       text: |
#         Find out which of the resources is the computer that runs today: the one with fresh
#         basic inventory. Set the asset status of the others to Retired: according to KB161023, in 7.x
#         no other status gives their licences back; of 8.x it is not known to be otherwise.
#     - versions: ">=7, <8"
#       ref: KB161023
#       text: |
#         Find out which of the resources is the computer that runs today: the one with fresh
#         basic inventory. Set the asset status of the others to Retired; on 7.x no other status
#         gives their licences back.
#     - versions: "<7"
#       ref: KB161023
#       text: |
#         Find out which of the resources is the computer that runs today: the one with fresh
#         basic inventory. Delete the others; on 6.x only deletion gives their licences back.
package nscheck.licence.same_name_holders

import data.nscheck.lib.text

violation contains {
	"msg": sprintf("%d computers named %s in domain %s hold a licence each: %s", [
		count(group.holders),
		group.name,
		group.domain,
		text.list_of(group.holders),
	]),
	"resource": _resource(group),
	"path": "licences.same_name",
	"expected": 1,
	"actual": count(group.holders),
} if {
	some group in data.estate.licences.same_name
	group.domain != null
}

unknown contains {
	"msg": "Several computers of this name hold a licence, but it is unknown whether in the same domain",
	"resource": _resource(group),
} if {
	some group in data.estate.licences.same_name
	group.domain == null
}

unknown contains {
	"msg": "It is unknown which computers that hold a licence have the same name",
	"resource": {"type": "product", "guid": null, "name": data.estate.licences.product},
} if {
	not data.estate.licences.same_name
}

_resource(group) := {"type": "computer", "guid": null, "name": group.name}

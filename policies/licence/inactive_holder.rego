# METADATA
# title: Licence held by a computer that is not Active
# description: |
#   Computers that are retired, disposed of or gone keep a Patch Management licence
#   that Active ones may need. The article's own query cannot show them, because it
#   joins the licences in use to a view of Active computers. Resources that no longer
#   exist are included.
# related_resources:
#   - ref: TECH170397
#     description: The article; the query of step 1.
#   - ref: KB161023
#     description: Which asset status gives a licence back.
#   - ref: KB180417
#     description: vComputer lists only computers whose status is Active.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-LIC-003
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=8"
#       ref: KB161023
#       text: |
#         Set the asset status of the computer to Retired. according to KB161023, in 7.x no other
#         status gives the licence back, neither Disposed nor any other; of 8.x it is not known to
#         be otherwise. Where the finding says Retired already, or that the resource no longer
#         exists, contact Support: nothing is left to set on the computer.
#     - versions: ">=7, <8"
#       ref: KB161023
#       text: |
#         Set the asset status of the computer to Retired: on 7.x no other status gives the
#         licence back, neither Disposed nor any other. Where the finding says Retired already, or
#         that the resource no longer exists, contact Support: nothing is left to set on the
#         computer.
#     - versions: "<7"
#       ref: KB161023
#       text: |
#         Delete the computer: on 6.x no status gives the licence back, only deletion does. Where
#         the finding says that the resource no longer exists, contact Support.
package nscheck.licence.inactive_holder

violation contains {
	"msg": _msg(holder),
	"resource": {"type": "computer", "guid": holder.guid, "name": _name(holder)},
	"path": "licences.inactive_holders",
	"expected": "Active",
	"actual": object.get(holder, "status", null),
} if {
	some holder in data.estate.licences.inactive_holders
	_inactive(holder)
}

unknown contains {
	"msg": "It holds a licence, but its status is not recorded",
	"resource": {"type": "computer", "guid": holder.guid, "name": _name(holder)},
} if {
	some holder in data.estate.licences.inactive_holders
	holder.name != null
	not is_string(object.get(holder, "status", null))
}

unknown contains {
	"msg": "It is unknown which computers hold a licence without being Active",
	"resource": {"type": "product", "guid": null, "name": data.estate.licences.product},
} if {
	not data.estate.licences.inactive_holders
}

# A resource that no longer exists is not Active, whatever was its status.
_inactive(holder) if holder.name == null

_inactive(holder) if {
	is_string(holder.status)
	holder.status != "Active"
}

_name(holder) := holder.name if {
	holder.name != null
} else := holder.guid

_msg(holder) := sprintf("Resource %s no longer exists and holds a licence", [holder.guid]) if {
	holder.name == null
} else := sprintf("%s is %s and holds a licence", [holder.name, holder.status])

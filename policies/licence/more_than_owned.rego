# METADATA
# title: More licences in use than owned
# description: |
#   More computers hold a Patch Management licence than licences were bought. A client
#   whose first scan returns may then find none left. Distinct computers are counted,
#   whatever their status: one that is not Active holds its licence too. Where a CMDB
#   keeps the number of owned licences is not public; where the snapshot does not know
#   it, the parameter licences_owned gives it.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 1 lists the licences in use.
#   - ref: KB161023
#     description: Which asset status gives a licence back.
#   - ref: KB180589
#     description: Best practices for Patch Management 8.x.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-LIC-004
#   severity: medium
#   scope: estate
#   step: "+"
#   explains: [NS-LIC-001]
#   chain: 810
#   fix: external
#   remediation:
#     - versions: ">=8"
#       ref: KB161023
#       text: |
#         First free the licences of computers that are not Active, which NS-LIC-003 lists: set
#         their asset status to Retired, for according to KB161023, in 7.x no other status gives a
#         licence back; of 8.x it is not known to be otherwise. If that is not enough, own as many
#         licences as computers are to be patched, or take computers out of patch management that
#         need not be in it. Symantec Installation Manager shows the node count under Licensing.
#     - versions: ">=7, <8"
#       ref: KB161023
#       text: |
#         First free the licences of computers that are not Active, which NS-LIC-003 lists: on 7.x
#         only the asset status Retired gives a licence back. If that is not enough, own as many
#         licences as computers are to be patched, or take computers out of patch management that
#         need not be in it. Symantec Installation Manager shows the node count under Licensing.
#     - versions: "<7"
#       ref: KB161023
#       text: |
#         First free the licences of computers that are not Active, which NS-LIC-003 lists: on 6.x
#         only deletion gives a licence back. If that is not enough, own as many licences as
#         computers are to be patched, or take computers out of patch management that need not be
#         in it.
package nscheck.licence.more_than_owned

import data.nscheck.lib.text

violation contains {
	"msg": sprintf("In use: %s; owned: %d", [
		text.count_of(_licences.in_use, "licence"),
		_owned,
	]),
	"resource": _resource,
	"path": "licences.in_use",
	"expected": sprintf("at most %d", [_owned]),
	"actual": _licences.in_use,
	"affects": [{"all": true, "certainty": "possible"}],
} if {
	not null in {_licences.in_use, _owned}
	_licences.in_use > _owned
}

unknown contains {
	"msg": "It is unknown how many licences are in use",
	"resource": _resource,
} if {
	_licences.in_use == null
}

no_source contains concat(" ", [
	"the number of licences owned: no source has it;",
	"give it with the parameter licences_owned",
]) if {
	_owned == null
}

_licences := data.estate.licences

_owned := _licences.owned if {
	_licences.owned != null
} else := data.params.licences_owned

_resource := {"type": "product", "guid": null, "name": _licences.product}

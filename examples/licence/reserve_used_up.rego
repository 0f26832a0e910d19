# METADATA
# title: Fewer licences left than the house's reserve
# description: |
#   Licences run short before they run out: where fewer are left than the parameter
#   licence_reserve_percent wants, the next department that is brought under patch management
#   may find none. The built-in NS-LIC-004 reports when more are in use than owned. Where a
#   CMDB keeps how many are owned is not public; the parameter licences_bought gives it. How
#   many computers that are not Active hold one is said too, for those can be had back.
# related_resources:
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
#   - ref: KB161023
#     description: Which asset status gives a licence back.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: EX-LIC-001
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: KB161023
#       text: |
#         First free the licences of computers that are not Active, which NS-LIC-003 lists: set
#         their asset status to Retired. according to KB161023, in 7.x no other status gives a licence
#         back; of 8.x it is not known to be otherwise. Then see which computers need no patches
#         and buy licences for the rest in time.
#     - versions: "<7"
#       ref: KB161023
#       text: |
#         First free the licences of computers that are not Active, which NS-LIC-003 lists: on 6.x
#         only deletion gives a licence back. Then see which computers need no patches and buy
#         licences for the rest in time.
package nscheck_examples.licence.reserve_used_up

violation contains {
	"msg": sprintf("%d of %d licences are in use, and the house wants %d%% left%s", [
		_licences.in_use,
		_owned,
		_reserve,
		_inactive,
	]),
	"resource": _resource,
	"path": "licences.in_use",
	"expected": sprintf("at most %d", [_most]),
	"actual": _licences.in_use,
} if {
	_licences.in_use != null
	_owned != null
	_licences.in_use > _most
	_licences.in_use <= _owned # else it is a finding of NS-LIC-004
}

unknown contains {
	"msg": "It is unknown how many licences are in use",
	"resource": _resource,
} if {
	_licences.in_use == null
}

no_source contains "the number of licences owned: give it with the parameter licences_bought" if _owned == null

_licences := data.estate.licences

_owned := _licences.owned if {
	_licences.owned != null
} else := data.params.licences_bought

_reserve := data.params.licence_reserve_percent

_most := floor((_owned * (100 - _reserve)) / 100)

_inactive := sprintf("; %d of them by computers that are not Active", [n]) if {
	n := count(_licences.inactive_holders)
	n > 0
} else := ""

_resource := {"type": "product", "guid": null, "name": _licences.product}

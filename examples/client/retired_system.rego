# METADATA
# title: Licence held by a Windows without updates
# description: |
#   The computer runs a Windows for which no updates come out any more, and yet it holds a
#   Patch Management licence that another one could use. Which these are the house says, in
#   the parameter retired_systems, by the beginning of the name that inventory reports: the
#   Windows may still be patched where extended support was bought.
# related_resources:
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
#   - ref: KB161023
#     description: Which asset status gives a licence back.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: EX-CLI-004
#   severity: info
#   scope: client
#   step: "+"
#   remediation:
#     - ref: KB161023
#       text: |
#         Replace the Windows, or the computer. To keep it as it is, remove it from the
#         target of the plug-in install policy and removes the plug-in. That alone does not give
#         the licence back: on 7.x only the asset status Retired does (KB161023), on 6.x only
#         deletion, and of 8.x it is not known to be otherwise.
package nscheck_examples.client.retired_system

import data.nscheck_examples.lib.computers

violation contains {
	"msg": sprintf("%s gets no updates any more, and the computer holds a licence", [input.os_name]),
	"path": "os_name",
	"expected": "a Windows with updates",
	"actual": input.os_name,
} if {
	computers.active
	input.licence.in_use == true
	_retired
}

unknown contains {"msg": msg} if {
	not _cleared
	msg := computers.doubt(_questions)
}

_retired if {
	some name in data.params.retired_systems
	startswith(sprintf("%s ", [computers.system]), sprintf("%s ", [lower(name)]))
}

_cleared if input.licence.in_use == false

_cleared if {
	computers.system
	not _retired
}

_questions contains "whether a licence is in use" if input.licence.in_use == null

_questions contains "which operating system it has" if input.os_name == null

# METADATA
# title: Managed Windows computer without the plug-in
# description: |
#   The computer runs the agent and Windows, and the Software Update Plug-in is not on it, so
#   that it is not patched. The article looks at computers that have the plug-in, and so does
#   every count of licences; nothing reports this one. The built-in NS-POL-010 finds those
#   whose agent is outdated, which is one reason; this rule finds them all. Computers that
#   must not be patched here need a waiver.
# related_resources:
#   - ref: HOWTO59456
#     description: The chain to a licence; the install policy's target comes first.
# schemas:
#   - input: schema.client
# custom:
#   id: EX-CLI-002
#   severity: medium
#   scope: client
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: HOWTO59456
#       text: |
#         In the console, under Settings > Agents/Plug-ins > Software > Patch Management, see that
#         the policy that installs the plug-in is on and that its target holds the computer; the
#         one out of the box leaves out computers whose agent needs an upgrade. Then look at the
#         run history tab of the package Software Update Plug-in in the computer's agent. If the
#         computer must not be patched here, add a waiver with "nscheck waiver add".
#     - versions: "<7"
#       text: |
#         See in the console that the plug-in is offered to the computer. If the computer must
#         not be patched here, add a waiver with "nscheck waiver add".
package nscheck_examples.client.windows_without_plugin

import data.nscheck_examples.lib.computers

violation contains {
	"msg": sprintf("%s is managed and has no Software Update Plug-in", [input.os_name]),
	"path": "plugin.installed",
	"expected": true,
	"actual": false,
} if {
	computers.active
	count(_questions) == 0
	not _cleared
}

unknown contains {"msg": msg} if {
	not _cleared
	msg := computers.doubt(_questions)
}

# One fact is enough to clear a computer, whatever else is unknown.
_cleared if input.plugin.installed == true

_cleared if input.managed == false

_cleared if {
	computers.system
	not startswith(computers.system, "windows")
}

_questions contains "whether the plug-in is installed" if input.plugin.installed == null

_questions contains "whether the computer is managed" if input.managed == null

_questions contains "which operating system it has" if input.os_name == null

# METADATA
# title: Core agent outdated, so the plug-in is not installed
# description: |
#   The target that installs the plug-in out of the box leaves out Windows computers
#   that still need an agent upgrade. This computer has no plug-in, and its core agent
#   is older than the one of the Notification Server, whose version stands for the one
#   that it offers: it will not get the plug-in before its agent is upgraded. It is
#   missing from every count of the article, so nothing else reports it.
# related_resources:
#   - ref: TECH170397
#     description: The article, which looks only at computers that have the plug-in.
#   - ref: HOWTO59456
#     description: The chain to a licence; the install policy's target comes first.
# schemas:
#   - input: schema.client
#   - data.estate: schema.estate
# custom:
#   id: NS-POL-010
#   severity: low
#   scope: client
#   step: "+"
#   remediation:
#     - ref: HOWTO59456
#       text: |
#         In the console see whether the computer is in the filter "Windows Computers Requiring
#         Symantec Management Agent Upgrade", and let the agent upgrade reach it. With the newer
#         agent it leaves that filter, becomes a member of the target "All Computers without
#         Software Update Plug-in Installed", and the install policy brings the plug-in. The
#         finding goes with the next basic inventory that reports the newer agent.
package nscheck.policy.agent_outdated

import data.nscheck.lib.computers
import data.nscheck.lib.versions

violation contains {
	"msg": sprintf("The plug-in is missing, and the core agent is %s, older than %s", [
		input.agent.version,
		data.estate.server.version,
	]),
	"path": "agent.version",
	"expected": data.estate.server.version,
	"actual": input.agent.version,
} if {
	computers.active
	input.plugin.installed == false
	count(_questions) == 0
	_older
	not _cleared
}

unknown contains {"msg": msg} if {
	not _cleared
	msg := computers.active_doubt(_questions)
}

_older if versions.older(input.agent.version, data.estate.server.version)

# What is known rules the fault out, whatever is not known.
_cleared if input.plugin.installed == true

_cleared if input.managed == false

_cleared if {
	is_string(input.os_name)
	not contains(lower(input.os_name), "windows")
}

_cleared if {
	versions.numbers(input.agent.version)
	versions.numbers(data.estate.server.version)
	not _older
}

_questions contains "whether it has the plug-in" if input.plugin.installed == null

_questions contains "whether it is managed" if input.managed == null

_questions contains "which operating system it runs" if not is_string(input.os_name)

_questions contains "which version its core agent is" if not versions.numbers(input.agent.version)

_questions contains "which version the Notification Server is" if {
	not versions.numbers(data.estate.server.version)
}

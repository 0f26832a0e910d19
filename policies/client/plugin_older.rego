# METADATA
# title: Plug-in older than the one of the Notification Server
# description: |
#   The client has an older Software Update Plug-in than the Notification Server
#   itself, whose version stands for the one that it offers. The plug-in's update
#   never reached the client, so it was probably left out when the rest of the
#   estate was updated, and its scans depend on the abilities of the old plug-in. Product
#   versions are compared, as numbers; the package's own revision says nothing
#   about the program in it.
# related_resources:
#   - ref: TECH170397
#     description: The article; steps 3 and 4.
# schemas:
#   - input: schema.client
#   - data.estate: schema.estate
# custom:
#   id: NS-CLI-006
#   severity: medium
#   scope: client
#   step: "3"
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the client's agent check the download history tab and the run history tab of the
#         package Software Update Plug-in: did the client get the newer plug-in, and did its
#         run succeed? If it did not get it, check in the GUI of the site's package servers that
#         the Software Update Plug-in is ready there, and use the buttons of the Package Server
#         tab to refresh: Update Package, Refresh Package, Resend Package info. If its run
#         failed, fix that and run it again. The finding goes with the next basic inventory
#         that reports the newer version.
package nscheck.client.plugin_older

import data.nscheck.lib.computers
import data.nscheck.lib.versions

violation contains {
	"msg": sprintf("The Software Update Plug-in is %s, older than %s of the Notification Server", [
		input.plugin.version,
		data.estate.server.plugin_version,
	]),
	"path": "plugin.version",
	"expected": data.estate.server.plugin_version,
	"actual": input.plugin.version,
} if {
	computers.has_plugin
	_older
}

unknown contains {"msg": msg} if {
	not _current
	msg := computers.plugin_doubt(_questions)
}

_questions contains "which version of the plug-in is installed" if {
	not versions.numbers(input.plugin.version)
}

_questions contains "which version of the plug-in the Notification Server has" if {
	not versions.numbers(data.estate.server.plugin_version)
}

_older if versions.older(input.plugin.version, data.estate.server.plugin_version)

_current if {
	count(_questions) == 0
	not _older
}

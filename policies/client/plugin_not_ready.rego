# METADATA
# title: Plug-in present but not ready
# description: |
#   The Software Update Plug-in alone does nothing: without Patch Windows System
#   Assessment Scan and Patch Install Tools the client reports that it has the
#   plug-in, but it cannot return patch inventory or ask for a licence. This client
#   has neither. One package that is missing alone is reported as not downloaded;
#   if none came, look for what keeps all packages from the client. Which files
#   the Software Update Plug-in Package has to hold is not public, so that package
#   itself is not checked: the article names one that lacks packages as a cause.
# related_resources:
#   - ref: TECH170397
#     description: The article; its cause, and step 3.
#   - ref: TECH158125
#     description: Troubleshooting Software Update Plug-in Not Ready.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-007
#   severity: high
#   scope: client
#   step: "3"
#   explains: [NS-CLI-001, NS-LIC-001]
#   chain: 610
#   remediation:
#     - ref: TECH158125
#       text: |
#         If the report names another cause for this client, fix that first. Otherwise follow
#         TECH158125, which the article names for troubleshooting Software Update Plug-in Not
#         Ready. Check in the client's agent the download history tab of Patch Windows System
#         Assessment Scan and of Patch Install Tools, and in the GUI of the site's package servers
#         that both are ready there.
package nscheck.client.plugin_not_ready

import data.nscheck.lib.client_packages
import data.nscheck.lib.computers

violation contains {
	"msg": sprintf("The Software Update Plug-in is installed but not ready; missing: %s", [
		concat(", ", {client_packages.name(role) | some role in _needed}),
	]),
	"path": "packages",
	"expected": "downloaded",
	"actual": "missing",
} if {
	computers.has_plugin
	count(_needed) > 0
	every role in _needed {
		role in client_packages.missing
	}
}

unknown contains {"msg": msg} if {
	count(_needed) > 0
	every role in _needed {
		role in client_packages.not_shown
	}
	msg := computers.plugin_doubt(client_packages.questions)
}

# What the plug-in needs besides itself.
_needed := {role | some role in data.params.required_packages} - {"plugin"}

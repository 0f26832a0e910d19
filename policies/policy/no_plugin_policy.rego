# METADATA
# title: No plug-in policy targets the client
# description: |
#   From 8.5 a client with the Software Update Plug-in must also be targeted by the
#   Default Software Update Plug-in Policy or a clone of it, or its scans fail. This
#   client is targeted by none that is on: it has the plug-in, and may have all
#   packages, and still returns no patch inventory.
# related_resources:
#   - ref: KB178560
#     description: From 8.5 a client needs a plug-in policy, or its scans fail.
#   - ref: TECH170397
#     description: The article, which is older than this condition.
# schemas:
#   - input: schema.client
# custom:
#   id: NS-POL-009
#   severity: high
#   scope: client
#   step: "+"
#   versions: ">=8.5"
#   explains: [NS-CLI-002, NS-LIC-001]
#   chain: 520
#   remediation:
#     - ref: KB178560
#       text: |
#         In the console, under Settings > Agents/Plug-ins > All Agents/Plug-ins > Software >
#         Patch Management > Windows, open the Default Software Update Plug-in Policy, turn it on,
#         and let its target include the client; or do so with exactly one clone of it. Only one
#         of them may target the client, for two conflict (KB180495). Then let the client update
#         its configuration and scan again.
package nscheck.policy.no_plugin_policy

import data.nscheck.lib.computers

violation contains {
	"msg": "No plug-in policy that is on targets the client, so its scans fail",
	"path": "plugin_policies",
	"expected": 1,
	"actual": 0,
} if {
	computers.has_plugin
	input.plugin_policies == []
}

unknown contains {"msg": msg} if {
	input.plugin_policies == []
	msg := computers.plugin_doubt(set())
}

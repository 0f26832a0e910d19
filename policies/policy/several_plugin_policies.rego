# METADATA
# title: Several plug-in policies target the client
# description: |
#   From 8.5 a client is targeted by the Default Software Update Plug-in Policy or by
#   a clone of it, and by one only: two of them conflict. Which settings the client
#   follows then is not decided, and its scans may fail.
# related_resources:
#   - ref: KB180495
#     description: Two plug-in policies on one client conflict.
#   - ref: KB178560
#     description: From 8.5 a client needs a plug-in policy, or its scans fail.
# schemas:
#   - input: schema.client
# custom:
#   id: NS-POL-011
#   severity: medium
#   scope: client
#   step: "+"
#   versions: ">=8.5"
#   explains: [NS-CLI-002, NS-LIC-001]
#   chain: 530
#   remediation:
#     - ref: KB180495
#       text: |
#         In the console, under Settings > Agents/Plug-ins > All Agents/Plug-ins > Software >
#         Patch Management > Windows, look at the targets of the Default Software Update Plug-in
#         Policy and of its clones that are on. Take the client out of the targets of
#         all but one of them, or turn the others off. Then let the client update its
#         configuration and scan again.
package nscheck.policy.several_plugin_policies

import data.nscheck.lib.computers

violation contains {
	"msg": sprintf("%d plug-in policies target the client, and they conflict", [_policies]),
	"path": "plugin_policies",
	"expected": 1,
	"actual": _policies,
} if {
	computers.has_plugin
	_policies > 1
}

unknown contains {"msg": msg} if {
	_policies > 1
	msg := computers.plugin_doubt(set())
}

_policies := count(input.plugin_policies)

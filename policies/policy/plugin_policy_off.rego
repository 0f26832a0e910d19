# METADATA
# title: Plug-in policy off or without a target
# description: |
#   From 8.5 a client with the Software Update Plug-in must be targeted by the Default
#   Software Update Plug-in Policy or by a clone of it that is on, or its scans fail.
#   All plug-in policies of this Notification Server are off or have no target, so no
#   client can scan: none returns patch inventory, and none that has no licence yet
#   takes one. Public documentation of versions before 8.5 does not say that such a
#   policy is always needed, so there, and if the version is unknown, clients are only
#   possibly affected. One plug-in policy that is on and has a target is enough for this
#   rule; NS-POL-009 and NS-POL-015 check which clients it targets. If no plug-in policy
#   is found, it may have been removed or not recognised, so the answer is unknown; before
#   8.5 nothing is wrong then.
# related_resources:
#   - ref: KB178560
#     description: From 8.5 a client needs a plug-in policy, or its scans fail.
#   - ref: TECH170397
#     description: The article, which is older than this condition.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-POL-012
#   severity: high
#   scope: estate
#   step: "+"
#   explains: [NS-CLI-002, NS-LIC-001, NS-POL-009, NS-POL-015]
#   chain: 520
#   remediation:
#     - ref: KB178560
#       text: |
#         In the console, under Settings > Agents/Plug-ins > All Agents/Plug-ins > Software >
#         Patch Management > Windows, open the Default Software Update Plug-in Policy, turn it on,
#         and apply it to the clients that have the plug-in; or do so with a clone of it. Only one
#         of these policies may target a client, because two conflict (KB180495). Then let a
#         client update its configuration and scan again.
package nscheck.policy.plugin_policy_off

import data.nscheck.lib.policies
import data.nscheck.lib.versions

violation contains {
	"msg": sprintf("%s %s", [policy.name, fault.msg]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].%s", [policy.name, fault.setting]),
	"expected": fault.expected,
	"actual": fault.actual,
	"affects": [{"all": true, "certainty": _certainty}],
} if {
	policies.none_works(_role, policies.target)
	some policy in policies.of_role(_role)
	some fault in policies.faults(policy, policies.target)
}

unknown contains {
	"msg": "No plug-in policy is found; it may be missing, or not be recognised here",
	"resource": {"type": "estate", "guid": null, "name": "policies"},
} if {
	not versions.older(data.estate.server.version, _since)
	data.estate.policies
	count(policies.of_role(_role)) == 0
}

unknown contains {
	"msg": sprintf("It is unknown %s", [concat(", and ", questions)]),
	"resource": policies.resource(policy),
} if {
	not policies.works(_role, policies.target)
	some policy in policies.of_role(_role)
	policies.faults(policy, policies.target) == []
	questions := policies.questions(policy, policies.target)
}

_role := "plugin_policy"

_since := "8.5"

_certainty := "sure" if {
	_required
} else := "possible"

_required if versions.older(_since, data.estate.server.version)

_required if versions.covers(_since, data.estate.server.version, null)

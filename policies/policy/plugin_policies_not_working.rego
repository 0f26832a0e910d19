# METADATA
# title: Plug-in policies of the client are off or without a target
# description: |
#   From 8.5 a client with the Software Update Plug-in must be targeted by a plug-in
#   policy that is on, or its scans fail. The client is listed as a target of plug-in
#   policies, but each of them is off or has no target by its own settings. Both are
#   collected at the same time and agree then; a change of the settings makes them
#   differ, because the list of the client stays as it was collected. If a policy is
#   no longer among the policies, or the client is in none of its filters, it is unknown
#   whether it still targets the client.
# related_resources:
#   - ref: KB178560
#     description: From 8.5 a client needs a plug-in policy, or its scans fail.
#   - ref: TECH170397
#     description: The article, which is older than this condition.
# schemas:
#   - input: schema.client
#   - data.estate: schema.estate
# custom:
#   id: NS-POL-015
#   severity: high
#   scope: client
#   step: "+"
#   versions: ">=8.5"
#   explains: [NS-CLI-002, NS-LIC-001]
#   chain: 525
#   remediation:
#     - ref: KB178560
#       text: |
#         In the console, under Settings > Agents/Plug-ins > All Agents/Plug-ins > Software >
#         Patch Management > Windows, turn on one of the plug-in policies that the finding names
#         and apply it to the client. Only one of these policies may target a client, because two
#         conflict (KB180495). If a change is being checked, leave one policy on that targets the
#         client.
package nscheck.policy.plugin_policies_not_working

import data.nscheck.lib.computers
import data.nscheck.lib.policies
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("No plug-in policy that targets the client works: %s", [text.list_of(faults)]),
	"path": "plugin_policies",
	"expected": "a plug-in policy that is on and has a target",
	"actual": faults,
} if {
	computers.has_plugin
	count(input.plugin_policies) > 0
	every guid in input.plugin_policies {
		_faults[guid]
	}
	faults := sort([_faults[guid] | some guid in input.plugin_policies])
}

unknown contains {"msg": msg} if {
	count(input.plugin_policies) > 0
	not _one_works
	msg := computers.plugin_doubt(_questions)
}

_policies := {policy.guid: policy | some policy in policies.of_role("plugin_policy")}

_faults := {guid: sprintf("%s %s", [policy.name, faults[0].msg]) |
	some guid, policy in _policies
	faults := policies.faults(policy, policies.target)
}

_one_works if {
	some guid in input.plugin_policies
	not _faults[guid]
	count(_questions_of(guid)) == 0
}

_questions := {question |
	some guid in input.plugin_policies
	not _faults[guid]
	some question in _questions_of(guid)
}

_questions_of(guid) := {sprintf("whether plug-in policy %s exists, because it is not among the policies", [guid])} if {
	not _policies[guid]
} else := ({sprintf("%s (%s)", [question, _policies[guid].name]) |
	some question in policies.questions(_policies[guid], policies.target)
} | {sprintf("whether %s targets the client, because the client is in none of its filters", [policy.name]) |
	policy := _policies[guid]
	every filter in policy.target_filters {
		not filter in input.filters
	}
}) | {sprintf("whether %s targets the client, because its filters are unknown", [policy.name]) |
	policy := _policies[guid]
	policy.has_target == true
	not policy.target_filters
}

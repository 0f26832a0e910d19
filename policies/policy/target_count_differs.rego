# METADATA
# title: Vulnerability analysis policy targets another number of computers than the filter has
# description: |
#   The article starts where the vulnerability analysis policy targets the proper
#   count of the filter "Computers with Software Update Plug-in Installed" and clients
#   still do not report. Where the two counts differ, that is a fault by itself: the
#   target leaves members of the filter out or takes others in, or one of the two was
#   not updated. The raw counts are compared. A policy that does not target the filter
#   at all is another rule's finding.
# related_resources:
#   - ref: TECH170397
#     description: The article; its symptoms.
#   - ref: KB178560
#     description: Where the console has the policies of Patch Management.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
# custom:
#   id: NS-POL-006
#   severity: medium
#   scope: estate
#   step: symptoms
#   remediation:
#     - versions: ">=7"
#       ref: TECH170397
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         policy that the finding names (before 8.x Microsoft Vulnerability Analysis Policy) and
#         look at what it applies to: it should be the filter "Computers with Software Update
#         Plug-in Installed" and nothing that narrows or widens it. Update the membership of the
#         filter, then compare the two counts again.
#     - versions: "<7"
#       ref: TECH170397
#       text: |
#         In the console open the policy that the finding names and look at what it applies to: it
#         should be the filter "Computers with Software Update Plug-in Installed" and nothing that
#         narrows or widens it. Update the membership of the filter, then compare the two counts
#         again.
package nscheck.policy.target_count_differs

import data.nscheck.lib.analysis_policies
import data.nscheck.lib.policies
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("%s targets %s, but the filter \"%s\" has %s", [
		policy.name,
		text.count_of(policy.target_count, "computer"),
		analysis_policies.filter_name,
		text.count_of(_members, "member"),
	]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].target_count", [policy.name]),
	"expected": _members,
	"actual": policy.target_count,
} if {
	some policy in analysis_policies.all
	policy.enabled == true
	analysis_policies.targets_filter(policy)
	_differ(policy)
}

unknown contains none if some none in analysis_policies.unrecognised

unknown contains {"msg": msg, "resource": policies.resource(policy)} if {
	some policy in analysis_policies.all
	not _cleared(policy)
	questions := _questions(policy)
	count(questions) > 0
	msg := sprintf("It is unknown %s", [concat(", and ", questions)])
}

_members := object.get(data.index.filters, [data.params.plugin_filter, "members"], null)

_count(policy) := object.get(policy, "target_count", null)

_differ(policy) if {
	not null in {_members, _count(policy)}
	_members != _count(policy)
}

# What is known rules the fault out, whatever is not known.
_cleared(policy) if policy.enabled == false

_cleared(policy) if analysis_policies.misses_filter(policy)

_cleared(policy) if {
	_members != null
	_members == _count(policy)
}

_questions(policy) := union({
	{"whether the policy is on" | policy.enabled == null},
	{"which filters the policy targets" | not policy.target_filters},
	{"how many computers the policy targets" | _count(policy) == null},
	{"how many members the filter has" | _members == null},
})

# METADATA
# title: Vulnerability analysis policy off, or not targeting the plug-in filter
# description: |
#   The vulnerability analysis policy (the article's Microsoft Vulnerability Analysis
#   Policy) brings the assessment scan to clients and lets it run there. It has to be
#   on and to target the filter "Computers with Software Update Plug-in Installed".
#   Computers outside its target have the plug-in, never scan, and take no licence.
#   One policy that is on and targets the filter is enough; clones of it may be off
#   or target others. Policies are recognised by their names, which differ between
#   versions and languages: if none is recognised, it is not known to be missing.
# related_resources:
#   - ref: TECH170397
#     description: The article; its symptoms name the policy and the filter.
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
#   - ref: KB178560
#     description: Where the console has the policies of Patch Management.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-POL-005
#   severity: high
#   scope: estate
#   step: symptoms
#   explains: [NS-CLI-001, NS-CLI-002, NS-CLI-007, NS-LIC-001]
#   chain: 510
#   alternatives: true
#   remediation:
#     - versions: ">=8"
#       ref: TECH170397
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         policy that the finding names (the article's Microsoft Vulnerability Analysis Policy; in
#         8.x Windows System Assessment Scan), turn it on, and let it apply to the filter
#         "Computers with Software Update Plug-in Installed".
#     - versions: ">=7, <8"
#       ref: TECH170397
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vulnerability Analysis Policy, turn it on, and let it apply to the filter
#         "Computers with Software Update Plug-in Installed".
#     - versions: "<7"
#       ref: TECH170397
#       text: |
#         In the console open Microsoft Vulnerability Analysis Policy, turn it on, and let it
#         apply to the computers with the Software Update Plug-in: in 7.x the filter "Computers
#         with Software Update Plug-in Installed".
package nscheck.policy.analysis_policy_off_target

import data.nscheck.lib.analysis_policies
import data.nscheck.lib.policies

violation contains {
	"msg": sprintf("%s is off", [policy.name]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].enabled", [policy.name]),
	"expected": true,
	"actual": false,
	"affects": _affects("sure"),
} if {
	every other in analysis_policies.all {
		other.enabled == false
	}
	some policy in analysis_policies.all
}

violation contains {
	"msg": sprintf("%s does not target the filter \"%s\"", [
		policy.name,
		analysis_policies.filter_name,
	]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].target_filters", [policy.name]),
	"expected": analysis_policies.filter_name,
	"actual": policy.target_filters,
	"affects": _affects(_certainty(policy)),
} if {
	_none_works
	some policy in analysis_policies.all
	_blamed(policy)
}

unknown contains none if some none in analysis_policies.unrecognised

unknown contains {"msg": msg, "resource": policies.resource(policy)} if {
	not _one_works
	some policy in analysis_policies.all
	_may_work(policy)
	msg := sprintf("It is unknown %s", [concat(", and ", _questions(policy))])
}

unknown contains {
	"msg": "It does not target the filter; unknown: whether it is on",
	"resource": policies.resource(policy),
} if {
	_none_works
	some policy in analysis_policies.all
	policy.enabled == null
	not _blamed(policy)
}

# If all of them are off, each of them is a fault.
unknown contains {
	"msg": "It is off; unknown: whether another one is on",
	"resource": policies.resource(policy),
} if {
	_none_works
	count([other | some other in analysis_policies.all; other.enabled == true]) == 0
	count([other | some other in analysis_policies.all; other.enabled == null]) > 0
	some policy in analysis_policies.all
	policy.enabled == false
}

# Policies whose target is the fault. One of which it is unknown whether it is on is at
# fault either way if all others are off, and may be an unused one otherwise.
_blamed(policy) if policy.enabled == true

_blamed(policy) if {
	policy.enabled == null
	every other in analysis_policies.all {
		_off_or_same(other, policy)
	}
}

_off_or_same(other, _) if other.enabled == false

_off_or_same(other, policy) if other.guid == policy.guid

_one_works if {
	some policy in analysis_policies.all
	policy.enabled == true
	analysis_policies.targets_filter(policy)
}

_may_work(policy) if {
	policy.enabled != false
	not analysis_policies.misses_filter(policy)
}

# No policy works, and none can turn out to work.
_none_works if {
	every policy in analysis_policies.all {
		not _may_work(policy)
	}
}

_questions(policy) := {"whether the policy is on" |
	policy.enabled == null
} | {"which filters the policy targets" |
	not policy.target_filters
}

# A policy with another target may reach the client by that; one without a target
# reaches none. The count may be older than the target.
_certainty(policy) := "sure" if {
	policy.target_filters == []
} else := "sure" if {
	policy.target_count == 0
} else := "possible"

_affects(certainty) := [{"all": true, "certainty": certainty}]

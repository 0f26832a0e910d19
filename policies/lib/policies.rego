# METADATA
# title: Policies that bring the plug-in and the scan
# description: |
#   A policy does its work only if it is on and has what its work needs, such as a
#   target. If several policies have one role, one that works is enough: the others
#   may be clones that are not in use.
# schemas:
#   - data.estate: schema.estate
package nscheck.lib.policies

# METADATA
# description: A policy of any role as the resource of a finding.
resource(policy) := {"type": "policy", "guid": policy.guid, "name": policy.name}

# METADATA
# description: The policies of a role, whether they are on or off.
of_role(role) := [policy |
	some policy in data.estate.policies
	policy.role == role
]

# METADATA
# description: The target of a policy, as a setting that must not be empty.
target := {"target_filters": {
	"msg": "has no target",
	"expected": "at least 1 filter",
	"question": "whether the policy has a target",
}}

# METADATA
# description: The schedules of a policy, as a setting that must not be empty.
schedule := {"schedules": {
	"msg": "has no schedule",
	"expected": "at least 1 schedule",
	"question": "which schedules the policy has",
}}

# METADATA
# description: |
#   What is known to keep a policy from its work, given the settings that must not be
#   empty: that it is off, else each of the settings that is known to be empty. A rule
#   names only the settings that its policies need, so that a changed setting is known
#   to be read by it or not.
faults(policy, needed) := [{
	"msg": "is off",
	"setting": "enabled",
	"expected": true,
	"actual": false,
}] if {
	policy.enabled == false
} else := [fault |
	some setting, words in needed
	_lacks(policy, setting)
	fault := {
		"msg": words.msg,
		"setting": setting,
		"expected": words.expected,
		"actual": "none",
	}
]

# METADATA
# description: What must be known before a policy is known to work, as questions.
questions(policy, needed) := {"whether the policy is on" |
	policy.enabled == null
} | {words.question |
	some setting, words in needed
	object.get(policy, setting, null) == null
	not _has(policy, setting)
	not _lacks(policy, setting)
}

# METADATA
# description: Whether a policy of a role is known to work.
works(role, needed) if {
	some policy in of_role(role)
	faults(policy, needed) == []
	questions(policy, needed) == set()
}

# METADATA
# description: Whether there are policies of a role and none of them can work.
none_works(role, needed) if {
	count(of_role(role)) > 0
	every policy in of_role(role) {
		count(faults(policy, needed)) > 0
	}
}

# The filters are the setting: that a target was collected counts only if they are
# unknown.
_lacks(policy, setting) if object.get(policy, setting, null) == []

_lacks(policy, "target_filters") if {
	policy.has_target == false
	object.get(policy, "target_filters", null) == null
}

_has(policy, "target_filters") if policy.has_target == true

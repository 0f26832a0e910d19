# METADATA
# title: Plug-in install policy has more than one single daily schedule
# description: |
#   The policy that installs the Software Update Plug-in has to have one single daily
#   schedule at most, says the vendor's guide to best practices. Only schedules of the
#   type daily that do not repeat are counted.
# related_resources:
#   - ref: KB180589
#     description: Best practices for Patch Management; HOWTO56242 in the article.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-POL-008
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: KB180589
#       text: |
#         In the console, under Settings > Agents/Plug-ins > Software > Patch Management, open the
#         plug-in install policy that the finding names and delete all of its daily schedules but
#         one.
#     - versions: "<7"
#       ref: KB180589
#       text: |
#         In the console open the plug-in install policy that the finding names and delete all of
#         its daily schedules but one. KB180589 gives this advice for 8.x.
package nscheck.policy.install_schedules

import data.nscheck.lib.policies

violation contains {
	"msg": sprintf("%s has %d daily schedules; at most one is allowed", [policy.name, known]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].schedules", [policy.name]),
	"expected": "at most 1",
	"actual": known,
} if {
	some policy in _install
	policy.enabled == true
	known := count(_daily(policy))
	known > 1
}

unknown contains {
	"msg": "No plug-in install policy is recognised by its name; it may have another one here",
	"resource": {"type": "estate", "guid": null, "name": "policies"},
} if {
	data.estate.policies
	count(_install) == 0
}

unknown contains {
	"msg": "It has more than one daily schedule, but it is unknown whether it is on",
	"resource": policies.resource(policy),
} if {
	some policy in _install
	policy.enabled == null
	count(_daily(policy)) > 1
}

unknown contains {
	"msg": "Its schedules are unknown",
	"resource": policies.resource(policy),
} if {
	some policy in _install
	policy.enabled != false
	not policy.schedules
}

unknown contains {
	"msg": "It is unknown which of its schedules are daily and do not repeat",
	"resource": policies.resource(policy),
} if {
	some policy in _install
	policy.enabled != false
	known := count(_daily(policy))
	known < 2
	known + count(_doubtful(policy)) > 1
}

_install := [policy |
	some policy in data.estate.policies
	policy.role == "plugin_install"
]

_daily(policy) := [schedule |
	some schedule in policy.schedules
	_type(schedule) == "daily"
	_repeats(schedule) == 0
]

# Schedules that may be daily ones that do not repeat.
_doubtful(policy) := [schedule |
	some schedule in policy.schedules
	_type(schedule) in {null, "daily"}
	_repeats(schedule) in {null, 0}
	null in {_type(schedule), _repeats(schedule)}
]

_type(schedule) := lower(schedule.type) if {
	is_string(schedule.type)
} else := null

_repeats(schedule) := object.get(schedule, "repeat_minutes", null)

package nscheck.policy.install_schedules_test

import data.nscheck.policy.install_schedules as rule

_daily := {"type": "Daily", "repeat_minutes": 0}

_unread := {"type": "daily", "repeat_minutes": null}

_untyped := {"type": null, "repeat_minutes": 0}

_policy(enabled, schedules) := {
	"guid": "I1",
	"name": "Software Update Plug-in Install",
	"role": "plugin_install",
	"enabled": enabled,
	"schedules": schedules,
}

_judged(policy) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"policies": [policy]}
}

_resource := {"type": "policy", "guid": "I1", "name": "Software Update Plug-in Install"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_one_daily_schedule if {
	_judged(_policy(true, [_daily])) == _silent
	_judged(_policy(true, [_daily, {"type": "weekly", "repeat_minutes": 0}])) == _silent
	_judged(_policy(true, [_daily, {"type": "daily", "repeat_minutes": 240}])) == _silent
	_judged(_policy(true, [_untyped])) == _silent
}

test_two_daily_schedules if {
	_judged(_policy(true, [_daily, {"type": "daily", "repeat_minutes": 0}, _untyped])) == {
		"violation": {{
			"msg": "Software Update Plug-in Install has 2 daily schedules; at most one is allowed",
			"resource": _resource,
			"path": "policies[Software Update Plug-in Install].schedules",
			"expected": "at most 1",
			"actual": 2,
		}},
		"unknown": set(),
	}
}

test_off if {
	_judged(_policy(false, [_daily, _daily])) == _silent
	_judged(_policy(false, [_daily, _untyped])) == _silent
	_judged(_policy(false, [_daily, _unread])) == _silent
	_judged(object.remove(_policy(false, []), ["schedules"])) == _silent
}

test_unknown_type if {
	_judged(_policy(true, [_daily, _untyped])) == _which
	_judged(_policy(null, [_untyped, _untyped])) == _which
}

test_unknown_repetition if {
	_judged(_policy(true, [_daily, _unread])) == _which
	_judged(_policy(true, [_unread, {"type": "daily"}])) == _which
	_judged(_policy(true, [_unread])) == _silent
	_judged(_policy(true, [_daily, {"type": "weekly", "repeat_minutes": null}])) == _silent
	count(_judged(_policy(true, [_daily, _daily, _unread])).violation) == 1
}

_which := _unknown("It is unknown which of its schedules are daily and do not repeat")

test_unknown_schedules if {
	_judged(object.remove(
		_policy(true, []),
		["schedules"],
	)) == _unknown("Its schedules are unknown")
}

test_unknown_whether_on if {
	_judged(_policy(null, [_daily, _daily])) == _unknown(concat("", [
		"It has more than one daily schedule, ",
		"but it is unknown whether it is on",
	]))
}

test_unknown_whether_on_with_one_daily_schedule if {
	_judged(_policy(null, [_daily])) == _silent
}

test_unknown_type_that_repeats if {
	_judged(_policy(true, [_daily, {"type": null, "repeat_minutes": 240}])) == _silent
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_no_policy_recognised if {
	judged := _judged(object.union(_policy(true, [_daily, _daily]), {"role": "plugin_policy"}))
	judged.violation == set()
	{one.resource | some one in judged.unknown} == {{"type": "estate", "guid": null, "name": "policies"}}
}

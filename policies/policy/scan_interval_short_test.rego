package nscheck.policy.scan_interval_short_test

import data.nscheck.policy.scan_interval_short as rule

_policy(intervals) := {
	"guid": "A1",
	"name": "Microsoft Vulnerability Analysis Policy",
	"role": "vulnerability_analysis",
	"enabled": true,
	"schedules": [{"type": "daily", "repeat_minutes": minutes} | some minutes in intervals],
}

_but(policy, changes) := object.union(policy, changes)

_judged(policy, clients) := _judged_with(policy, clients, 0)

_judged_with(policy, clients, servers) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"policies": [policy]}
		with data.totals as {"clients": clients, "unrecognised_servers": servers}
		with data.params as {
			"scan_interval_min_minutes": 240,
			"scan_interval_min_minutes_large": 360,
			"large_estate_clients": 10000,
		}
}

_resource := {"type": "policy", "guid": "A1", "name": "Microsoft Vulnerability Analysis Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_not_too_often if {
	_judged(_policy([240]), 9999) == _silent
	_judged(_policy([360]), 10000) == _silent
	_judged(_policy([0]), 10000) == _silent
	_judged(_policy([]), 10000) == _silent
}

test_too_often if {
	_judged(_policy([300, 60]), 600) == {
		"violation": {{
			"msg": concat("", [
				"Microsoft Vulnerability Analysis Policy checks every 60 minutes, ",
				"but with 600 clients it should not do so more often than every 240 minutes",
			]),
			"resource": _resource,
			"path": "policies[Microsoft Vulnerability Analysis Policy].schedules",
			"expected": "at least 240 minutes",
			"actual": 60,
		}},
		"unknown": set(),
	}
}

test_the_shortest_interval if {
	{v.actual | some v in _judged(_policy([120, 60]), 600).violation} == {60}
}

test_too_often_for_a_large_estate if {
	count(_judged(_policy([240]), 10000).violation) == 1
}

test_off if {
	off := {"enabled": false}
	_judged(_but(_policy([60]), off), 600) == _silent
	_judged(_but(_policy([null]), off), 600) == _silent
	_judged(object.remove(_but(_policy([]), off), ["schedules"]), 600) == _silent
}

test_unknown_interval if {
	expected := _unknown("It is unknown how often one of its schedules repeats")
	_judged(_policy([null]), 600) == expected
	_judged(_policy([null, 240]), 600) == expected
	_judged(_but(_policy([]), {"schedules": [{"type": "daily"}]}), 600) == expected
	_judged(_policy([null, 60]), 600).unknown == set()
	count(_judged(_policy([null, 60]), 600).violation) == 1
}

test_unknown_schedules if {
	policy := object.remove(_policy([]), ["schedules"])
	_judged(policy, 600) == _unknown("Its schedules are unknown")
}

test_unknown_whether_on if {
	_judged(_but(_policy([60]), {"enabled": null}), 600) == _unknown(concat("", [
		"It checks too often, ",
		"but it is unknown whether it is on",
	]))
	_judged(_but(_policy([240]), {"enabled": null}), 600) == _silent
}

test_no_policy_recognised if {
	judged := _judged(_but(_policy([60]), {"role": "plugin_install"}), 600)
	judged.violation == set()
	{one.resource.name | some one in judged.unknown} == {"policies"}
}

test_notification_server_unknown if {
	_judged_with(_policy([240]), 10000, 1) == _unknown(concat("", [
		"It checks too often for a large estate, ",
		"but it is unknown whether the estate is one",
	]))
	_judged_with(_policy([360]), 10000, 1) == _silent
	count(_judged_with(_policy([240]), 10001, 1).violation) == 1
}

package nscheck.policy.scan_interval_long_test

import data.nscheck.policy.scan_interval_long as rule

_policy(types) := {
	"guid": "A1",
	"name": "Microsoft Vulnerability Analysis Policy",
	"role": "vulnerability_analysis",
	"enabled": true,
	"target_filters": ["F1"],
	"schedules": [{"type": type, "repeat_minutes": 240} | some type in types],
}

_but(types, changes) := object.union(_policy(types), changes)

_clone(types, changes) := object.union(_but(types, {"guid": "A2", "name": "Clone"}), changes)

_unread := object.remove(_policy([]), ["schedules"])

_result(list) := _result_within(list, 30)

_result_within(list, days) := result if {
	result := {
		"violation": rule.violation,
		"unknown": rule.unknown,
	} with data.estate as {"policies": list}
		with data.params as {"plugin_filter": "F1", "scan_interval_max_days": days}
}

_resource := {"type": "policy", "guid": "A1", "name": "Microsoft Vulnerability Analysis Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

_fails(msg, actual, certainty) := {
	"violation": {{
		"msg": sprintf("Microsoft Vulnerability Analysis Policy %s", [msg]),
		"resource": _resource,
		"path": "policies[Microsoft Vulnerability Analysis Policy].schedules",
		"expected": "a scan at least every 30 days",
		"actual": actual,
		"affects": [{"all": true, "certainty": certainty}],
	}},
	"unknown": set(),
}

_never := _fails("has no schedule, so it never starts a scan", "no schedule", "sure")

_once := _fails("starts a scan once and never again", "once", "possible")

test_often_enough if {
	_result([_policy(["daily"])]) == _silent
	_result([_policy(["hourly"])]) == _silent
	_result([_policy(["Weekly"])]) == _silent
	_result([_policy(["yearly", "daily"])]) == _silent
	_result([_policy([null, "daily"])]) == _silent
	_result_within([_policy(["monthly"])], 31) == _silent
	_result_within([_policy(["yearly"])], 366) == _silent
	_result_within([_policy(["daily"])], 1) == _silent
	_result_within([_policy(["hourly"])], 1) == _silent
}

test_never if _result([_policy([])]) == _never

test_once if {
	_result([_policy(["once"])]) == _once
	_result([_policy(["Once", "once"])]) == _once
}

test_too_seldom if {
	_result([_policy(["once", "yearly", "monthly"])]) == _fails(
		"starts a scan only every 31 days; it should do so at least every 30 days",
		"every 31 days", "possible",
	)
	_result([_policy(["yearly"])]) == _fails(
		"starts a scan only every 366 days; it should do so at least every 30 days",
		"every 366 days", "possible",
	)
	some violation in _result_within([_policy(["weekly"])], 6).violation
	violation.expected == "a scan at least every 6 days"
}

test_off if {
	_result([_but([], {"enabled": false})]) == _silent
	_result([_but(["once"], {"enabled": false})]) == _silent
	_result([_but([null], {"enabled": false})]) == _silent
	_result([object.union(_unread, {"enabled": false})]) == _silent
}

test_another_makes_up_for_it if {
	_result([_policy([]), _clone(["daily"], {})]) == _silent
	_result([_unread, _clone(["daily"], {})]) == _silent
	_result([_policy([null]), _clone(["daily"], {})]) == _silent
}

test_another_does_not_make_up_for_it if {
	_result([_policy([]), _clone(["daily"], {"enabled": false})]) == _never
	_result([_policy([]), _clone(["daily"], {"target_filters": ["F2"]})]) == _never
	count(_result([_policy([]), _clone(["once"], {})]).violation) == 2
}

test_another_may_make_up_for_it if {
	expected := _unknown(concat("", [
		"It starts scans too seldom, ",
		"and it is unknown whether another policy makes up for it",
	]))
	_result([_policy([]), _clone(["daily"], {"enabled": null})]) == expected
	_result([_policy([]), object.remove(_clone(["daily"], {}), ["target_filters"])]) == expected
	result := _result([_policy([]), _clone([null], {})])
	result.violation == set()
	{u.resource.name | some u in result.unknown} == {"Clone", _resource.name}
}

test_unknown_schedules if {
	_result([_unread]) == _unknown("Its schedules are unknown")
	_result([object.union(_unread, {"enabled": null})]) == _unknown("Its schedules are unknown")
}

test_unknown_type if {
	expected := _unknown("It is unknown how often one of its schedules starts a scan")
	_result([_policy([null])]) == expected
	_result([_policy(["at logon"])]) == expected
	_result([_policy(["once", "at logon"])]) == expected
	_result([_but([], {"schedules": [{}]})]) == expected
}

test_unknown_whether_on if {
	_result([_but(["once"], {"enabled": null})]) == _unknown(concat("", [
		"It starts scans too seldom, ",
		"but it is unknown whether it is on",
	]))
	_result([_but(["daily"], {"enabled": null})]) == _silent
}

test_not_recognised if {
	result := _result([_but([], {"role": "plugin_install"})])
	result.violation == set()
	{u.resource.name | some u in result.unknown} == {"policies"}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {} with data.params as {}
	count(rule.unknown) == 0 with data.estate as {} with data.params as {}
}

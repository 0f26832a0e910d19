package nscheck.policy.plugin_install_off_test

import data.nscheck.policy.plugin_install_off as rule

_policy := {
	"guid": "I1",
	"name": "Software Update Plug-in Install",
	"role": "plugin_install",
	"enabled": true,
	"target_filters": ["F1"],
	"schedules": [{"type": "daily", "repeat_minutes": 0}],
}

_but(changes) := object.union(_policy, changes)

_clone(changes) := object.union(_but({"guid": "I2", "name": "Clone"}), changes)

_result(list) := _counted(list, {"LEEDS": {"yes": {"yes": {"no": 7}}, "no": {"no": {"no": 3}}}})

_counted(list, counts) := result if {
	result := {
		"violation": rule.violation,
		"unknown": rule.unknown,
	} with data.estate as {"policies": list}
		with data.totals as {"tally": {"licence_counts": counts}}
}

_resource := {"type": "policy", "guid": "I1", "name": "Software Update Plug-in Install"}

_silent := {"violation": set(), "unknown": set()}

_violation(msg, setting, expected, actual) := {
	"msg": msg,
	"resource": _resource,
	"path": sprintf("policies[Software Update Plug-in Install].%s", [setting]),
	"expected": expected,
	"actual": actual,
	"package": "plugin",
	"affects": [{"all": true, "package": "plugin", "certainty": "possible"}],
}

_off := _violation("Software Update Plug-in Install is off", "enabled", true, false)

_no_target := _violation(
	"Software Update Plug-in Install has no target",
	"target_filters", "at least 1 filter", "none",
)

_no_schedule := _violation(
	"Software Update Plug-in Install has no schedule",
	"schedules", "at least 1 schedule", "none",
)

_found(violations) := {"violation": violations, "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_works if {
	_result([_policy]) == _silent
	_result([_policy, _clone({"enabled": false})]) == _silent
	_result([_policy, _clone({"schedules": []})]) == _silent
	_result([_policy, _clone({"enabled": null})]) == _silent
}

test_off if {
	_result([_but({"enabled": false})]) == _found({_off})
	_result([_but({"enabled": false, "schedules": []})]) == _found({_off})
}

test_without_target if {
	_result([_but({"target_filters": []})]) == _found({_no_target})
	_result([_but({"target_filters": []}), _clone({"enabled": false})]) == _found({_no_target})
	_result([_but({"target_filters": []}), _clone({})]) == _silent
	_counted([_but({"target_filters": []})], {"LEEDS": {
		"no": {"no": {"no": 1}},
		"unknown": {"no": {"no": 1}},
	}}) == _found({_no_target})
}

test_unknown_whether_a_target_is_needed if {
	unknown := {"LEEDS": {"unknown": {"no": {"no": 1}}}}
	every other in [{"enabled": false}, {"schedules": []}] {
		evaluated := _counted([_but({"target_filters": []}), _clone(other)], unknown)
		{u.resource.guid | some u in evaluated.unknown} == {"I1"}
	}
	_counted([_but({"target_filters": []}), _clone({})], unknown) == _silent
}

test_without_target_where_it_is_not_needed if {
	policy := _but({"target_filters": []})
	everywhere := {"LEEDS": {"yes": {"yes": {"yes": 7}}}}
	_counted([policy], everywhere) == _silent
	_counted([_but({"target_filters": [], "schedules": []})], everywhere) == _found({_no_schedule})
	_counted([_but({"enabled": false})], everywhere) == _found({_off})
	_counted([policy], {"LEEDS": {
		"yes": {"yes": {"yes": 7}},
		"unknown": {"no": {"no": 1}},
	}}) == _unknown("It has no target; unknown: whether a computer lacks the plug-in")
}

test_without_schedule if _result([_but({"schedules": []})]) == _found({_no_schedule})

test_without_both if {
	_result([_but({
		"target_filters": [],
		"schedules": [],
	})]) == _found({_no_target, _no_schedule})
	_result([_but({"enabled": null, "schedules": []})]) == _found({_no_schedule})
}

test_another_may_work if {
	result := _result([_but({"enabled": false}), _clone({"enabled": null})])
	result.violation == set()
	{u.resource.name: u.msg | some u in result.unknown} == {"Clone": concat("", [
		"It is unknown ",
		"whether the policy is on",
	])}
}

test_unknown_settings if {
	_result([object.remove(
		_policy,
		["target_filters"],
	)]) == _unknown("It is unknown whether the policy has a target")
	_result([object.remove(
		_policy,
		["schedules"],
	)]) == _unknown("It is unknown which schedules the policy has")
	_result([object.remove(
		_but({"enabled": false}),
		["schedules"],
	)]) == _found({_off})
}

test_not_recognised if {
	expected := {
		"violation": set(),
		"unknown": {{
			"msg": "No plug-in install policy is recognised by its name; it may have another one here",
			"resource": {"type": "estate", "guid": null, "name": "policies"},
		}},
	}
	_result([]) == expected
	_result([_but({"role": "plugin_policy", "enabled": false})]) == expected
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_unknown_schedules_without_a_target if {
	all_have_it := {"LEEDS": {"yes": {"yes": {"no": 7}}}}
	doubtful := object.remove(_but({"target_filters": []}), ["schedules"])
	_counted([doubtful], all_have_it) == _unknown("It is unknown which schedules the policy has")
	_counted([_but({"target_filters": []})], all_have_it) == _silent
	_counted([doubtful, _clone({})], all_have_it) == _silent
}

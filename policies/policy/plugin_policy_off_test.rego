package nscheck.policy.plugin_policy_off_test

import data.nscheck.policy.plugin_policy_off as rule

_policy := {
	"guid": "A1",
	"name": "Default Software Update Plug-in Policy",
	"role": "plugin_policy",
	"enabled": true,
	"target_filters": ["F1"],
	"schedules": [],
}

_but(changes) := object.union(_policy, changes)

_clone(changes) := object.union(_but({"guid": "A2", "name": "Clone"}), changes)

_result(list) := _at("8.5.3073", list)

_at(version, list) := result if {
	result := {
		"violation": rule.violation,
		"unknown": rule.unknown,
	} with data.estate as {"server": {"version": version}, "policies": list}
}

_certainties(version) := {affected.certainty |
	some violation in _at(version, [_but({"enabled": false})]).violation
	some affected in violation.affects
}

_resource := {"type": "policy", "guid": "A1", "name": "Default Software Update Plug-in Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_works if {
	_result([_policy]) == _silent
	_result([_policy, _clone({"enabled": false})]) == _silent
	_result([_clone({"target_filters": []}), _policy]) == _silent
	_result([_policy, _clone({"enabled": null})]) == _silent
}

test_off if {
	_result([_but({"enabled": false, "target_filters": []})]) == {
		"violation": {{
			"msg": "Default Software Update Plug-in Policy is off",
			"resource": _resource,
			"path": "policies[Default Software Update Plug-in Policy].enabled",
			"expected": true,
			"actual": false,
			"affects": [{"all": true, "certainty": "sure"}],
		}},
		"unknown": set(),
	}
}

test_without_target if {
	expected := {
		"violation": {{
			"msg": "Default Software Update Plug-in Policy has no target",
			"resource": _resource,
			"path": "policies[Default Software Update Plug-in Policy].target_filters",
			"expected": "at least 1 filter",
			"actual": "none",
			"affects": [{"all": true, "certainty": "sure"}],
		}},
		"unknown": set(),
	}
	_result([_but({"target_filters": []})]) == expected
	_result([_but({"target_filters": [], "enabled": null})]) == expected
}

test_none_of_several_works if {
	result := _result([_but({"enabled": false}), _clone({"target_filters": []})])
	{v.msg | some v in result.violation} == {
		"Default Software Update Plug-in Policy is off",
		"Clone has no target",
	}
	result.unknown == set()
}

test_unknown_whether_on if {
	expected := _unknown("It is unknown whether the policy is on")
	_result([_but({"enabled": null})]) == expected
	_result([_but({"enabled": null}), _clone({"enabled": false})]) == expected
}

test_unknown_target if {
	_result([object.remove(
		_policy,
		["target_filters"],
	)]) == _unknown("It is unknown whether the policy has a target")
	_result([object.remove(
		_but({"enabled": null}),
		["target_filters"],
	)]) == _unknown(concat("", [
		"It is unknown whether the policy has a target, ",
		"and whether the policy is on",
	]))
}

test_has_target_without_filters if {
	known := object.union(object.remove(_policy, ["target_filters"]), {"has_target": true})
	_result([known]) == _silent
	result := _result([object.union(known, {"has_target": false})])
	{v.msg | some v in result.violation} == {"Default Software Update Plug-in Policy has no target"}
	result.unknown == set()
}

test_not_found if {
	expected := {
		"violation": set(),
		"unknown": {{
			"msg": "No plug-in policy is found; it may be missing, or not be recognised here",
			"resource": {"type": "estate", "guid": null, "name": "policies"},
		}},
	}
	_result([]) == expected
	_result([_but({"role": "plugin_install", "enabled": false})]) == expected
}

test_not_found_before_8_5 if {
	_at("7.5.3153", []) == _silent
	_at("8.1", []) == _silent
	count(_at(null, []).unknown) == 1
}

test_only_possible_before_8_5 if {
	_certainties("8.5") == {"sure"}
	_certainties("8.5 MP1") == {"sure"}
	_certainties("8.10") == {"sure"}
	_certainties("9.0.1") == {"sure"}
	_certainties("8.1.5504") == {"possible"}
	_certainties("7.1 SP2 MP1.1") == {"possible"}
	_certainties("unreadable") == {"possible"}
	_certainties(null) == {"possible"}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_policies_were_not_collected if {
	rule.unknown == set() with data.estate as {"server": {"version": "8.5.3073"}}
}

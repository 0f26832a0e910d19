package nscheck.policy.plugin_policies_not_working_test

import data.nscheck.policy.plugin_policies_not_working as rule

_client := {
	"status": "Active",
	"managed": true,
	"plugin": {"installed": true},
	"filters": ["F1"],
	"plugin_policies": ["A1"],
}

_but(changes) := object.union(_client, changes)

_policy := {
	"guid": "A1",
	"name": "Default",
	"role": "plugin_policy",
	"enabled": true,
	"target_filters": ["F1"],
}

_works := _policy

_off := object.union(_policy, {"enabled": false})

_aimless := object.union(_policy, {"target_filters": []})

_clone(changes) := object.union(_policy, object.union({"guid": "A2", "name": "Clone"}, changes))

_result(client, list) := result if {
	result := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.estate as {"policies": list}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

_found(faults) := {
	"violation": {{
		"msg": sprintf("No plug-in policy that targets the client works: %s", [concat(", ", faults)]),
		"path": "plugin_policies",
		"expected": "a plug-in policy that is on and has a target",
		"actual": faults,
	}},
	"unknown": set(),
}

test_works if {
	_result(_client, [_works]) == _silent
	_result(_client, [object.union(_works, {"has_target": true})]) == _silent
	_result(_client, [_works, _clone({"enabled": false})]) == _silent
}

test_no_policy_is_another_rules_finding if {
	_result(_but({"plugin_policies": []}), [_off]) == _silent
	_result(_but({"plugin_policies": [], "status": null}), [_off]) == _silent
}

test_none_works if {
	_result(_client, [_off]) == _found(["Default is off"])
	_result(_client, [_aimless]) == _found(["Default has no target"])
	_result(_client, [_off, _clone({})]) == _found(["Default is off"])
	_result(
		_but({"plugin_policies": ["A1", "A2"]}),
		[_off, _clone({"target_filters": []})],
	) == _found(["Clone has no target", "Default is off"])
}

test_one_of_two_works if {
	client := _but({"plugin_policies": ["A1", "A2"]})
	_result(client, [_off, _clone({})]) == _silent
	_result(client, [_works]) == _silent
	_result(client, [_works, _clone({"enabled": null})]) == _silent
}

test_unknown_settings if {
	_result(_client, [object.union(
		_policy,
		{"enabled": null},
	)]) == _unknown("It is unknown whether the policy is on (Default)")
	_result(_client, [object.remove(
		_policy,
		["target_filters"],
	)]) == _unknown("It is unknown whether the policy has a target (Default)")
	_result(
		_but({"plugin_policies": ["A1", "A2"]}),
		[_off, _clone({"enabled": null})],
	) == _unknown("It is unknown whether the policy is on (Clone)")
}

test_policy_that_is_not_there if {
	expected := _unknown(concat("", [
		"It is unknown whether plug-in policy A1 exists, ",
		"because it is not among the policies",
	]))
	_result(_client, []) == expected
	_result(_client, [_clone({})]) == expected
	_result(_client, [object.union(_policy, {"role": "plugin_install"})]) == expected
}

test_in_none_of_its_filters if {
	_result(_but({"filters": ["F2"]}), [_policy]) == _unknown(concat("", [
		"It is unknown whether Default targets the client, ",
		"because the client is in none of its filters",
	]))
	_result(
		_but({"filters": ["F2"]}),
		[object.union(_policy, {"target_filters": ["F1", "F2"]})],
	) == _silent
}

test_has_target_without_filters if {
	known := object.union(object.remove(_policy, ["target_filters"]), {"has_target": true})
	_result(_client, [known]) == _unknown(concat("", [
		"It is unknown whether Default targets the client, ",
		"because its filters are unknown",
	]))
	_result(_client, [object.union(known, {"has_target": false})]) == _found(["Default has no target"])
}

test_unknown_computer if {
	_result(
		_but({"status": null}),
		[_off],
	) == _unknown("It is unknown whether the computer is Active")
	_result(_but({"status": null}), [_works]) == _silent
}

test_other_computers if {
	_result(_but({"status": "Retired"}), [_off]) == _silent
	_result(_but({"plugin": {"installed": false}}), [_off]) == _silent
}

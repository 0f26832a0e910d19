package nscheck.policy.analysis_policy_off_target_test

import data.nscheck.policy.analysis_policy_off_target as rule

_policy(enabled, filters) := {
	"guid": "A1",
	"name": "Microsoft Vulnerability Analysis Policy",
	"role": "vulnerability_analysis",
	"enabled": enabled,
	"target_filters": filters,
	"target_count": 12,
}

_clone(enabled, filters) := object.union(_policy(enabled, filters), {"guid": "A2", "name": "Clone"})

_judged(policies) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {
		"policies": policies,
		"filters": [],
	}
		with data.index as {"filters": {}}
		with data.params as {"plugin_filter": "F1"}
}

_resource := {"type": "policy", "guid": "A1", "name": "Microsoft Vulnerability Analysis Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

_affects(certainty) := [{"all": true, "certainty": certainty}]

test_works if {
	_judged([_policy(true, ["F1"])]) == _silent
	_judged([_policy(true, ["F1"]), _clone(false, ["F1"])]) == _silent
	_judged([_policy(true, ["F1"]), _clone(null, ["F2"])]) == _silent
}

test_no_policy_recognised if {
	expected := {
		"violation": set(),
		"unknown": {{
			"msg": "No vulnerability analysis policy is recognised by its name; it may have another one here",
			"resource": {"type": "estate", "guid": null, "name": "policies"},
		}},
	}
	_judged([]) == expected
	_judged([{"guid": "I1", "name": "Install", "role": "plugin_install"}]) == expected
}

test_off if {
	_judged([_policy(false, ["F1"])]) == {
		"violation": {{
			"msg": "Microsoft Vulnerability Analysis Policy is off",
			"resource": _resource,
			"path": "policies[Microsoft Vulnerability Analysis Policy].enabled",
			"expected": true,
			"actual": false,
			"affects": _affects("sure"),
		}},
		"unknown": set(),
	}
}

test_another_target if {
	expected := {
		"violation": {{
			"msg": concat("", [
				"Microsoft Vulnerability Analysis Policy does not target the filter ",
				"\"Computers with Software Update Plug-in Installed\"",
			]),
			"resource": _resource,
			"path": "policies[Microsoft Vulnerability Analysis Policy].target_filters",
			"expected": "Computers with Software Update Plug-in Installed",
			"actual": ["F2"],
			"affects": _affects("possible"),
		}},
		"unknown": set(),
	}
	_judged([_policy(true, ["F2"])]) == expected
	_judged([_policy(null, ["F2"])]) == expected
	_judged([_policy(true, ["F2"]), _clone(false, ["F1"])]) == expected
}

test_an_empty_target if {
	{violation.affects | some violation in _judged([_policy(true, [])]).violation} == {_affects("sure")}
	empty := object.union(_policy(true, ["F2"]), {"target_count": 0})
	{violation.affects | some violation in _judged([empty]).violation} == {_affects("sure")}
}

test_unknown_whether_on if {
	_judged([_policy(null, ["F1"])]) == _unknown("It is unknown whether the policy is on")
	_judged([
		_policy(null, ["F1"]),
		_clone(false, []),
	]) == _unknown("It is unknown whether the policy is on")
}

test_unknown_which_is_on if {
	judged := _judged([_policy(null, ["F2"]), _clone(true, ["F2"])])
	{violation.resource.guid | some violation in judged.violation} == {"A2"}
	judged.unknown == _unknown("It does not target the filter; unknown: whether it is on").unknown
	both := _judged([_policy(null, ["F2"]), _clone(null, ["F2"])])
	both.violation == set()
	count(both.unknown) == 2
}

test_unknown_whether_all_are_off if {
	judged := _judged([_clone(null, ["F2"]), _policy(false, ["F1"])])
	{violation.resource.guid | some violation in judged.violation} == {"A2"}
	judged.unknown == _unknown("It is off; unknown: whether another one is on").unknown
	_judged([_clone(true, ["F2"]), _policy(false, ["F1"])]).unknown == set()
}

test_unknown_target if {
	policy := object.remove(_policy(true, []), ["target_filters"])
	_judged([policy]) == _unknown("It is unknown which filters the policy targets")
	_judged([object.union(policy, {"enabled": null})]) == _unknown(concat("", [
		"It is unknown whether the policy is on, ",
		"and which filters the policy targets",
	]))
	_judged([policy, _clone(true, ["F1"])]) == _silent
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {} with data.index as {} with data.params as {}
	count(rule.unknown) == 0 with data.estate as {} with data.index as {} with data.params as {}
}

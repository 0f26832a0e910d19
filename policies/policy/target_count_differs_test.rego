package nscheck.policy.target_count_differs_test

import data.nscheck.policy.target_count_differs as rule

_policy := {
	"guid": "A1",
	"name": "Microsoft Vulnerability Analysis Policy",
	"role": "vulnerability_analysis",
	"enabled": true,
	"target_filters": ["F1"],
	"target_count": 540,
}

_judged(policy, members) := _with_filters(policy, {"F1": {"name": "Plug-in", "members": members}})

_with_filters(policy, filters) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"policies": [policy]}
		with data.index as {"filters": filters, "names": {"F1": "Plug-in"}}
		with data.params as {"plugin_filter": "F1"}
}

_but(changes) := object.union(_policy, changes)

_resource := {"type": "policy", "guid": "A1", "name": "Microsoft Vulnerability Analysis Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_equal if {
	_judged(_policy, 540) == _silent
	_judged(_but({"enabled": null}), 540) == _silent
	_judged(object.remove(_policy, ["target_filters"]), 540) == _silent
}

test_different if {
	_judged(_policy, 589) == {
		"violation": {{
			"msg": concat("", [
				"Microsoft Vulnerability Analysis Policy targets 540 computers, ",
				"but the filter \"Plug-in\" has 589 members",
			]),
			"resource": _resource,
			"path": "policies[Microsoft Vulnerability Analysis Policy].target_count",
			"expected": 589,
			"actual": 540,
		}},
		"unknown": set(),
	}
}

test_off_or_another_target if {
	_judged(_but({"enabled": false}), 589) == _silent
	_judged(_but({"enabled": false, "target_count": null}), 589) == _silent
	_judged(_but({"target_filters": ["F2"], "target_count": null}), 589) == _silent
}

test_unknown_counts if {
	_judged(_but({"target_count": null}), 589) == _unknown(concat("", [
		"It is unknown ",
		"how many computers the policy targets",
	]))
	_judged(_policy, null) == _unknown("It is unknown how many members the filter has")
	_with_filters(_policy, {}) == _unknown("It is unknown how many members the filter has")
	_judged(_but({"target_count": null}), null) == _unknown(concat("", [
		"It is unknown how many computers the policy targets, ",
		"and how many members the filter has",
	]))
}

test_unknown_policy if {
	_judged(_but({"enabled": null}), 589) == _unknown("It is unknown whether the policy is on")
	_judged(
		object.remove(_policy, ["target_filters"]),
		589,
	) == _unknown("It is unknown which filters the policy targets")
}

test_no_policy_recognised if {
	judged := _judged(_but({"role": null}), 540)
	judged.violation == set()
	{one.resource.name | some one in judged.unknown} == {"policies"}
}

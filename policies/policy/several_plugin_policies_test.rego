package nscheck.policy.several_plugin_policies_test

import data.nscheck.policy.several_plugin_policies as rule

_judged(policies, changes) := judged if {
	client := object.union(
		{
			"status": "Active",
			"managed": true,
			"plugin": {"installed": true},
			"plugin_policies": policies,
		},
		changes,
	)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
}

_silent := {"violation": set(), "unknown": set()}

test_one_policy if {
	_judged(["Q1"], {}) == _silent
	_judged([], {}) == _silent
	_judged(["Q1"], {"status": null}) == _silent
}

test_two_policies if {
	_judged(["Q1", "Q2"], {}) == {
		"violation": {{
			"msg": "2 plug-in policies target the client, and they conflict",
			"path": "plugin_policies",
			"expected": 1,
			"actual": 2,
		}},
		"unknown": set(),
	}
}

test_unknown_computer if {
	_judged(["Q1", "Q2"], {"status": null}) == {
		"violation": set(),
		"unknown": {{"msg": "It is unknown whether the computer is Active"}},
	}
}

test_other_computers if {
	_judged(["Q1", "Q2"], {"status": "Retired"}) == _silent
	_judged(["Q1", "Q2"], {"plugin": {"installed": false}}) == _silent
}

test_missing if {
	count(rule.violation) == 0 with input as {"status": "Active", "plugin": {"installed": true}}
	count(rule.unknown) == 0 with input as {"status": null, "plugin": {"installed": true}}
}

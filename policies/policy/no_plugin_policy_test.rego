package nscheck.policy.no_plugin_policy_test

import data.nscheck.policy.no_plugin_policy as rule

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

test_targeted if {
	_judged(["Q1"], {}) == _silent
	_judged(["Q1", "Q2"], {}) == _silent
	_judged(["Q1"], {"status": null}) == _silent
}

test_not_targeted if {
	_judged([], {}) == {
		"violation": {{
			"msg": "No plug-in policy that is on targets the client, so its scans fail",
			"path": "plugin_policies",
			"expected": 1,
			"actual": 0,
		}},
		"unknown": set(),
	}
}

test_unknown_computer if {
	_judged([], {"status": null}) == {
		"violation": set(),
		"unknown": {{"msg": "It is unknown whether the computer is Active"}},
	}
}

test_other_computers if {
	_judged([], {"status": "Retired"}) == _silent
	_judged([], {"plugin": {"installed": false}}) == _silent
}

test_missing if {
	count(rule.violation) == 0 with input as {"status": "Active", "plugin": {"installed": true}}
	count(rule.unknown) == 0 with input as {"status": null, "plugin": {"installed": true}}
}

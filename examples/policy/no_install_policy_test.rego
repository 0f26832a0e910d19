package nscheck_examples.policy.no_install_policy_test

import data.nscheck_examples.policy.no_install_policy as rule

_policy(guid, enabled) := {
	"guid": guid,
	"name": sprintf("Install %s", [guid]),
	"role": "plugin_install",
	"enabled": enabled,
}

_scan := {"guid": "SCAN", "name": "Scan", "role": "vulnerability_analysis", "enabled": true}

_judged(policies) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"policies": policies}
}

_silent := {"violation": set(), "unknown": set()}

test_one_is_on if {
	_judged([_policy("A", true)]) == _silent
	_judged([_policy("A", false), _policy("B", true), _policy("C", null)]) == _silent
}

test_all_are_off if {
	_judged([_policy("A", false), _scan]) == {
		"violation": {{
			"msg": "Install A is off, and no other policy installs the plug-in",
			"resource": {"type": "policy", "guid": "A", "name": "Install A"},
			"path": "policies[Install A].enabled",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
	count(_judged([_policy("A", false), _policy("B", false)]).violation) == 2
}

test_one_may_be_on if {
	_judged([_policy("A", false), _policy("B", null)]) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown whether it is on, and no other policy that installs the plug-in is",
			"resource": {"type": "policy", "guid": "B", "name": "Install B"},
		}},
	}
}

test_none_is_recognised if {
	_judged([_scan]) == {
		"violation": set(),
		"unknown": {{
			"msg": "No policy that installs the plug-in is recognised by its name",
			"resource": {"type": "estate", "guid": null, "name": "policies"},
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

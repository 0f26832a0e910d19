package nscheck.policy.vendor_policy_off_test

import data.nscheck.policy.vendor_policy_off as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_microsoft(enabled) := {"guid": "V1", "name": "Microsoft Vendor Policy", "enabled": enabled}

_red_hat(enabled) := {"guid": "V2", "name": "Red Hat Vendor Policy", "enabled": enabled}

_judged(policies) := judged if {
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as {
		"vendor_policies": policies,
		"server": {"name": "NS01"},
		"package_servers": [{"guid": "P1", "packages": {}}],
	}
		with data.index as {
			"packages": {"scan": {"codebases": [{"host": "ns01.corp.example"}]}},
			"site_package_servers": {"LEEDS": ["P1"], "BARE": []},
			"package_server_sites": {"P1": ["LEEDS"]},
			"unplaced_package_servers": {},
		}
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
}

_resource := {"type": "vendor_policy", "guid": "V1", "name": "Microsoft Vendor Policy"}

_silent := {"violation": set(), "unknown": set()}

_everywhere := [
	{"site": "LEEDS", "certainty": "sure"},
	{"all": true, "package": "scan", "certainty": "sure"},
]

test_on if {
	_judged([_microsoft(true)]) == _silent
	_judged([_microsoft(true), _red_hat(false)]) == _silent
	_judged([_microsoft(true), _red_hat(null)]) == _silent
}

test_off if {
	_judged([_microsoft(false), _red_hat(true)]) == {
		"violation": {{
			"msg": "Microsoft Vendor Policy is off",
			"resource": _resource,
			"path": "vendor_policies[Microsoft Vendor Policy].enabled",
			"expected": true,
			"actual": false,
			"affects": _everywhere,
		}},
		"unknown": set(),
	}
}

test_another_one_is_on if {
	second := {"guid": "V3", "name": "Second Vendor Policy", "enabled": true}
	_judged([_microsoft(false), second]) == _silent
	_judged([_microsoft(null), second]) == _silent
	unread := object.union(second, {"enabled": null})
	judged := _judged([_microsoft(false), unread])
	judged.violation == set()
	{u.resource.name | some u in judged.unknown} == {"Second Vendor Policy"}
}

test_missing_policy if {
	expected := {
		"violation": {{
			"msg": "There is no vendor policy for Windows clients",
			"resource": {"type": "estate", "guid": null, "name": "vendor_policies"},
			"path": "vendor_policies",
			"expected": "a vendor policy that is on",
			"actual": "none",
			"affects": _everywhere,
		}},
		"unknown": set(),
	}
	_judged([]) == expected
	_judged([_red_hat(true)]) == expected
}

test_unknown if {
	_judged([_microsoft(null)]) == {
		"violation": set(),
		"unknown": {{"msg": "It is unknown whether the policy is on", "resource": _resource}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

package nscheck.patch_import.no_new_bulletins_test

import data.nscheck.patch_import.no_new_bulletins as rule

_judged(age) := judged if {
	estate := {"patch_import": {"newest_bulletin_age_days": age}}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.params as {"newest_bulletin_max_age_days": 45}
}

_resource := {"type": "estate", "guid": null, "name": "patch_import"}

test_new_bulletins if {
	every age in [-1, 0, 45] {
		_judged(age) == {"violation": set(), "unknown": set()}
	}
}

test_old_bulletins if {
	_judged(46) == {
		"violation": {{
			"msg": "The newest bulletin is 46 days old",
			"resource": _resource,
			"path": "patch_import.newest_bulletin_age_days",
			"expected": "at most 45 days",
			"actual": 46,
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged(null) == {
		"violation": set(),
		"unknown": {{"msg": "The date of the newest bulletin is unknown", "resource": _resource}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

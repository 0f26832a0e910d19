package nscheck.patch_import.bulletin_without_packages_test

import data.nscheck.patch_import.bulletin_without_packages as rule

_judged(patch_import) := judged if {
	estate := {"patch_import": patch_import}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
}

_violation(n, end) := {
	"msg": sprintf("Bulletin MS14-010 is enabled, but %s", [end]),
	"resource": {"type": "bulletin", "guid": "B1", "name": "MS14-010"},
	"expected": 0,
	"actual": n,
}

_bulletin(n) := {"guid": "B1", "name": "MS14-010", "updates": n}

test_all_packages_there if {
	_judged({"bulletins_without_packages": []}) == {"violation": set(), "unknown": set()}
}

test_updates_without_package if {
	_judged({"bulletins_without_packages": [_bulletin(1)]}).violation == {_violation(
		1,
		"1 update of it has no package",
	)}
	_judged({"bulletins_without_packages": [_bulletin(2)]}).violation == {_violation(
		2,
		"2 updates of it have no package",
	)}
}

test_unknown if {
	_judged({}) == {
		"violation": set(),
		"unknown": {{
			"msg": "The packages of updates were not collected",
			"resource": {"type": "estate", "guid": null, "name": "patch_import"},
		}},
	}
}

test_unknown_bulletin if {
	_judged({
		"bulletins_without_packages": [],
		"bulletins_unknown": [{"guid": "B2", "name": "MS14-011"}],
	}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown whether it is enabled, or which of its updates have a package",
			"resource": {"type": "bulletin", "guid": "B2", "name": "MS14-011"},
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

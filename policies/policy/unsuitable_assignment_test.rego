package nscheck.policy.unsuitable_assignment_test

import data.nscheck.policy.unsuitable_assignment as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_policy(enabled, type, automatic) := {
	"guid": "V1",
	"name": "Microsoft Vendor Policy",
	"enabled": enabled,
	"package_assignment": {"type": type, "automatic_site_assignment": automatic},
}

_judged(policy) := judged if {
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as {
		"vendor_policies": [policy],
		"server": {"name": "NS01"},
		"package_servers": [{"guid": "P1", "packages": {}}],
	}
		with data.index as {
			"site_package_servers": {"LEEDS": ["P1"]},
			"unplaced_package_servers": {},
			"packages": {"scan": {"codebases": [{"host": "ns01.corp.example"}]}},
		}
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
}

_resource := {"type": "vendor_policy", "guid": "V1", "name": "Microsoft Vendor Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_suitable if {
	_judged(_policy(true, "all", false)) == _silent
	_judged(_policy(true, "individual", false)) == _silent
	_judged(_policy(null, "all", false)) == _silent
}

test_by_site if {
	_judged(_policy(true, "site", false)) == {
		"violation": {{
			"msg": concat("", [
				"Microsoft Vendor Policy assigns its packages by site",
			]),
			"resource": _resource,
			"path": "vendor_policies[Microsoft Vendor Policy].package_assignment",
			"expected": "All Package Servers or Package Servers Individually",
			"actual": "by site",
			"affects": [{"site": "LEEDS", "package": "scan", "certainty": "sure"}],
		}},
		"unknown": set(),
	}
}

test_contradictory if {
	some violation in _judged(_policy(true, "all", true)).violation
	violation.actual == "All Package Servers and automatic"
	startswith(violation.msg, concat("", [
		"Microsoft Vendor Policy is set to All Package Servers and to automatic at once, ",
		"which contradict each other",
	]))
	count(_judged(_policy(true, "individual", true)).violation) == 1
}

test_manual_prestaging_is_another_rules_finding if {
	_judged(_policy(true, "site", true)) == _silent
}

test_off if {
	_judged(_policy(false, "site", false)) == _silent
	_judged(_policy(false, null, null)) == _silent
}

test_policies_of_other_vendors_do_not_count if {
	other := {"name": "Red Hat Vendor Policy"}
	_judged(object.union(_policy(true, "site", false), other)) == _silent
	_judged(object.union(_policy(null, "all", true), other)) == _silent
	_judged(object.union(_policy(true, null, null), other)) == _silent
}

test_unknown_setting if {
	expected := _unknown("It is unknown how the policy assigns its packages to package servers")
	_judged(_policy(true, null, true)) == expected
	_judged(_policy(true, "site", null)) == expected
	_judged(_policy(true, "all", null)) == expected
	_judged(object.remove(_policy(null, "all", true), ["package_assignment"])) == expected
}

test_unknown_whether_on if {
	_judged(_policy(null, "site", false)) == _unknown(concat("", [
		"The policy assigns its packages by site, ",
		"but it is unknown whether it is on",
	]))
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

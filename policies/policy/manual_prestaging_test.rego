package nscheck.policy.manual_prestaging_test

import data.nscheck.policy.manual_prestaging as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_policy(changes) := object.union(
	{
		"guid": "V1",
		"name": "Microsoft Vendor Policy",
		"enabled": true,
		"package_assignment": {"type": "site", "automatic_site_assignment": true},
	},
	changes,
)

# Leeds has nothing, York the scan on one of two servers, Hull everything.
_servers := [
	{"guid": "P1", "sites": ["LEEDS"], "addresses": [], "packages": {}},
	{"guid": "P2", "sites": ["YORK"], "addresses": [], "packages": {"scan": {"status": "ready"}}},
	{"guid": "P3", "sites": ["YORK"], "addresses": [], "packages": {}},
	{"guid": "P4", "sites": ["HULL"], "addresses": [], "packages": {"scan": {"status": null}}},
	{"guid": "P5", "sites": ["BATH"], "addresses": []},
]

_index := {
	"site_package_servers": {
		"LEEDS": ["P1"],
		"YORK": ["P2", "P3"],
		"HULL": ["P4"],
		"BATH": ["P5"],
		"EMPTY": ["P1"],
		"BARE": [],
	},
	"packages": {"scan": {"codebases": [{"host": "ns01.corp.example"}]}},
}

_judged(policies) := judged if {
	estate := {
		"server": {"name": "NS01"},
		"vendor_policies": policies,
		"package_servers": _servers,
	}
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as estate
		with data.index as _index
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
}

_resource := {"type": "vendor_policy", "guid": "V1", "name": "Microsoft Vendor Policy"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_all_package_servers if {
	_judged([_policy({"package_assignment": {
		"type": "all",
		"automatic_site_assignment": false,
	}})]) == _silent
}

test_individually if {
	_judged([_policy({"package_assignment": {"type": "individual"}})]) == _silent
}

test_by_site if {
	_judged([_policy({"package_assignment": {"automatic_site_assignment": false}})]) == _silent
}

test_manual_prestaging if {
	judged := _judged([_policy({})])
	judged.unknown == set()
	judged.violation == {{
		"msg": concat("", [
			"Microsoft Vendor Policy is set to Package Servers automatically with manual prestaging, ",
			"which does not appear to function properly",
		]),
		"resource": _resource,
		"path": "vendor_policies[Microsoft Vendor Policy].package_assignment",
		"expected": "All Package Servers or Package Servers Individually",
		"actual": "Package Servers automatically with manual prestaging",
		"affects": [
			{"site": "BATH", "package": "scan", "certainty": "possible"},
			{"site": "EMPTY", "package": "scan", "certainty": "sure"},
			{"site": "LEEDS", "package": "scan", "certainty": "sure"},
			{"site": "YORK", "package": "scan", "certainty": "possible"},
		],
	}}
}

test_manual_prestaging_that_harms_nobody if {
	violations := _violations with data.estate as {
		"vendor_policies": [_policy({})],
		"package_servers": _servers,
	}
		with data.index as {"site_package_servers": {"HULL": ["P4"]}}
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
	some violation in violations
	violation.affects == []
	violation.msg == concat("", [
		"Microsoft Vendor Policy is set to Package Servers automatically with manual prestaging, ",
		"which does not appear to function properly",
	])
}

test_a_policy_that_is_off_distributes_nothing if {
	_judged([_policy({"enabled": false})]) == _silent
	_judged([_policy({"enabled": false, "package_assignment": {"type": null}})]) == _silent
}

test_policies_of_other_vendors_do_not_count if {
	other := {"name": "red hat vendor policy"}
	_judged([_policy(other)]) == _silent
	_judged([_policy(object.union(other, {"enabled": null}))]) == _silent
	_judged([_policy(object.union(other, {"package_assignment": {"type": null}}))]) == _silent
}

test_unknown_assignment if {
	expected := _unknown("It is unknown how the policy assigns its packages to package servers")
	_judged([_policy({"package_assignment": {"type": null}})]) == expected
	_judged([_policy({"package_assignment": {"automatic_site_assignment": null}})]) == expected
	_judged([object.remove(_policy({}), ["package_assignment"])]) == expected
	_judged([_policy({"enabled": null, "package_assignment": {"type": null}})]) == expected
}

test_one_known_value_clears if {
	_judged([_policy({"package_assignment": {
		"type": null,
		"automatic_site_assignment": false,
	}})]) == _silent
	_judged([_policy({"package_assignment": {
		"type": "all",
		"automatic_site_assignment": null,
	}})]) == _silent
}

test_unknown_whether_on if {
	_judged([_policy({"enabled": null})]) == _unknown(concat("", [
		"The policy is set to Package Servers automatically with manual prestaging, ",
		"but it is unknown whether it is on",
	]))
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

package nscheck.policy.package_servers_not_enabled_test

import data.nscheck.policy.package_servers_not_enabled as rule

# Those of a site name the affected clients themselves.
_violations := {object.union({"affects": [s | some s in rule.affects(v)]}, v) |
	some v in rule.violation
}

_policy(servers) := {
	"guid": "V1",
	"name": "Microsoft Vendor Policy",
	"enabled": true,
	"package_assignment": {"type": "individual", "package_servers": servers},
}

_estate := {
	"server": {"name": "NS01"},
	"sites": [
		{"guid": "LEEDS", "name": "Leeds"},
		{"guid": "YORK", "name": "York"},
		{"guid": "BARE", "name": "Bare"},
	],
	"package_servers": [
		{"guid": "P1", "packages": {}},
		{"guid": "P2", "packages": {"scan": {"status": "ready"}}},
	],
}

_index := {
	"packages": {"scan": {"codebases": [{"host": "ns01.corp.example"}]}},
	"package_servers": {"P1": {}, "P2": {}},
	"site_package_servers": {"LEEDS": ["P1"], "YORK": ["P2"], "BARE": []},
	"package_server_sites": {"P1": ["LEEDS"], "P2": ["YORK"]},
	"unplaced_package_servers": {},
	"subnet_sites": {},
}

_totals := {
	"clients": 50,
	"unlocated_clients": 0,
	"sites": {"LEEDS": {"clients": 40}, "YORK": {"clients": 10}},
	"subnets": {},
}

_judged(policy) := _of(policy, _index, _totals)

_of(policy, index, totals) := judged if {
	estate := object.union(_estate, {"vendor_policies": [policy]})
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
		with data.totals as totals
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
}

_all_sites := [
	{"site": "LEEDS", "certainty": "sure"},
	{"site": "YORK", "certainty": "sure"},
	{"all": true, "package": "scan", "certainty": "possible"},
]

_silent := {"violation": set(), "unknown": set()}

_vendor_policy := {"type": "vendor_policy", "guid": "V1", "name": "Microsoft Vendor Policy"}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_path := "vendor_policies[Microsoft Vendor Policy].package_assignment.package_servers"

_but(policy, changes) := object.union(policy, changes)

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _vendor_policy}}}

test_every_site_is_served if _judged(_policy(["P1", "P2"])) == _silent

test_not_individually if {
	_judged(_but(_policy([]), {"package_assignment": {"type": "all"}})) == _silent
	_judged({
		"guid": "V1",
		"name": "Microsoft Vendor Policy",
		"enabled": true,
		"package_assignment": {"type": "all"},
	}) == _silent
}

test_off if {
	_judged(_but(_policy([]), {"enabled": false})) == _silent
	_judged({"guid": "V1", "name": "Microsoft Vendor Policy", "enabled": false}) == _silent
	index := object.union(_index, {"unplaced_package_servers": {"P2": true}})
	_of(_but(_policy(["P2"]), {"enabled": false}), index, _totals) == _silent
}

test_none_enabled if {
	_judged(_policy([])) == {
		"violation": {{
			"msg": concat("", [
				"Microsoft Vendor Policy is set to Package Servers Individually, ",
				"but no package server is enabled",
			]),
			"resource": _vendor_policy,
			"path": _path,
			"expected": "at least 1 package server",
			"actual": "none",
			"affects": _all_sites,
		}},
		"unknown": set(),
	}
}

test_a_listed_server_does_not_exist if {
	_judged(_policy(["P1", "P2", "P9"])) == {
		"violation": {{
			"msg": "Microsoft Vendor Policy enables 1 package server that does not exist: P9",
			"resource": _vendor_policy,
			"path": _path,
			"expected": "package servers that exist",
			"actual": ["P9"],
			"affects": [],
		}},
		"unknown": set(),
	}
}

test_no_listed_server_exists if {
	some violation in _judged(_policy(["P8", "P9"])).violation
	violation.msg == "Microsoft Vendor Policy enables 2 package servers that do not exist: P8, P9"
	violation.actual == ["P8", "P9"]
	violation.affects == _all_sites
}

test_a_site_is_left_out if {
	_judged(_policy(["P2"])) == {
		"violation": {{
			"msg": concat("", [
				"Microsoft Vendor Policy enables no package server of site Leeds, ",
				"which has 1 package server and 40 clients",
			]),
			"resource": _leeds,
			"path": _path,
			"expected": "at least 1 package server of the site",
			"actual": "none",
			"affects": [{"site": "LEEDS", "certainty": "sure"}],
		}},
		"unknown": set(),
	}
}

test_a_site_without_clients_may_be_left_out if {
	totals := {"clients": 10, "unlocated_clients": 0, "sites": {}, "subnets": {}}
	_of(_policy(["P2"]), _index, totals) == _silent
	_of(_but(_policy(["P2"]), {"enabled": null}), _index, totals) == _silent
}

test_clients_of_unknown_site if {
	totals := {
		"clients": 10,
		"unlocated_clients": 0,
		"sites": {},
		"subnets": {"N1": {"clients": 10}},
	}
	_of(_policy(["P2"]), _index, totals) == {"violation": set(), "unknown": {{
		"msg": concat("", [
			"None of its package servers is known to be enabled in Microsoft Vendor Policy; ",
			"unknown: whether it has clients",
		]),
		"resource": _leeds,
	}}}
}

test_an_enabled_server_may_be_in_the_site if {
	index := object.union(_index, {"unplaced_package_servers": {"P2": true}})
	_of(_policy(["P2"]), index, _totals) == {"violation": set(), "unknown": {{
		"msg": concat("", [
			"None of its package servers is known to be enabled in Microsoft Vendor Policy; ",
			"unknown: all sites of 1 enabled package server",
		]),
		"resource": _leeds,
	}}}
}

# The other policy assigns packages to the site, but perhaps not the required ones.
test_another_vendor_policy_assigns_the_site if {
	second := {
		"guid": "V2",
		"name": "Second Vendor Policy",
		"enabled": true,
		"package_assignment": {"type": "all"},
	}
	estate := object.union(_estate, {"vendor_policies": [_policy(["P2"]), second]})
	violations := _violations with data.estate as estate
		with data.index as _index
		with data.totals as _totals
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
	{v.affects | some v in violations} == {[
		{"site": "LEEDS", "package": "scan", "certainty": "possible"},
		{"site": "LEEDS", "certainty": "possible"},
	]}
}

test_policies_for_other_vendors_do_not_count if {
	_judged(_but(_policy(["P2"]), {"name": "Red Hat Vendor Policy"})) == _silent
	_judged(_but(_policy([]), {"name": "Red Hat Vendor Policy"})) == _silent
}

test_unknown_whether_on if {
	expected := _unknown(concat("", [
		"The policy leaves package servers out that are needed, ",
		"but it is unknown whether it is on",
	]))
	every servers in [[], ["P1", "P2", "P9"], ["P2"]] {
		_judged(_but(_policy(servers), {"enabled": null})) == expected
	}
	_judged(_but(_policy(["P1", "P2"]), {"enabled": null})) == _silent
}

test_unknown_assignment if {
	expected := _unknown("It is unknown which package servers the policy is set to")
	_judged(object.remove(_policy([]), ["package_assignment"])) == expected
	_judged({
		"guid": "V1",
		"name": "Microsoft Vendor Policy",
		"enabled": true,
		"package_assignment": {"type": "individual"},
	}) == expected
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

_violations_of(policies) := violations if {
	estate := object.union(_estate, {
		"package_servers": array.concat(_estate.package_servers, [{"guid": "P3", "packages": {}}]),
		"vendor_policies": policies,
	})
	violations := _violations with data.estate as estate
		with data.index as object.union(_index, {
			"package_servers": {"P3": {}},
			"site_package_servers": {"BARE": ["P3"]},
			"package_server_sites": {"P3": ["BARE"]},
		})
		with data.totals as object.union(_totals, {"sites": {"BARE": {"clients": 2}}})
		with data.params as {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}
}

test_a_site_that_is_left_out_affects_its_own_clients if {
	second := {
		"guid": "V2",
		"name": "Second Vendor Policy",
		"enabled": true,
		"package_assignment": {"type": "all"},
	}
	violations := _violations_of([_policy(["P2"]), second])
	{v.resource.guid | some v in violations} == {"LEEDS", "BARE"}
	every v in violations {
		{selector.site | some selector in v.affects} == {v.resource.guid}
	}
}

test_a_lost_server_affects_nobody_whatever_another_policy_enables if {
	second := object.union(_policy(["P1", "P2", "P3", "P9"]), {"guid": "V2", "name": "Second Vendor Policy"})
	{v.affects | some v in _violations_of([_policy([]), second]); v.resource.guid == "V2"} == {[]}
}

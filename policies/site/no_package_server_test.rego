package nscheck.site.no_package_server_test

import data.nscheck.site.no_package_server as rule

_totals := {
	"clients": 60,
	"unlocated_clients": 1,
	"sites": {"LEEDS": {"clients": 48}, "YORK": {"clients": 3}},
	"subnets": {"N1": {"clients": 48}},
}

_index := {
	"site_package_servers": {"LEEDS": [], "YORK": ["P2"], "HULL": []},
	"unplaced_package_servers": {},
	"subnet_sites": {"N1": ["LEEDS"]},
}

_judged(index, totals) := judged if {
	estate := {"sites": [
		{"guid": "LEEDS", "name": "Leeds"},
		{"guid": "YORK", "name": "York"},
		{"guid": "HULL", "name": "Hull"},
	]}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as object.union(_index, index)
		with data.totals as object.union(_totals, totals)
}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_hull := {"type": "site", "guid": "HULL", "name": "Hull"}

test_a_package_server_in_every_site_with_clients if {
	_judged({"site_package_servers": {"LEEDS": ["P1"]}}, {}) == {"violation": set(), "unknown": set()}
}

test_no_package_server if {
	_judged({}, {}) == {
		"violation": {{
			"msg": "Site Leeds has no package server for its 48 clients",
			"resource": _leeds,
			"expected": "at least 1 package server",
			"actual": "none",
			"affects": [{"site": "LEEDS", "certainty": "sure"}],
		}},
		"unknown": set(),
	}
}

test_a_server_whose_sites_are_unknown if {
	_judged({"unplaced_package_servers": {"P9": true}}, {}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is not known to have a package server; unknown: all sites of 1 package server",
			"resource": _leeds,
		}},
	}
}

test_unknown_whether_it_has_clients if {
	judged := _judged({}, {"subnets": {"N2": {"clients": 9}}})
	count(judged.violation) == 1
	judged.unknown == {{
		"msg": "It is not known to have a package server; unknown: whether it has clients",
		"resource": _hull,
	}}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {} with data.index as {} with data.totals as {}
	count(rule.unknown) == 0 with data.estate as {} with data.index as {} with data.totals as {}
}

test_a_site_that_is_not_among_the_sites if {
	estate := {"sites": [], "package_servers": [], "subnets": [{"guid": "N1", "sites": ["GONE"]}]}
	unknown := rule.unknown with data.estate as estate
		with data.index as {"subnet_sites": {}, "site_package_servers": {}, "unplaced_package_servers": {}}
		with data.totals as _totals
	{one.resource.guid | some one in unknown} == {"GONE"}
}

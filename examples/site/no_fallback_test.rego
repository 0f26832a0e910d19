package nscheck_examples.site.no_fallback_test

import data.nscheck_examples.site.no_fallback as rule

_index := {
	"site_package_servers": {"LEEDS": ["P1"]},
	"package_servers": {"P1": {"name": "LDS-PS01"}, "P2": {"name": "LDS-PS02"}},
	"unplaced_package_servers": {},
	"subnet_sites": {"N1": ["LEEDS"]},
}

_totals := {
	"clients": 12,
	"unlocated_clients": 0,
	"sites": {"LEEDS": {"clients": 12}},
	"subnets": {"N1": {"clients": 12}},
}

_judged(site, index, totals) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"sites": [object.union({"guid": "LEEDS", "name": "Leeds"}, site)]}
		with data.index as object.union(_index, index)
		with data.totals as totals
}

_closed := {"prevent_downloads": ["ExtPs", "Ns"]}

_silent := {"violation": set(), "unknown": set()}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_unknown(question) := {"violation": set(), "unknown": {{
	"msg": sprintf("It may depend on its only package server; unknown: %s", [question]),
	"resource": _leeds,
}}}

test_another_source if {
	every sources in [[], ["Ns"], ["ExtPs"]] {
		_judged({"prevent_downloads": sources}, {}, _totals) == _silent
	}
}

test_two_servers if {
	_judged(_closed, {"site_package_servers": {"LEEDS": ["P1", "P2"]}}, _totals) == _silent
}

test_no_server if _judged(_closed, {"site_package_servers": {"LEEDS": []}}, _totals) == _silent

test_only_one if {
	_judged(_closed, {}, _totals) == {
		"violation": {{
			"msg": "Site Leeds with 12 clients may download from its package server LDS-PS01 alone",
			"resource": _leeds,
			"path": "sites[Leeds].prevent_downloads",
			"expected": "a second package server, or one of Ns and ExtPs allowed",
			"actual": ["ExtPs", "Ns"],
		}},
		"unknown": set(),
	}
}

test_unknown_sources if _judged({}, {}, _totals) == _unknown("what it prevents downloads from")

test_another_server_may_be_there if {
	stray := {"unplaced_package_servers": {"P9": true}}
	_judged(_closed, stray, _totals) == _unknown("all sites of 1 package server")
}

test_no_clients if {
	none := {"clients": 0, "unlocated_clients": 0, "sites": {}, "subnets": {}}
	_judged(_closed, {}, object.union(none, {"clients": 1})) == _silent
}

test_clients_may_be_there if {
	lost := {"clients": 3, "unlocated_clients": 0, "sites": {}, "subnets": {"N9": {"clients": 3}}}
	_judged(_closed, {}, lost) == _unknown("whether it has clients")
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

package nscheck.site.no_unconstrained_package_server_test

import data.nscheck.site.no_unconstrained_package_server as rule

_server(guid, constrained) := {
	"guid": guid,
	"name": sprintf("LDS-%s", [guid]),
	"constrained": constrained,
	"sites": ["LEEDS"],
	"addresses": [],
}

_totals := {
	"clients": 60,
	"unlocated_clients": 1,
	"sites": {"LEEDS": {"clients": 48}, "YORK": {"clients": 3}},
	"subnets": {"N1": {"clients": 48}},
}

_judged(servers, changes) := _placed(servers, changes, {})

# Some package servers are in further sites.
_placed(servers, changes, further) := judged if {
	estate := {
		"sites": [{"guid": "LEEDS", "name": "Leeds"}, {"guid": "YORK", "name": "York"}],
		"package_servers": servers,
	}
	in_leeds := [server.guid | some server in servers; "LEEDS" in server.sites]
	in_york := [guid | some guid, _ in further]
	index := {
		"names": {server.guid: server.name | some server in servers},
		"site_package_servers": {"LEEDS": in_leeds, "YORK": in_york},
		"package_server_sites": {server.guid: array.concat(server.sites, object.get(further, server.guid, [])) |
			some server in servers
		},
		"subnet_sites": {"N1": ["LEEDS"]},
		"unplaced_package_servers": {server.guid: true | some server in servers; server.guid == "P9"},
	}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
		with data.totals as object.union(_totals, changes)
}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _leeds}}}

_violation(msg, servers) := {
	"violation": {{
		"msg": msg,
		"resource": _leeds,
		"expected": "at least 1 unconstrained package server",
		"actual": "none",
		"paths": [sprintf("package_servers[LDS-%s].constrained", [server]) | some server in servers],
		"affects": [{"site": "LEEDS", "certainty": "sure"}],
	}},
	"unknown": set(),
}

test_an_unconstrained_server if {
	_judged([_server("P1", true), _server("P2", false)], {}) == _silent
	_judged([_server("P1", null), _server("P2", false)], {}) == _silent
}

test_all_constrained if {
	_judged([_server("P1", true), _server("P2", true)], {}) == _violation(
		concat("", [
			"Site Leeds has 2 package servers and all are constrained; ",
			"its 48 clients cannot get packages from the Notification Server",
		]),
		["P1", "P2"],
	)
}

test_the_only_one_constrained if {
	_judged([_server("P1", true)], {"sites": {"LEEDS": {"clients": 1}}}) == _violation(
		concat("", [
			"Site Leeds has 1 package server and it is constrained; ",
			"its 1 client cannot get packages from the Notification Server",
		]),
		["P1"],
	)
}

# LDS-P2 is also in York, where it may pull from P7.
test_a_constrained_server_with_a_way_over_another_site if {
	york := object.union(_server("P7", false), {"sites": []})
	servers := [_server("P1", true), _server("P2", true), york]
	some violation in _placed(servers, {}, {"P2": ["YORK"], "P7": ["YORK"]}).violation
	violation.resource == _leeds
	violation.affects == [{"site": "LEEDS", "certainty": "possible"}]
}

test_no_package_server_is_another_rule if _judged([], {}) == _silent

test_site_without_clients if {
	servers := [_server("P1", true), _server("P2", null)]
	estate := {"sites": [{"guid": "LEEDS", "name": "Leeds"}], "package_servers": servers}
	index := {"site_package_servers": {"LEEDS": ["P1", "P2"]}, "subnet_sites": {}}
	totals := {"clients": 5, "unlocated_clients": 4, "sites": {}, "subnets": {}}
	count(rule.violation) == 0 with data.estate as estate
		with data.index as index
		with data.totals as totals
	count(rule.unknown) == 0 with data.estate as estate
		with data.index as index
		with data.totals as totals
}

test_unknown_constraint if {
	_judged([_server("P1", true), _server("P2", null)], {}) == _unknown(concat("", [
		"No package server of this site is known to be unconstrained; ",
		"unknown: whether LDS-P2 is constrained",
	]))
}

test_a_server_whose_sites_are_unknown if {
	expected := _unknown(concat("", [
		"No package server of this site is known to be unconstrained; ",
		"unknown: all sites of 1 other package server",
	]))
	every constrained in [false, null] {
		stray := {"guid": "P9", "name": "P9", "constrained": constrained, "sites": []}
		_judged([_server("P1", true), stray], {}) == expected
	}
}

test_a_server_of_the_site_is_no_other_one if {
	server := {"guid": "P9", "name": "P9", "constrained": null, "sites": ["LEEDS"]}
	_judged([server], {}) == _unknown(concat("", [
		"No package server of this site is known to be unconstrained; ",
		"unknown: whether P9 is constrained",
	]))
}

test_a_constrained_server_is_no_help_wherever_it_is if {
	stray := {"guid": "P9", "name": "P9", "constrained": true, "sites": []}
	count(_judged([_server("P1", true), stray], {}).violation) == 1
}

test_unknown_whether_it_has_clients if {
	estate := {
		"sites": [{"guid": "LEEDS", "name": "Leeds"}],
		"package_servers": [_server("P1", true)],
	}
	unknowns := rule.unknown with data.estate as estate
		with data.index as {"site_package_servers": {"LEEDS": ["P1"]}, "subnet_sites": {}}
		with data.totals as {
			"clients": 5,
			"unlocated_clients": 0,
			"sites": {},
			"subnets": {"N1": {"clients": 5}},
		}
	unknowns == {{
		"msg": concat("", [
			"No package server of this site is known to be unconstrained; ",
			"unknown: whether it has clients",
		]),
		"resource": _leeds,
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

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

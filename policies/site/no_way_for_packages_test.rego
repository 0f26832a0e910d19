package nscheck.site.no_way_for_packages_test

import data.nscheck.site.no_way_for_packages as rule

_server(guid, constrained) := {
	"guid": guid,
	"name": sprintf("%s-PS", [guid]),
	"constrained": constrained,
	"task_service": true,
}

_policy(servers) := {
	"guid": "V1",
	"name": "Microsoft Vendor Policy",
	"enabled": true,
	"package_assignment": {"type": "individual", "package_servers": servers},
}

_clients := {
	"clients": 40,
	"unlocated_clients": 0,
	"sites": {"LEEDS": {"clients": 40}},
	"subnets": {},
}

_nowhere_known := {
	"clients": 40,
	"unlocated_clients": 0,
	"sites": {},
	"subnets": {"N1": {"clients": 40}},
}

_elsewhere := {
	"clients": 40,
	"unlocated_clients": 0,
	"sites": {"YORK": {"clients": 40}},
	"subnets": {},
}

_evaluated(servers, policy, totals) := evaluated if {
	evaluated := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {
		"sites": [{"guid": "LEEDS", "name": "Leeds"}],
		"package_servers": servers,
		"vendor_policies": [policy],
	}
		with data.index as {
			"names": {s.guid: s.name | some s in servers},
			"site_package_servers": {"LEEDS": [s.guid | some s in servers]},
			"package_server_sites": {s.guid: ["LEEDS"] | some s in servers},
			"unplaced_package_servers": {},
			"subnet_sites": {},
		}
		with data.totals as totals
		with data.params as {"other_vendors": ["Red Hat"]}
}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _leeds}}}

_doubt := "It is unknown whether one of its package servers is both enabled and unconstrained"

test_not_enabled_and_constrained if {
	servers := [_server("P1", false), _server("P2", true), _server("P3", false)]
	_evaluated(servers, _policy(["P2"]), _clients) == {
		"violation": {{
			"msg": concat("", [
				"Packages cannot reach the 40 clients of site Leeds: ",
				"P1-PS, P3-PS are not enabled in the vendor policy; P2-PS is enabled but constrained",
			]),
			"resource": _leeds,
			"expected": "a package server that is enabled and unconstrained",
			"actual": "none",
			"paths": [
				"package_servers[P2-PS].constrained",
				"vendor_policies[Microsoft Vendor Policy].package_assignment.package_servers",
			],
			"affects": [{"site": "LEEDS", "certainty": "sure"}],
		}},
		"unknown": set(),
	}
}

test_an_unconstrained_server_is_enabled if {
	servers := [_server("P1", false), _server("P2", true)]
	_evaluated(servers, _policy(["P1"]), _clients) == _silent
	_evaluated(servers, _policy(["P1", "P2"]), _clients) == _silent
}

test_one_setting_alone_is_reported_elsewhere if {
	_evaluated([_server("P1", true), _server("P2", true)], _policy(["P2"]), _clients) == _silent
	_evaluated([_server("P1", false), _server("P2", true)], _policy(["P9"]), _clients) == _silent
}

test_without_clients if {
	servers := [_server("P1", false), _server("P2", true)]
	_evaluated(servers, _policy(["P2"]), _elsewhere) == _silent
	_evaluated([_server("P1", false), _server("P2", null)], _policy(["P2"]), _elsewhere) == _silent
}

test_unknown_whether_it_has_clients if {
	servers := [_server("P1", false), _server("P2", true)]
	_evaluated(servers, _policy(["P2"]), _nowhere_known) == _unknown(concat("", [
		"Packages cannot reach it; ",
		"unknown: whether it has clients",
	]))
}

test_a_site_that_packages_reach_without_known_clients if {
	_evaluated([_server("P1", false), _server("P2", true)], _policy(["P1"]), _nowhere_known) == _silent
}

test_unknown_constrained if {
	servers := [_server("P1", false), _server("P2", null)]
	_evaluated(servers, _policy(["P2"]), _clients) == _unknown(_doubt)
	_evaluated(servers, _policy(["P1"]), _clients) == _silent
}

test_unknown_assignment if {
	unread := {"guid": "V1", "name": "Microsoft Vendor Policy", "enabled": true, "package_assignment": {"type": null}}
	_evaluated([_server("P1", false), _server("P2", true)], unread, _clients) == _unknown(_doubt)

	# Each of these is the question of one other rule alone.
	_evaluated([_server("P1", false), _server("P2", false)], unread, _clients) == _silent
	_evaluated([_server("P1", null)], unread, _clients) == _silent
	_evaluated([_server("P1", null), _server("P2", true)], _policy(["P1", "P2"]), _clients) == _silent
}

test_not_applicable if {
	rule.not_applicable == {"there is no package server"} with data.estate as {"package_servers": []}
	rule.not_applicable == set() with data.estate as {"package_servers": [_server("P1", true)]}
}

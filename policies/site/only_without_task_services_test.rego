package nscheck.site.only_without_task_services_test

import data.nscheck.site.only_without_task_services as rule

_server(guid, constrained, task_service) := {
	"guid": guid,
	"name": sprintf("%s-PS", [guid]),
	"constrained": constrained,
	"task_service": task_service,
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

_doubt := concat("", [
	"It is unknown whether packages reach it only through ",
	"package servers without task services",
])

_sound := _server("P1", false, true)

_weak := _server("P2", false, false)

_violation(servers, reason, settings) := {
	"violation": {{
		"msg": sprintf("Packages reach the 40 clients of site Leeds only through %s, without task services; %s", [
			servers,
			reason,
		]),
		"resource": _leeds,
		"expected": "a package server with task services that gets packages",
		"actual": "none",
		"paths": settings,
		"affects": [{"site": "LEEDS", "certainty": "possible"}],
	}},
	"unknown": set(),
}

test_the_enabled_one_has_no_task_services if {
	_evaluated([_sound, _weak], _policy(["P2"]), _clients) == _violation(
		"P2-PS",
		"P1-PS is not enabled in the vendor policy",
		[
			"package_servers[P2-PS].task_service",
			"vendor_policies[Microsoft Vendor Policy].package_assignment.package_servers",
		],
	)
}

test_the_unconstrained_one_has_no_task_services if {
	servers := [_server("P1", true, true), _weak]
	_evaluated(servers, _policy(["P1", "P2"]), _clients) == _violation(
		"P2-PS",
		"P1-PS is enabled but constrained",
		["package_servers[P1-PS].constrained", "package_servers[P2-PS].task_service"],
	)
}

test_sound if {
	_evaluated([_sound, _weak], _policy(["P1", "P2"]), _clients) == _silent
	_evaluated([_sound, _weak], _policy(["P1"]), _clients) == _silent
}

test_all_without_task_services_are_reported_elsewhere if {
	servers := [_server("P1", false, false), _weak]
	_evaluated(servers, _policy(["P2"]), _clients) == _silent
}

test_without_clients if {
	_evaluated([_sound, _weak], _policy(["P2"]), _elsewhere) == _silent
	_evaluated([_sound, _server("P2", false, null)], _policy(["P2"]), _elsewhere) == _silent
}

test_unknown_whether_it_has_clients if {
	_evaluated([_sound, _weak], _policy(["P2"]), _nowhere_known) == _unknown(concat("", [
		"Packages reach it only through package servers without task services; ",
		"unknown: whether it has clients",
	]))
}

test_a_site_that_packages_reach_without_known_clients if {
	_evaluated([_sound, _weak], _policy(["P1", "P2"]), _nowhere_known) == _silent
}

test_unknown_task_services if {
	_evaluated([_sound, _server("P2", false, null)], _policy(["P2"]), _clients) == _unknown(_doubt)
	_evaluated([_sound, _server("P2", false, null)], _policy(["P1"]), _clients) == _silent
}

test_unknown_constrained if {
	servers := [_server("P1", null, true), _weak]
	_evaluated(servers, _policy(["P1", "P2"]), _clients) == _unknown(_doubt)
}

test_other_questions if {
	# A closed site is a finding of other rules, and one server alone is no combination.
	closed := [_server("P1", true, true), _server("P2", true, false)]
	_evaluated(closed, _policy(["P1", "P2"]), _clients) == _silent
	_evaluated([_server("P2", false, null)], _policy(["P2"]), _clients) == _silent
	_evaluated([_server("P2", null, null)], _policy(["P2"]), _clients) == _silent

	# With task services everywhere, it is unknown whether packages reach the site at all.
	_evaluated([_server("P1", null, true), _server("P2", false, true)], _policy(["P1"]), _clients) == _silent
}

test_not_applicable if {
	rule.not_applicable == {"there is no package server"} with data.estate as {"package_servers": []}
	rule.not_applicable == set() with data.estate as {"package_servers": [_weak]}
}

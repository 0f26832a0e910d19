package nscheck.site.no_task_services_test

import data.nscheck.site.no_task_services as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_server(guid, task_service) := {
	"guid": guid,
	"name": sprintf("LDS-%s", [guid]),
	"task_service": task_service,
	"sites": [],
	"addresses": [],
}

_index := {
	"site_package_servers": {"LEEDS": ["P1"], "YORK": ["P1", "P2"]},
	"package_server_sites": {"P1": ["LEEDS", "YORK"], "P2": ["YORK"], "P7": []},
	"unplaced_package_servers": {},
}

_judged(servers) := judged if {
	estate := {"package_servers": servers}
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as estate
		with data.index as _index
}

_resource := {"type": "package_server", "guid": "P1", "name": "LDS-P1"}

_violation := {
	"msg": "Package server LDS-P1 does not have the Task Server services",
	"resource": _resource,
	"path": "package_servers[LDS-P1].task_service",
	"expected": true,
	"actual": false,
	"affects": [
		{"site": "LEEDS", "certainty": "possible"},
		{"site": "YORK", "certainty": "possible"},
	],
}

test_task_services if {
	_judged([_server("P1", true), _server("P2", true)]) == {"violation": set(), "unknown": set()}
}

test_no_task_services if {
	_judged([_server("P1", false), _server("P2", true)]) == {
		"violation": {_violation},
		"unknown": set(),
	}
}

test_server_in_no_site if {
	judged := _judged([_server("P1", true), _server("P7", false)])
	[violation.affects | some violation in judged.violation] == [[]]
}

test_unknown if {
	_judged([_server("P1", null), _server("P2", true)]) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown whether the Task Server services are installed",
			"resource": _resource,
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {} with data.index as {}
	count(rule.unknown) == 0 with data.estate as {} with data.index as {}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

package nscheck_examples.packages.all_wait_for_unconstrained_test

import data.nscheck_examples.packages.all_wait_for_unconstrained as rule

_server(constrained, scan) := {"constrained": constrained, "packages": {
	"plugin": {"status": "ready"},
	"scan": {"status": scan},
	"tools": {"status": "ready"},
}}

_judged_beside(strays, servers) := judged if {
	named := {guid: object.union({"name": guid}, server) | some guid, server in servers}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"sites": [{"guid": "LEEDS", "name": "Leeds"}]}
		with data.index as {
			"site_package_servers": {"LEEDS": object.keys(servers)},
			"package_servers": named,
			"unplaced_package_servers": strays,
		}
}

_judged(servers) := _judged_beside({}, servers)

_silent := {"violation": set(), "unknown": set()}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_questions(judged) := {split(u.msg, "unknown: ")[1] | some u in judged.unknown}

test_ready_somewhere if {
	_judged({"P1": _server(false, "ready"), "P2": _server(true, "pending")}) == _silent
	_judged({"P1": _server(false, "pending"), "P2": _server(true, "ready")}) == _silent
}

test_nobody_waits_behind_another if {
	_judged({"P1": _server(false, "pending"), "P2": _server(false, "invalid")}) == _silent
	_judged({"P1": _server(true, "pending"), "P2": _server(true, "pending")}) == _silent
}

test_all_wait if {
	_judged({"P1": _server(false, "pending"), "P2": _server(true, "not_ready")}) == {
		"violation": {{
			"msg": "Site Leeds has Patch Windows System Assessment Scan on no package server; P1 pulls it from the Notification Server, and P2 waits for that",
			"resource": _leeds,
			"package": "scan",
			"expected": "ready on P1",
			"actual": ["not_ready on P2", "pending on P1"],
		}},
		"unknown": set(),
	}
}

# Servers of two domains may have one name.
test_all_wait_under_one_name if {
	servers := {"P1": _server(false, "pending"), "P2": _server(true, "not_ready")}
	judged := _judged({guid: object.union(server, {"name": "PS01"}) | some guid, server in servers})
	{v.actual | some v in judged.violation} == {["not_ready on PS01", "pending on PS01"]}
}

test_affects if {
	rule.affects({"resource": _leeds, "package": "scan"}) == [{"site": "LEEDS", "package": "scan", "certainty": "sure"}]
}

test_unknown_status if {
	every status in [null, "staging"] {
		judged := _judged({"P1": _server(false, status), "P2": _server(true, "pending")})
		count(judged.violation) == 0
		_questions(judged) == {"its status on P1"}
	}
}

test_no_status if {
	_questions(_judged({"P1": {"constrained": false}, "P2": _server(true, "pending")})) == {"its status on P1"}
}

test_unknown_constrained if {
	judged := _judged({"P1": _server(null, "pending"), "P2": _server(true, "pending")})
	count(judged.violation) == 0
	_questions(judged) == {"whether P1 is constrained"}
}

test_another_server_may_be_there if {
	judged := _judged_beside({"P9": true}, {"P1": _server(true, "pending")})
	_questions(judged) == {"all sites of 1 package server"}
}

test_all_servers_may_be_there if {
	_questions(_judged_beside({"P8": true, "P9": true}, {})) == {"all sites of 2 package servers"}
	_judged_beside({"P9": true}, {}) == _silent
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

package nscheck.site.prevent_downloads_test

import data.nscheck.site.prevent_downloads as rule

_server(guid, status) := {
	"guid": guid,
	"name": guid,
	"fqdn": null,
	"packages": {
		"scan": {"status": status, "revision": null},
		"tools": {"status": "ready", "revision": null},
	},
}

_judged(site, servers, strays) := _counted(site, servers, strays, {
	"clients": 7,
	"unlocated_clients": 0,
	"sites": {"LEEDS": {"clients": 7}},
	"subnets": {},
})

_counted(site, servers, strays, totals) := judged if {
	estate := {
		"sites": [object.union({"guid": "LEEDS", "name": "Leeds"}, site)],
		"package_servers": servers,
	}
	index := {
		"names": {"scan": "Scan", "tools": "Tools"},
		"site_package_servers": {"LEEDS": [s.guid | some s in servers; not strays[s.guid]]},
		"package_server_sites": {s.guid: ["LEEDS"] | some s in servers; not strays[s.guid]},
		"unplaced_package_servers": strays,
		"subnet_sites": {},
	}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
		with data.totals as totals
		with data.params as {"required_packages": ["scan", "tools"]}
}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_names := {"scan": "Scan", "tools": "Tools"}

_silent := {"violation": set(), "unknown": set()}

_both := {"prevent_downloads": ["ExtPs", "Ns"]}

_violation(sources, actual, roles, certainty) := {
	"violation": {{
		"msg": sprintf("Site Leeds prevents downloads from %s, but no %s has %s ready", [
			sources,
			"package server of it",
			concat(" or ", [_names[role] | some role in roles]),
		]),
		"resource": _leeds,
		"path": "sites[Leeds].prevent_downloads",
		"expected": [],
		"actual": actual,
		"affects": [{"site": "LEEDS", "package": role, "certainty": certainty} | some role in roles],
	}},
	"unknown": set(),
}

_nowhere_known := {
	"clients": 7,
	"unlocated_clients": 0,
	"sites": {},
	"subnets": {"N1": {"clients": 7}},
}

test_nothing_prevented if {
	every status in ["pending", null] {
		_judged({"prevent_downloads": []}, [_server("P1", status)], {}) == _silent
		_counted({"prevent_downloads": []}, [_server("P1", status)], {}, _nowhere_known) == _silent
	}
}

test_ready_on_one_server if {
	_judged(_both, [_server("P1", "pending"), _server("P2", "ready")], {}) == _silent
}

test_not_ready_on_any_server if {
	_judged(_both, [_server("P1", "pending"), _server("P2", "not_ready")], {}) == _violation(
		"the Notification Server and package servers of other sites",
		["ExtPs", "Ns"],
		["scan"],
		"sure",
	)
}

test_no_package_server if {
	_judged({"prevent_downloads": ["Ns"]}, [], {}) == _violation(
		"the Notification Server",
		["Ns"],
		["scan", "tools"],
		"sure",
	)
}

test_the_notification_server_is_left if {
	_judged({"prevent_downloads": ["ExtPs"]}, [_server("P1", "invalid")], {}) == _violation(
		"package servers of other sites",
		["ExtPs"],
		["scan"],
		"possible",
	)
}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _leeds}}}

test_unknown_status if {
	servers := [_server("P1", "pending"), _server("P2", null)]
	_judged(_both, servers, {}) == _unknown(concat("", [
		"It prevents downloads; unknown: ",
		"whether a package server of it has Scan ready",
	]))
}

# It is known that one package is not ready, and the other one cannot change that.
test_one_package_is_not_ready_and_another_is_unknown if {
	server := json.patch(_server("P1", "pending"), [{"op": "replace", "path": "/packages/tools/status", "value": null}])
	_judged(_both, [server], {}) == _violation(
		"the Notification Server and package servers of other sites",
		["ExtPs", "Ns"],
		["scan"],
		"sure",
	)
}

test_a_ready_server_whose_sites_are_unknown if {
	servers := [_server("P1", "pending"), _server("P9", "ready")]
	count(_judged(_both, servers, {"P9": true}).unknown) == 1
	unready := [_server("P1", "pending"), _server("P9", "pending")]
	count(_judged(_both, unready, {"P9": true}).violation) == 1
}

test_unknown_whether_prevented if {
	_judged({}, [_server("P1", null)], {}) == _unknown("It is unknown whether it prevents downloads")
	_judged({}, [_server("P1", "ready")], {}) == _silent
}

# The seven clients are in a subnet whose sites are unknown, or in York.
test_unknown_whether_it_has_clients if {
	totals := _nowhere_known
	count(_counted({"prevent_downloads": ["Ns"]}, [_server("P1", "pending")], {}, totals).unknown) == 1
	_counted(_both, [_server("P1", "pending")], {}, totals) == _unknown(concat("", [
		"It prevents downloads, and no package server of it has all packages ready; ",
		"unknown: whether it has clients",
	]))
	count(_counted(_both, [_server("P1", null)], {}, totals).unknown) == 1
	count(_counted({}, [_server("P1", null)], {}, totals).unknown) == 1
}

test_a_site_without_clients if {
	totals := {
		"clients": 7,
		"unlocated_clients": 0,
		"sites": {"YORK": {"clients": 7}},
		"subnets": {},
	}
	_counted(_both, [], {}, totals) == _silent
	_counted(_both, [], {}, object.union(totals, {"sites": {"LEEDS": {"clients": 0}}})) == _silent
	_counted(_both, [_server("P1", "pending")], {}, totals) == _silent
	_counted(_both, [_server("P1", null)], {}, totals) == _silent
	_counted({}, [_server("P1", null)], {}, totals) == _silent
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
		with data.index as {}
		with data.params as {"required_packages": ["scan"]}
	count(rule.unknown) == 0 with data.estate as {}
		with data.index as {}
		with data.params as {"required_packages": ["scan"]}
}

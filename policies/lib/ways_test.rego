package nscheck.lib.ways_test

import data.nscheck.lib.ways

_server(guid, constrained, task_service) := {
	"guid": guid,
	"name": guid,
	"constrained": constrained,
	"task_service": task_service,
}

_policy(kind, servers) := {
	"name": "Vendor",
	"enabled": true,
	"package_assignment": {"type": kind, "package_servers": servers},
}

# An estate whose package servers are in the sites that are given for each of them;
# strays may be in further ones.
_ways(servers, sites, policies, strays) := ways_of if {
	members := {site: [s | some s in servers; site in sites[s.guid]] |
		some site in {site | some _, list in sites; some site in list}
	}
	index := {
		"names": {s.guid: s.guid | some s in servers},
		"package_server_sites": sites,
		"site_package_servers": object.union({"EMPTY": []}, {site: [s.guid | some s in list] |
			some site, list in members
		}),
		"unplaced_package_servers": {server: true | some server in strays},
	}
	ways_of := {
		"constraint": ways.closed_by_constraint,
		"assignment": ways.closed_by_assignment,
		"closed": ways.closed,
		"open": ways.open,
		"weak": ways.only_without_task_services,
		"unassigned": ways.unassigned,
		"perhaps": ways.perhaps_unassigned,
		"strong": ways.open_with_task_services,
		"perhaps_constrained": ways.perhaps_constrained,
		"settings": {s.guid: ways.settings(s.guid) | some s in servers},
		"hops": {site: ways.hops(site) | some site, _ in index.site_package_servers},
	} with data.estate as {"package_servers": servers, "vendor_policies": policies}
		with data.index as index
		with data.params as {"other_vendors": ["Red Hat"]}
}

_closures(servers, sites, policies, strays) := object.filter(
	_ways(servers, sites, policies, strays),
	{"constraint", "assignment", "closed", "open", "weak"},
)

_open(site) := object.union(_unclear, {"open": {site}})

_unclear := {
	"constraint": set(),
	"assignment": set(),
	"closed": set(),
	"open": set(),
	"weak": set(),
}

_one_site := {"P1": ["S"], "P2": ["S"]}

_everywhere := [_policy("all", [])]

test_an_unconstrained_server_opens_a_site if {
	servers := [_server("P1", true, true), _server("P2", false, true)]
	_closures(servers, _one_site, _everywhere, []) == _open("S")
}

test_all_constrained if {
	servers := [_server("P1", true, true), _server("P2", true, true)]
	_closures(servers, _one_site, _everywhere, []) == object.union(_unclear, {
		"constraint": {"S"},
		"closed": {"S"},
	})
}

test_constrained_or_not_is_unknown if {
	servers := [_server("P1", true, true), _server("P2", null, true)]
	_closures(servers, _one_site, _everywhere, []) == _unclear
}

test_none_enabled if {
	servers := [_server("P1", false, true), _server("P2", false, true)]
	_closures(servers, _one_site, [_policy("individual", ["P9"])], []) == object.union(_unclear, {
		"assignment": {"S"},
		"closed": {"S"},
	})
}

test_no_vendor_policy_is_on if {
	servers := [_server("P1", false, true)]
	sites := {"P1": ["S"]}
	off := [object.union(_policy("all", []), {"enabled": false})]
	closed := object.union(_unclear, {"assignment": {"S"}, "closed": {"S"}})
	_closures(servers, sites, off, []) == closed
	_closures(servers, sites, [], []) == closed
	_ways(servers, sites, off, []).settings.P1 == [["vendor_policies[Vendor].enabled", "Vendor is off"]]
}

test_it_is_unknown_whether_a_policy_is_on if {
	servers := [_server("P1", false, true)]
	unknown := [object.union(_policy("all", []), {"enabled": null})]
	_closures(servers, {"P1": ["S"]}, unknown, []) == _unclear
}

test_the_assignment_is_unknown if {
	servers := [_server("P1", false, true)]
	_closures(servers, {"P1": ["S"]}, [_policy(null, [])], []) == _unclear
}

test_the_only_enabled_server_is_constrained if {
	servers := [_server("P1", false, true), _server("P2", true, true)]
	judged := _ways(servers, _one_site, [_policy("individual", ["P2"])], [])
	judged.closed == {"S"}
	judged.constraint == set()
	judged.assignment == set()
	judged.unassigned == {"P1"}
	judged.perhaps == {"P1"}
	judged.perhaps_constrained == {"P2"}
	judged.settings == {
		"P1": [[
			"vendor_policies[Vendor].package_assignment.package_servers",
			"Vendor does not enable P1",
		]],
		"P2": [[
			"package_servers[P2].constrained",
			"P2 is constrained, and no package server of its sites can give it packages",
		]],
	}
}

test_a_second_vendor_policy_assigns_the_server if {
	servers := [_server("P1", false, true), _server("P2", true, true)]
	policies := [_policy("individual", ["P2"]), _policy("individual", ["P1"])]
	_closures(servers, _one_site, policies, []) == _open("S")
}

test_other_vendors_do_not_count if {
	servers := [_server("P1", false, true)]
	policies := [
		_policy("individual", []),
		object.union(_policy("all", []), {"name": "Red Hat"}),
	]
	_closures(servers, {"P1": ["S"]}, policies, []).closed == {"S"}
}

test_by_site_and_manual_prestaging_are_findings_of_their_own if {
	servers := [_server("P1", false, true)]
	_closures(servers, {"P1": ["S"]}, [_policy("site", [])], []) == _open("S")
}

# P2 pulls from P1 in S and serves T.
test_a_constrained_server_of_two_sites if {
	servers := [_server("P1", false, true), _server("P2", true, true), _server("P3", true, true)]
	sites := {"P1": ["S"], "P2": ["S", "T"], "P3": ["T"]}
	judged := _ways(servers, sites, _everywhere, [])
	judged.open == {"S", "T"}
	judged.constraint == set()
	judged.hops.T == [
		{"guid": "P2", "name": "P2", "receives": "yes", "from": ["P1"], "breaks": [], "unknown": []},
		{"guid": "P3", "name": "P3", "receives": "yes", "from": ["P2"], "breaks": [], "unknown": []},
	]
	cut := _ways(servers, sites, [_policy("individual", ["P2", "P3"])], [])
	cut.closed == {"S", "T"}
	cut.assignment == set()
}

test_a_stray_server_may_serve_any_site if {
	servers := [_server("P1", true, true), _server("P2", false, true)]
	sites := {"P1": ["S"], "P2": []}
	_closures(servers, sites, _everywhere, ["P2"]) == _unclear
	_closures(servers, sites, [_policy("individual", ["P1"])], ["P2"]).closed == {"S"}
}

# The stray P1 may pull from P2 in T, and serves S.
test_a_constrained_stray_server_may_pull_elsewhere if {
	servers := [_server("P1", true, true), _server("P2", false, true)]
	sites := {"P1": ["S"], "P2": ["T"]}
	_closures(servers, sites, _everywhere, []).closed == {"S"}
	_closures(servers, sites, _everywhere, ["P1"]) == _open("T")
}

test_the_enabled_server_has_no_task_services if {
	servers := [_server("P1", false, true), _server("P2", false, false)]
	weak := object.union(_open("S"), {"weak": {"S"}})
	_closures(servers, _one_site, [_policy("individual", ["P2"])], []) == weak
	_closures(servers, _one_site, _everywhere, []) == _open("S")
	all_without := [_server("P1", false, false), _server("P2", false, false)]
	_closures(all_without, _one_site, _everywhere, []) == _open("S")
}

_strong(first, second) := _ways([first, second], _one_site, _everywhere, []).strong

test_open_with_task_services if {
	_strong(_server("P1", false, true), _server("P2", false, false)) == {"S"}
	_strong(_server("P1", false, null), _server("P2", false, false)) == set()
	_strong(_server("P1", true, true), _server("P2", false, false)) == set()
	_strong(_server("P1", true, true), _server("P2", false, true)) == {"S"}
}

test_hops if {
	servers := [_server("P1", false, true), _server("P2", null, true), _server("P3", true, true)]
	sites := {"P1": ["S"], "P2": ["T"], "P3": ["U"]}
	_ways(servers, sites, _everywhere, []).hops == {
		"S": [{
			"guid": "P1",
			"name": "P1",
			"receives": "yes",
			"from": ["Notification Server"],
			"breaks": [],
			"unknown": [],
		}],
		"T": [{"guid": "P2", "name": "P2", "receives": "unknown", "from": [], "breaks": [], "unknown": ["whether P2 is constrained"]}],
		"U": [{
			"guid": "P3",
			"name": "P3",
			"receives": "no",
			"from": [],
			"breaks": ["P3 is constrained, and no package server of its sites can give it packages"],
			"unknown": [],
		}],
		"EMPTY": [],
	}
}

test_hops_by_site_are_unknown if {
	servers := [_server("P1", false, true), _server("P2", true, true), _server("P3", null, true)]
	sites := {"P1": ["S"], "P2": ["S"], "P3": ["T"]}
	judged := _ways(servers, sites, [_policy("site", [])], [])
	[[hop.receives, hop.from, hop.unknown] | some hop in judged.hops.S] == [
		["unknown", ["Notification Server"], ["whether a vendor policy assigns packages to P1"]],
		["unknown", ["P1"], ["whether a vendor policy assigns packages to P2"]],
	]
	[hop.unknown | some hop in judged.hops.T] == [[
		"whether P3 is constrained",
		"whether a vendor policy assigns packages to P3",
	]]
}

test_hops_over_an_unknown_source if {
	servers := [_server("P1", null, true), _server("P2", true, true)]
	judged := _ways(servers, _one_site, _everywhere, [])
	[[hop.receives, hop.unknown] | some hop in judged.hops.S] == [
		["unknown", ["whether P1 is constrained"]],
		["unknown", ["whether its sources get packages"]],
	]
}

_ns_hop(prevented, version) := hop if {
	hop := {"open": ways.ns_open, "closed": ways.ns_closed} with data.estate as {
		"server": {"name": "NS01", "version": version},
		"sites": [object.union({"guid": "S", "name": "Leeds"}, prevented)],
	}
}

test_ns_hop if {
	every version in ["7.5.3153", "8.5.5032", null] {
		every prevented in [[], ["ExtPs"]] {
			_ns_hop({"prevent_downloads": prevented}, version) == {"open": {"S"}, "closed": set()}
		}
		_ns_hop({"prevent_downloads": ["ExtPs", "Ns"]}, version) == {"open": set(), "closed": {"S"}}
	}
}

test_ns_hop_of_unknown_setting if {
	_ns_hop({}, "8.5.3073") == {"open": {"S"}, "closed": set()}
	every version in ["8.5.5032", null] {
		_ns_hop({}, version) == {"open": set(), "closed": set()}
	}
}

test_vendor_policies_were_not_collected if {
	ways.closed == set() with data.estate as {"package_servers": [_server("P1", false, true)]}
		with data.index as {
			"package_server_sites": {"P1": ["S"]},
			"site_package_servers": {"S": ["P1"]},
			"unplaced_package_servers": {},
		}
		with data.params as {"other_vendors": []}
}

test_a_hop_is_assigned_by_any_policy_that_is_on if {
	servers := [_server("P1", false, true)]
	sites := {"P1": ["S"]}
	doubt := ["whether a vendor policy assigns packages to P1"]
	named := _ways(servers, sites, [_policy("individual", ["P1"]), _policy("individual", [])], [])
	named.hops.S[0].unknown == []
	unsure := object.union(_policy("all", []), {"enabled": null})
	every other in [unsure, _policy("individual", [])] {
		by_site := _ways(servers, sites, [_policy("site", []), other], [])
		by_site.hops.S[0].unknown == doubt
	}
}

test_an_assignment_of_unknown_type_names_nobody_for_sure if {
	_closures([_server("P1", false, true)], {"P1": ["S"]}, [_policy(null, ["P1"])], []) == _unclear
}

test_a_server_that_gets_nothing_has_no_source if {
	servers := [_server("P1", false, true), _server("P2", false, true)]
	judged := _ways(servers, _one_site, [_policy("individual", ["P1"])], [])
	[[hop.guid, hop.from] | some hop in judged.hops.S] == [["P1", ["Notification Server"]], ["P2", []]]
}

test_a_server_that_gets_nothing_is_no_source if {
	servers := [
		_server("P1", false, true), _server("P2", true, true),
		_server("P3", true, true), _server("P4", true, true),
	]
	sites := {"P1": ["S"], "P2": ["S", "T"], "P3": ["T"], "P4": ["T"]}
	judged := _ways(servers, sites, [_policy("individual", ["P1", "P2", "P3"])], [])
	[[hop.guid, hop.from] | some hop in judged.hops.T] == [["P2", ["P1"]], ["P3", ["P2"]], ["P4", []]]
}

test_a_stray_server_may_open_a_site_and_feed_its_servers if {
	servers := [_server("P1", true, true), _server("P2", false, true)]
	sites := {"P1": ["S"], "P2": []}
	_closures(servers, sites, [_policy("individual", ["P2"])], ["P2"]) == _unclear
	judged := _ways(servers, sites, _everywhere, ["P2"])
	[[hop.receives, hop.breaks] | some hop in judged.hops.S] == [["unknown", []]]
}

package nscheck.packages.not_ready_on_package_server_test

import data.nscheck.packages.not_ready_on_package_server as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_scan := "Patch Windows System Assessment Scan"

_params := {"required_packages": ["scan"], "other_vendors": []}

_server(changes) := object.union(
	{
		"guid": "P1",
		"name": "LDS-PS01",
		"fqdn": "lds-ps01.corp.example",
		"sites": ["LEEDS"],
		"addresses": ["10.4.0.10/24"],
	},
	changes,
)

_with_row(row) := _server({"packages": {"scan": row}})

_ready := {
	"guid": "P2",
	"name": "LDS-PS02",
	"fqdn": null,
	"sites": ["LEEDS"],
	"addresses": [],
	"packages": {"scan": {"status": "ready", "status_age_days": 3}},
}

_index(servers) := {
	"package_servers": {server.guid: server | some server in servers},
	"site_package_servers": {"LEEDS": [server.guid | some server in servers]},
	"package_server_sites": {server.guid: ["LEEDS"] | some server in servers},
	"unplaced_package_servers": {},
}

_judged_by(codebases, servers) := _judged_with([], codebases, servers)

_judged_with(policies, codebases, servers) := judged if {
	estate := {
		"server": {"name": "NS01"},
		"package_servers": servers,
		"vendor_policies": policies,
	}
	scan := object.union({"name": _scan}, codebases)
	index := object.union(_index(servers), {"packages": {"scan": scan}, "names": {"scan": _scan}})
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
		with data.params as _params
}

_judged(servers) := _judged_by({}, servers)

_hosts(hosts) := {"codebases": [{"host": host} | some host in hosts]}

_resource := {"type": "package_server", "guid": "P1", "name": "LDS-PS01"}

_silent := {"violation": set(), "unknown": set()}

_violation(msg, actual, certainty) := {
	"violation": {{
		"msg": msg,
		"resource": _resource,
		"package": "scan",
		"path": "package_servers[LDS-PS01].packages.scan.status",
		"expected": "ready",
		"actual": actual,
		"affects": [{"site": "LEEDS", "package": "scan", "certainty": certainty}],
	}},
	"unknown": set(),
}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_ready if {
	_judged([_with_row({"status": "ready", "status_age_days": 400}), _ready]) == _silent
}

test_pending_on_the_only_server if {
	msg := sprintf("%s is pending on package server LDS-PS01; that status is 12 days old", [_scan])
	servers := [_with_row({"status": "pending", "status_age_days": 12})]
	_judged(servers) == _violation(msg, "pending", "sure")
}

test_not_ready_beside_a_ready_server if {
	msg := sprintf("%s is not ready on package server LDS-PS01; that status is 1 day old", [_scan])
	servers := [_with_row({"status": "not_ready", "status_age_days": 1}), _ready]
	_judged(servers) == _violation(msg, "not_ready", "possible")
}

test_invalid_since_an_unknown_time if {
	msg := sprintf("%s is invalid on package server LDS-PS01; that status is of unknown age", [_scan])
	servers := [_with_row({"status": "invalid", "status_age_days": null})]
	_judged(servers) == _violation(msg, "invalid", "sure")
}

test_one_finding_for_each_server_and_package if {
	row := {"status": "pending", "status_age_days": 2}
	violations := _violations with data.estate as {"package_servers": [
		_server({"packages": {"scan": row, "tools": row}}),
		object.union(_ready, {"packages": {"scan": row, "tools": {"status": "ready"}}}),
	]}
		with data.index as object.union(_index([{"guid": "P1"}, {"guid": "P2"}]), {"packages": {}})
		with data.params as {"required_packages": ["scan", "tools"]}
	{[v.resource.guid, s.package, s.certainty] | some v in violations; some s in v.affects} == {
		["P1", "scan", "sure"],
		["P2", "scan", "sure"],
		["P1", "tools", "possible"],
	}
}

test_no_status_and_no_codebase if {
	msg := concat("", [
		_scan,
		" has no status on package server LDS-PS01, and none of its codebases is there",
	])
	servers := [_server({"packages": {}})]
	_judged_by(_hosts([]), servers) == _violation(msg, "no status", "sure")
	_judged_by(_hosts(["ns01.corp.example"]), servers) == _violation(msg, "no status", "sure")
}

test_no_status_and_a_host_that_nobody_knows if {
	expected := _unknown(concat("", [
		_scan,
		" has no status, and an unknown host of its codebases may be this server",
	]))
	servers := [_server({"packages": {}})]
	_judged_by(_hosts(["ns01", "lds-ps01.dmz.example"]), servers) == expected
	without_addresses := [object.remove(_server({"packages": {}}), ["addresses"])]
	_judged_by(_hosts(["ns01", "10.4.0.10"]), without_addresses) == expected
}

test_no_status_but_a_codebase if {
	expected := _unknown(concat("", [
		_scan,
		" has no status, although a codebase of it is there",
	]))
	servers := [_server({"packages": {}})]
	_judged_by(_hosts(["lds-ps01.corp.example"]), servers) == expected
	_judged_by(_hosts(["lds-ps01"]), servers) == expected
	_judged_by(_hosts(["10.4.0.10"]), servers) == expected
}

_individual(servers) := {
	"name": "Microsoft Vendor Policy",
	"enabled": true,
	"package_assignment": {"type": "individual", "package_servers": servers},
}

test_left_out_by_a_vendor_policy if {
	servers := [_server({"packages": {}}), _ready]
	_judged_with([_individual(["P2"])], _hosts([]), servers) == _silent
	_judged_with([_individual(["P2"])], {}, servers) == _silent
	count(_judged_with([_individual(["P1", "P2"])], _hosts([]), servers).violation) == 1
}

test_left_out_does_not_excuse_a_status if {
	servers := [_with_row({"status": "pending", "status_age_days": 12})]
	count(_judged_with([_individual([])], _hosts([]), servers).violation) == 1
}

test_perhaps_left_out if {
	all := {"name": "Other", "enabled": true, "package_assignment": {"type": "all"}}
	servers := [_server({"packages": {}}), _ready]
	_judged_with([_individual(["P2"]), all], _hosts([]), servers) == _unknown(concat("", [
		_scan,
		" has no status, ",
		"which a vendor policy may intend, for it assigns packages individually",
	]))
}

test_a_stale_server_is_no_help if {
	stale := object.union(_ready, {"packages": {"scan": {"revision": "1.1"}}})
	pending := _with_row({"status": "pending", "status_age_days": 12})
	judged := _judged_by({"revision": "1.2"}, [pending, stale])
	[s.certainty | some v in judged.violation; some s in v.affects] == ["sure"]
}

test_a_server_of_unknown_domain if {
	servers := [_server({"fqdn": null, "packages": {}})]
	count(_judged_by(_hosts(["lds-ps01.corp.example"]), servers).unknown) == 1
	namesake := {"guid": "P3", "name": "LDS-PS011", "fqdn": null, "packages": {"scan": {"status": "ready"}}}
	beside := array.concat(servers, [namesake])
	count(_judged_by(_hosts(["lds-ps011.corp.example"]), beside).violation) == 1
}

test_no_status_and_unknown_codebases if {
	_judged([_server({"packages": {}})]) == _unknown(concat("", [
		_scan,
		" has no status, and its codebases are unknown",
	]))
}

test_unknown_status if {
	_judged([_with_row({"status": null, "status_age_days": 3})]) == _unknown(concat("", [
		"The status of ",
		_scan,
		" is not one that nscheck knows",
	]))
}

test_status_not_collected if {
	msg := "The status of packages was not collected"
	_judged([_server({})]) == _unknown(msg)
}

test_an_unknown_server_leaves_it_possible if {
	violations := _judged([
		_with_row({"status": "pending", "status_age_days": 2}),
		object.remove(_ready, ["packages"]),
	]).violation
	[s.certainty | some v in violations; some s in v.affects] == ["possible"]
}

test_missing if {
	index := {"packages": {}, "site_package_servers": {}}
	count(rule.violation) == 0 with data.estate as {}
		with data.index as index
		with data.params as _params
	count(rule.unknown) == 0 with data.estate as {}
		with data.index as index
		with data.params as _params
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

package nscheck.packages.other_version_on_package_server_test

import data.nscheck.packages.other_version_on_package_server as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_server(guid, row) := {"guid": guid, "name": guid, "packages": {"scan": object.union(
	{"status": "ready", "status_age_days": 3, "revision": "1.212"},
	row,
)}}

_judged(revision, servers) := judged if {
	estate := {"package_servers": servers}
	index := {
		"package_servers": {server.guid: server | some server in servers},
		"packages": {"scan": {"name": "Scan", "revision": revision}},
		"names": {"scan": "Scan"},
		"site_package_servers": {"LEEDS": [server.guid | some server in servers]},
		"package_server_sites": {server.guid: ["LEEDS"] | some server in servers},
		"unplaced_package_servers": {},
	}
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
		with data.params as {"required_packages": ["scan"]}
}

_resource := {"type": "package_server", "guid": "P1", "name": "P1"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

_violation(certainty) := {
	"msg": "Scan is ready on package server P1 as revision 1.21, not 1.212; that status is 3 days old",
	"resource": _resource,
	"package": "scan",
	"path": "package_servers[P1].packages.scan.revision",
	"expected": "1.212",
	"actual": "1.21",
	"affects": [{"site": "LEEDS", "package": "scan", "certainty": certainty}],
}

_stale := _server("P1", {"revision": "1.21"})

test_same_revision if {
	_judged("1.212", [_server("P1", {})]) == _silent
	_judged("1.212.0", [_server("P1", {})]) == _silent
}

test_another_revision_on_the_only_server if {
	_judged("1.212", [_stale]) == {"violation": {_violation("sure")}, "unknown": set()}
}

test_another_revision_on_one_of_two_servers if {
	_judged("1.212", [_stale, _server("P2", {})]).violation == {_violation("possible")}
}

test_no_server_has_the_right_one if {
	_judged("1.212", [_stale, _server("P2", {"status": "pending"})]).violation == {_violation("sure")}
}

test_a_package_that_is_not_ready_is_another_rule if {
	_judged("1.212", [_server("P1", {"status": "pending", "revision": "1.21"})]) == _silent
	_judged(null, [_server("P1", {"status": "pending", "revision": null})]) == _silent
	_judged(null, [_server("P1", {"status": "pending"})]) == _silent
	_judged("1.212", [{"guid": "P1", "name": "P1", "packages": {}}]) == _silent
}

test_unknown_revision_on_the_server if {
	_judged("1.212", [_server("P1", {"revision": null})]) == _unknown(concat("", [
		"The revision of Scan on it is unknown",
	]))
}

test_unknown_revision_on_the_notification_server if {
	_judged(null, [_server("P1", {})]) == _unknown(concat("", [
		"The revision of Scan on the Notification Server is unknown",
	]))
}

test_unknown_revision_on_both if {
	_judged(null, [_server("P1", {"revision": null})]) == _unknown("The revision of Scan on it is unknown")
}

test_missing_on_the_notification_server if {
	unknowns := rule.unknown with data.estate as {"package_servers": [_server("P1", {})]}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["tools", "scan"]}
	{u.msg | some u in unknowns} == {concat("", [
		"The revision of Patch Windows System Assessment Scan on the Notification Server is unknown",
	])}
}

test_unknown_status if {
	_judged("1.212", [_server("P1", {"status": null})]) == _unknown(concat("", [
		"The status of Scan is not one that nscheck knows",
	]))
}

test_status_not_collected if {
	_judged("1.212", [{"guid": "P1", "name": "P1"}]) == _unknown(concat("", [
		"The status of packages was not collected",
	]))
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["scan"]}
	count(rule.unknown) == 0 with data.estate as {}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["scan"]}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

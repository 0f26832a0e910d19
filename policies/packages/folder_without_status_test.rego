package nscheck.packages.folder_without_status_test

import data.nscheck.packages.folder_without_status as rule

_judged(server) := judged if {
	full := object.union({"guid": "P1", "name": "LDS-PS01"}, server)
	estate := {"package_servers": [full]}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
}

_resource := {"type": "package_server", "guid": "P1", "name": "LDS-PS01"}

_violation(orphans, msg) := {
	"violation": {{
		"msg": msg,
		"resource": _resource,
		"expected": "no such folder",
		"actual": orphans,
	}},
	"unknown": set(),
}

_orphans(list) := {"agent_folder": {"orphans": list}}

test_no_orphans if _judged(_orphans([])) == {"violation": set(), "unknown": set()}

test_an_orphan if {
	_judged(_orphans(["A"])) == _violation(["A"], concat("", [
		"Package server LDS-PS01 holds 1 package folder without a status: A",
	]))
}

test_as_many_orphans_as_are_named if {
	_judged(_orphans(["A", "B", "C"])) == _violation(["A", "B", "C"], concat("", [
		"Package server LDS-PS01 holds 3 package folders without a status: A, B, C",
	]))
}

test_one_orphan_more if {
	_judged(_orphans(["A", "B", "C", "D"])) == _violation(["A", "B", "C", "D"], concat("", [
		"Package server LDS-PS01 holds 4 package folders without a status: A, B, C and 1 more",
	]))
}

test_many_orphans if {
	_judged(_orphans(["A", "B", "C", "D", "E"])) == _violation(["A", "B", "C", "D", "E"], concat("", [
		"Package server LDS-PS01 holds 5 package folders without a status: A, B, C and 2 more",
	]))
}

test_folders_not_read if {
	every server in [{}, {"agent_folder": {"log_errors": []}}] {
		_judged(server) == {
			"violation": set(),
			"unknown": {{"msg": "Its package folders were not read", "resource": _resource}},
		}
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

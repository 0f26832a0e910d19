package nscheck.client.package_not_downloaded_test

import data.nscheck.client.package_not_downloaded as rule

_client := {
	"status": "Active",
	"managed": true,
	"plugin": {"installed": true},
	"packages": {
		"plugin": {"status": null},
		"scan": {"status": "downloaded"},
		"tools": {"status": "downloaded"},
	},
}

_judged(changes) := judged if {
	client := object.union(_client, changes)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"required_packages": ["plugin", "scan", "tools"]}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_downloaded if _judged({}) == _silent

test_a_failed_and_a_pending_download if {
	_judged({"packages": {"scan": {"status": "failed"}, "tools": {"status": "pending"}}}) == {
		"violation": {
			{
				"msg": "Patch Windows System Assessment Scan was not downloaded; its newest download failed",
				"path": "packages.scan.status",
				"expected": "downloaded",
				"actual": "failed",
			},
			{
				"msg": "Patch Install Tools was not downloaded; its newest download is pending",
				"path": "packages.tools.status",
				"expected": "downloaded",
				"actual": "pending",
			},
		},
		"unknown": set(),
	}
}

test_a_package_that_ran_was_there if {
	_judged({"packages": {"scan": {"status": "failed", "last_run": {"succeeded": false}}}}) == _silent
}

test_no_event if {
	_judged({"packages": {"scan": {"status": null}}}) == _unknown(concat("", [
		"It is unknown whether ",
		"Patch Windows System Assessment Scan was downloaded",
	]))
	not_listed := object.remove(_client, ["packages"])
	count(rule.unknown) == 1 with input as object.union(not_listed, {"packages": {}})
		with data.params as {"required_packages": ["scan"]}
}

test_one_missing_and_one_unknown if {
	judged := _judged({"packages": {"scan": {"status": "failed"}, "tools": {"status": null}}})
	count(judged.violation) == 1
	judged.unknown == {{"msg": "It is unknown whether Patch Install Tools was downloaded"}}
}

test_unknown_status_of_the_computer if {
	_judged({"status": null}) == _silent
	_judged({
		"status": null,
		"packages": {"scan": {"status": "failed"}},
	}) == _unknown("It is unknown whether the computer is Active")
}

test_other_computers if {
	_judged({"status": "Retired", "packages": {"scan": {"status": "failed"}}}) == _silent
	_judged({"plugin": {"installed": false}, "packages": {"scan": {"status": "failed"}}}) == _silent
}

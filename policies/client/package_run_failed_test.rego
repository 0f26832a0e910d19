package nscheck.client.package_run_failed_test

import data.nscheck.client.package_run_failed as rule

_ran := {"status": "downloaded", "last_run": {"return_code": 0, "succeeded": true}}

_failed := {"status": "downloaded", "last_run": {"return_code": 1603, "succeeded": false}}

_client := {
	"status": "Active",
	"managed": true,
	"plugin": {"installed": true},
	"packages": {"plugin": _ran, "scan": _ran, "tools": _ran},
	"inventory": {"patch_returned": true},
}

# The client with its scan and patch inventory replaced.
_but(scan, patch_returned) := object.union(
	object.remove(_client, ["packages"]),
	{
		"packages": {"plugin": _ran, "scan": scan, "tools": _ran},
		"inventory": {"patch_returned": patch_returned},
	},
)

_judged(client) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"required_packages": ["plugin", "scan", "tools"]}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

_unknown_scan := _unknown(concat("", [
	"It is unknown whether the last run of ",
	"Patch Windows System Assessment Scan succeeded",
]))

_works := {"licence": {"in_use": true}, "inventory": {"patch_age_days": 3, "patch_returned": true}}

_purged(scan, changes) := judged if {
	client := object.union(object.union(_but(scan, true), _works), changes)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {
			"required_packages": ["plugin", "scan", "tools"],
			"patch_inventory_max_age_days": 30,
		}
}

test_purged_runs_of_a_client_that_works if {
	_purged({"status": "downloaded"}, {}) == _silent
	_purged({"status": "downloaded"}, {"status": null}) == _silent
}

test_purged_runs_of_a_client_that_may_not_work if {
	_purged({"status": "downloaded"}, {"licence": {"in_use": null}}) == _unknown_scan
	_purged({"status": "downloaded"}, {"inventory": {"patch_age_days": 31}}) == _unknown_scan
	_purged({"status": "downloaded"}, {"inventory": {"patch_age_days": null}}) == _unknown_scan
}

test_a_recorded_run_counts_although_the_client_works if {
	count(_purged(_failed, {}).violation) == 1
	unread := {"status": "downloaded", "last_run": {"return_code": null, "succeeded": null}}
	_purged(unread, {}) == _unknown_scan
	tools := {"packages": {"tools": {"last_run": {"return_code": null, "succeeded": null}}}}
	_purged({"status": "downloaded"}, tools) == _unknown(concat("", [
		"It is unknown whether the last run of ",
		"Patch Install Tools succeeded",
	]))
}

test_succeeded if _judged(_client) == _silent

test_failed if {
	_judged(_but(_failed, false)) == {
		"violation": {{
			"msg": "The last run of Patch Windows System Assessment Scan failed with exit code 1603",
			"path": "packages.scan.last_run.succeeded",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
}

test_failed_with_an_unknown_code if {
	run := {"status": "downloaded", "last_run": {"return_code": null, "succeeded": false}}
	some violation in _judged(_but(run, false)).violation
	violation.msg == concat("", [
		"The last run of Patch Windows System Assessment Scan failed with ",
		"an unknown exit code",
	])
}

test_the_scan_never_ran if {
	_judged(_but({"status": "downloaded"}, false)) == {
		"violation": {{
			"msg": concat("", [
				"Patch Windows System Assessment Scan was downloaded but never ran, ",
				"and no patch inventory came back",
			]),
			"path": "packages.scan.last_run",
			"expected": "a run that succeeded",
			"actual": "none",
		}},
		"unknown": set(),
	}
}

test_a_missing_row_convicts_only_without_patch_inventory if {
	_judged(_but({"status": "downloaded"}, true)) == _unknown_scan
	_judged(_but({"status": "downloaded"}, null)) == _unknown_scan
}

test_a_missing_row_convicts_only_the_scan if {
	client := json.patch(_client, [
		{"op": "remove", "path": "/packages/tools/last_run"},
		{"op": "replace", "path": "/inventory/patch_returned", "value": false},
	])
	_judged(client) == _unknown(concat("", [
		"It is unknown whether the last run of ",
		"Patch Install Tools succeeded",
	]))
}

test_unknown_result if {
	run := {"status": "downloaded", "last_run": {"return_code": null, "succeeded": null}}
	_judged(_but(run, false)) == _unknown_scan
}

test_unknown_download if _judged(_but({"status": null}, false)) == _unknown_scan

test_a_package_that_is_not_there if {
	_judged(_but({"status": "failed"}, false)) == _silent
	_judged(object.union(_but({"status": "failed"}, false), {"status": null})) == _silent
}

test_unknown_computer if {
	_judged(object.union(_but(_failed, false), {"status": null})) == _unknown(concat("", [
		"It is unknown ",
		"whether the computer is Active",
	]))
	_judged(object.union(_client, {"status": null})) == _silent
}

test_other_computers if {
	_judged(object.union(_but(_failed, false), {"status": "Retired"})) == _silent
	_judged(object.union(_but({"status": "downloaded"}, false), {"plugin": {"installed": false}})) == _silent
}

test_one_package_is_not_there_and_one_is_unknown if {
	client := json.patch(_but({"status": "failed"}, false), [{
		"op": "remove",
		"path": "/packages/tools/last_run",
	}])
	_judged(client) == _unknown(concat("", [
		"It is unknown whether the last run of ",
		"Patch Install Tools succeeded",
	]))
}

_judged_of(client, required) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"required_packages": required}
}

test_a_run_without_patch_inventory_is_another_rules_finding if {
	_judged(_but(_ran, false)) == _silent
}

test_only_required_packages_count if {
	every scan in [{"status": "downloaded"}, _failed, {"status": null}] {
		_judged_of(_but(scan, false), ["plugin", "tools"]) == _silent
		_judged_of(_but(scan, false), []) == _silent
	}
}

test_the_scan_never_ran_and_the_tools_are_unknown if {
	client := json.patch(
		_but({"status": "downloaded"}, false),
		[{"op": "remove", "path": "/packages/tools/last_run"}],
	)
	judged := _judged(client)
	{violation.path | some violation in judged.violation} == {"packages.scan.last_run"}
	judged.unknown == {{"msg": "It is unknown whether the last run of Patch Install Tools succeeded"}}
}

test_other_computers_with_a_scan_that_never_ran if {
	every changes in [{"status": "Retired"}, {"plugin": {"installed": false}}] {
		_judged(object.union(_but({"status": "downloaded"}, false), changes)) == _silent
	}
	_judged(object.union(
		_but({"status": "downloaded"}, false),
		{"status": null},
	)) == _unknown("It is unknown whether the computer is Active")
}

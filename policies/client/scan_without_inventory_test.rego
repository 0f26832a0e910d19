package nscheck.client.scan_without_inventory_test

import data.nscheck.client.scan_without_inventory as rule

_judged(succeeded, patch_returned, changes) := _of(object.union(
	{
		"status": "Active",
		"managed": true,
		"plugin": {"installed": true},
		"packages": {"scan": {"last_run": {"succeeded": succeeded}}},
		"inventory": {"patch_returned": patch_returned},
	},
	changes,
))

_without_run(patch_returned) := _of({
	"status": "Active",
	"plugin": {"installed": true},
	"packages": {"scan": {"status": "downloaded"}},
	"inventory": {"patch_returned": patch_returned},
})

_of(client) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_inventory_came_back if {
	_judged(true, true, {}) == _silent
	_judged(null, true, {}) == _silent
}

test_no_inventory_came_back if {
	_judged(true, false, {}) == {
		"violation": {{
			"msg": "The assessment scan ran and succeeded, but no patch inventory came back",
			"path": "inventory.patch_returned",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
}

test_the_scan_failed if {
	_judged(false, false, {}) == _silent
	_judged(false, null, {}) == _silent
}

test_the_scan_never_ran if _without_run(false) == _silent

test_unknown_inventory if {
	_judged(true, null, {}) == _unknown("It is unknown whether patch inventory came back")
}

test_unknown_result if {
	_judged(null, false, {}) == _unknown(concat("", [
		"It is unknown ",
		"whether the last run of the assessment scan succeeded",
	]))
}

test_no_run_and_unknown_inventory if {
	_without_run(null) == _unknown(concat("", [
		"It is unknown whether patch inventory came back, ",
		"and whether the last run of the assessment scan succeeded",
	]))
}

test_unknown_computer if {
	_judged(true, true, {"status": null}) == _silent
	_judged(
		true, false,
		{"status": null},
	) == _unknown("It is unknown whether the computer is Active")
}

test_other_computers if {
	_judged(true, false, {"status": "Disposed"}) == _silent
	_judged(true, false, {"plugin": {"installed": false}}) == _silent
}

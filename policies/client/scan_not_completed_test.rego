package nscheck.client.scan_not_completed_test

import data.nscheck.client.scan_not_completed as rule

_client := {
	"status": "Active",
	"managed": true,
	"plugin": {"installed": true},
	"scan_log": {"completed": false, "age_days": 3},
	"inventory": {"patch_returned": false, "patch_age_days": null},
}

_judged(changes) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as object.union(_client, changes)
		with data.params as {"patch_inventory_max_age_days": 30}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(question) := {
	"violation": set(),
	"unknown": {{"msg": sprintf("It is unknown %s", [question])}},
}

_found := {
	"violation": {{
		"msg": "The scan log shows that the newest scan did not complete",
		"path": "scan_log.completed",
		"expected": true,
		"actual": false,
	}},
	"unknown": set(),
}

_patched(age) := {"inventory": {"patch_returned": true, "patch_age_days": age}}

test_completed if {
	_judged({"scan_log": {"completed": true}}) == _silent
	_judged({"scan_log": {"completed": true, "age_days": null}}) == _silent
}

test_not_completed if {
	_judged({}) == _found
	_judged({"scan_log": {"age_days": 30}}) == _found
}

test_patch_inventory_came_before if _judged(_patched(4)) == _found

test_patch_inventory_came_later if _judged(_patched(2)) == _silent

test_an_old_log if {
	_judged({"scan_log": {"age_days": 31}}) == _silent
	_judged({"scan_log": {"age_days": 31, "completed": null}}) == _silent
}

test_who_counts if {
	_judged({"status": "Retired"}) == _silent
	_judged({"plugin": {"installed": false}}) == _silent
	count(_judged({"plugin": {"installed": null}}).unknown) == 1
}

test_unknown_whether_completed if {
	_judged({"scan_log": {"completed": null}}) == _unknown("whether the newest scan in its log completed")
}

test_unknown_age if {
	_judged({"scan_log": {"age_days": null}}) == _unknown("how old its scan log is")
	_judged(object.union({"scan_log": {"age_days": null}}, _patched(null))) == _unknown("how old its scan log is")
}

test_unknown_whether_inventory_came_later if {
	expected := _unknown("whether patch inventory came after its scan log")
	_judged(_patched(3)) == expected
	_judged(_patched(null)) == expected
	_judged({"inventory": {"patch_returned": null}}) == expected
}

test_missing if {
	count(rule.violation) == 0 with input as {} with data.params as {}
	count(rule.unknown) == 0 with input as {} with data.params as {}
}

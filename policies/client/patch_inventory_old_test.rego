package nscheck.client.patch_inventory_old_test

import data.nscheck.client.patch_inventory_old as rule

_params := {"patch_inventory_max_age_days": 30, "basic_inventory_max_age_days": 14}

_judged(patch, basic, changes) := judged if {
	client := object.union(
		{
			"status": "Active",
			"managed": true,
			"plugin": {"installed": true},
			"inventory": {"patch_returned": true, "patch_age_days": patch, "basic_age_days": basic},
		},
		changes,
	)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as _params
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_fresh if {
	_judged(30, 0, {}) == _silent
	_judged(1, null, {}) == _silent
}

test_old if {
	_judged(31, 14, {}) == {
		"violation": {{
			"msg": concat("", [
				"Patch inventory is older than 30 days but basic inventory is not older than ",
				"14 days, so the scan no longer works",
			]),
			"path": "inventory.patch_age_days",
			"expected": "at most 30 days",
			"actual": 31,
		}},
		"unknown": set(),
	}
}

test_both_old if {
	_judged(31, 15, {}) == _silent
	_judged(null, 15, {}) == _silent
}

test_never_came if _judged(null, 0, {"inventory": {"patch_returned": false}}) == _silent

test_unknown_ages if {
	_judged(null, 0, {}) == _unknown("It is unknown how old patch inventory is")
	_judged(31, null, {}) == _unknown("It is unknown how old basic inventory is")
	_judged(null, null, {}) == _unknown(concat("", [
		"It is unknown how old basic inventory is, ",
		"and how old patch inventory is",
	]))
}

test_unknown_computer if {
	_judged(1, 1, {"status": null}) == _silent
	_judged(31, 1, {"status": null}) == _unknown("It is unknown whether the computer is Active")
}

test_other_computers if {
	_judged(31, 1, {"status": "Retired"}) == _silent
	_judged(31, 1, {"plugin": {"installed": false}}) == _silent
}

test_tally if {
	client := {
		"status": "Active",
		"plugin": {"installed": true},
		"licence": {"in_use": true},
		"filters": [],
		"location": {"subnet": "N1"},
		"inventory": {"patch_returned": true},
	}
	counted := {"filters": {"F1": {}}, "subnet_sites": {"N1": ["LEEDS"]}}
	rule.tally == {["inventory_counts", "LEEDS", "yes", "yes"]} with input as client
		with data.index as counted
		with data.params as {"plugin_filter": "F1"}
	rule.tally == set() with input as object.union(client, {"status": "Retired"})
		with data.index as counted
		with data.params as {"plugin_filter": "F1"}
}

package nscheck.lib.inventory_test

import data.nscheck.lib.inventory

_params := {"patch_inventory_max_age_days": 30, "basic_inventory_max_age_days": 14}

_states(patch_returned, patch, basic) := states if {
	client := {"inventory": {
		"patch_returned": patch_returned,
		"patch_age_days": patch,
		"basic_age_days": basic,
	}}
	states := [inventory.patch, inventory.basic] with input as client with data.params as _params
}

test_fresh if {
	_states(true, 30, 14) == ["fresh", "fresh"]
	_states(true, -1, -1) == ["fresh", "fresh"]
	_states(null, 1, 1) == ["fresh", "fresh"]
}

test_old if _states(true, 31, 15) == ["old", "old"]

test_never if _states(false, null, 0) == ["never", "fresh"]

test_unknown if {
	_states(true, null, null) == ["unknown", "unknown"]
	_states(null, null, null) == ["unknown", "unknown"]
}

test_questions if {
	client := {"inventory": {"patch_returned": true, "patch_age_days": null, "basic_age_days": null}}
	inventory.questions == {
		"how old basic inventory is",
		"how old patch inventory is",
	} with input as client with data.params as _params
}

test_no_questions if {
	client := {"inventory": {"patch_returned": false, "patch_age_days": null, "basic_age_days": 1}}
	inventory.questions == set() with input as client with data.params as _params
}

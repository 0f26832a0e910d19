package nscheck.client.client_away_test

import data.nscheck.client.client_away as rule

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
	_judged(30, 15, {}) == _silent
	_judged(1, null, {}) == _silent
	_judged(31, 14, {}) == _silent
	_judged(null, 14, {}) == _silent
}

_away(days) := {
	"violation": {{
		"msg": concat("", [
			"Basic inventory is older than 14 days and patch inventory, if any, ",
			"than 30 days: the client is away",
		]),
		"path": "inventory.basic_age_days",
		"expected": "at most 14 days",
		"actual": days,
	}},
	"unknown": set(),
}

test_both_old if _judged(31, 15, {}) == _away(15)

test_never_came if {
	_judged(null, 90, {"inventory": {"patch_returned": false}}) == _away(90)
	_judged(null, 14, {"inventory": {"patch_returned": false}}) == _silent
	_judged(null, null, {"inventory": {"patch_returned": false}}) == _unknown("It is unknown how old basic inventory is")
}

test_unknown_ages if {
	_judged(null, 90, {}) == _unknown("It is unknown how old patch inventory is")
	_judged(31, null, {}) == _unknown("It is unknown how old basic inventory is")
}

test_unknown_computer if {
	_judged(1, 1, {"status": null}) == _silent
	_judged(31, 90, {"status": null}) == _unknown("It is unknown whether the computer is Active")
}

test_other_computers if {
	_judged(31, 90, {"status": "Retired"}) == _silent
	_judged(31, 90, {"plugin": {"installed": false}}) == _silent
}

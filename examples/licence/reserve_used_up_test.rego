package nscheck_examples.licence.reserve_used_up_test

import data.nscheck_examples.licence.reserve_used_up as rule

_judged_with(bought, in_use, owned, inactive) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"licences": {
		"product": "Patch",
		"in_use": in_use,
		"owned": owned,
		"inactive_holders": inactive,
	}}
		with data.params as {"licences_bought": bought, "licence_reserve_percent": 10}
}

_judged(in_use, owned) := _judged_with(null, in_use, owned, [])

_silent := {"violation": set(), "unknown": set()}

_patch := {"type": "product", "guid": null, "name": "Patch"}

_unknown := {"violation": set(), "unknown": {{
	"msg": "It is unknown how many licences are in use",
	"resource": _patch,
}}}

test_enough_left if _judged(90, 100) == _silent

test_used_up if {
	_judged(91, 100) == {
		"violation": {{
			"msg": "91 of 100 licences are in use, and the house wants 10% left",
			"resource": _patch,
			"path": "licences.in_use",
			"expected": "at most 90",
			"actual": 91,
		}},
		"unknown": set(),
	}
}

test_more_than_owned_is_not_for_this_rule if _judged(101, 100) == _silent

test_some_can_be_had_back if {
	{v.msg | some v in _judged_with(null, 91, 100, [{"guid": "A"}, {"guid": "B"}]).violation} == {concat("", [
		"91 of 100 licences are in use, and the house wants 10% left; ",
		"2 of them by computers that are not Active",
	])}
}

test_the_parameter_tells if {
	count(_judged_with(100, 91, null, []).violation) == 1
	_judged_with(1000, 91, null, []) == _silent
	count(_judged_with(1000, 91, 100, []).violation) == 1
}

test_unknown if {
	_judged(null, 100) == _unknown
	_judged(91, null) == _silent
}

test_no_source if {
	count(rule.no_source) == 1 with data.estate as {"licences": {"owned": null}}
		with data.params as {"licences_bought": null}
	count(rule.no_source) == 0 with data.estate as {"licences": {"owned": null}}
		with data.params as {"licences_bought": 9}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

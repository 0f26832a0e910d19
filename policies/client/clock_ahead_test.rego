package nscheck.client.clock_ahead_test

import data.nscheck.client.clock_ahead as rule

_judged(newest, undated, status) := judged if {
	client := {"status": status, "managed": true, "events": {"newest_age_days": newest, "undated": undated}}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"clock_tolerance_days": 1}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_past if {
	_judged(0, false, "Active") == _silent
	_judged(null, false, "Active") == _silent
}

test_a_clock_that_is_a_little_fast if _judged(-1, false, "Active") == _silent

test_future if {
	expected := {
		"violation": {{
			"msg": "Events of the computer are dated in the future, so its clock is wrong",
			"path": "packages",
			"expected": "at most 1 day ahead",
			"actual": "dated 40 days in the future",
		}},
		"unknown": set(),
	}
	_judged(-40, false, "Active") == expected
	_judged(-40, true, "Active") == expected
}

test_undated if {
	expected := _unknown("It is unknown when some of its events happened")
	_judged(null, true, "Active") == expected
	_judged(3, true, "Active") == expected
}

test_unknown_computer if {
	_judged(3, false, null) == _silent
	_judged(-40, false, null) == _unknown("It is unknown whether the computer is Active")
}

test_not_active if _judged(-40, false, "Retired") == _silent

package nscheck.client.clock_ahead_test

import data.nscheck.client.clock_ahead as rule

_judged(packages, status) := judged if {
	client := {"status": status, "managed": true, "packages": packages}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"clock_tolerance_days": 1}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

_download(age) := {"scan": {"status": "downloaded", "status_age_days": age}}

_run(age) := {"scan": {
	"status": "downloaded",
	"status_age_days": 20,
	"last_run": {"age_days": age},
}}

test_past if {
	_judged(_download(0), "Active") == _silent
	_judged(_run(0), "Active") == _silent
	_judged({"plugin": {"status": null}, "scan": {"status": null}}, "Active") == _silent
}

test_a_clock_that_is_a_little_fast if {
	_judged(_run(-1), "Active") == _silent
}

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
	_judged(_download(-40), "Active") == expected
	_judged(_run(-40), "Active") == expected
	_judged({"scan": {"status": null, "status_age_days": -40}}, "Active") == expected
	_judged(
		{
			"scan": {"status": "downloaded", "status_age_days": -40},
			"tools": {"status": "downloaded", "status_age_days": null},
		},
		"Active",
	) == expected
}

test_undated if {
	expected := _unknown("It is unknown when some of its events happened")
	_judged(_download(null), "Active") == expected
	_judged(_run(null), "Active") == expected
}

test_unknown_computer if {
	_judged(_download(3), null) == _silent
	_judged(_download(-40), null) == _unknown("It is unknown whether the computer is Active")
}

test_not_active if _judged(_download(-40), "Retired") == _silent

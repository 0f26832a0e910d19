package nscheck.client.task_agent_stale_test

import data.nscheck.client.task_agent_stale as rule

_judged(age, changes) := judged if {
	client := object.union(
		{"status": "Active", "managed": true, "task_agent": {"registration_age_days": age}},
		changes,
	)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"task_registration_max_age_days": 30}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_recent if {
	_judged(0, {}) == _silent
	_judged(30, {}) == _silent
	_judged(30, {"status": null}) == _silent
}

test_stale if {
	_judged(75, {}) == {
		"violation": {{
			"msg": "The task agent has not registered for more than 30 days",
			"path": "task_agent.registration_age_days",
			"expected": "at most 30 days",
			"actual": 75,
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged(null, {}) == _unknown("It is unknown when its task agent last registered")
	_judged(null, {"managed": null}) == _unknown("It is unknown when its task agent last registered")
	_judged(75, {"status": null}) == _unknown("It is unknown whether the computer is Active")
}

test_not_managed if {
	_judged(null, {"managed": false}) == _silent
	_judged(75, {"managed": false, "status": null}) == _unknown("It is unknown whether the computer is Active")
}

test_not_active if {
	_judged(260, {"status": "Retired"}) == _silent
	_judged(null, {"status": "Retired"}) == _silent
}

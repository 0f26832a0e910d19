package nscheck.client.scan_not_completed_test

import data.nscheck.client.scan_not_completed as rule

_judged(client) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
}

_silent := {"violation": set(), "unknown": set()}

test_completed if _judged({"scan_log": {"completed": true}}) == _silent

test_not_completed if {
	_judged({"scan_log": {"completed": false}}) == {
		"violation": {{
			"msg": "The scan log shows that the newest scan did not complete",
			"path": "scan_log.completed",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged({"scan_log": {"completed": null}}) == {
		"violation": set(),
		"unknown": {{"msg": "The scan log does not tell whether the newest scan completed"}},
	}
}

test_missing if _judged({}) == _silent

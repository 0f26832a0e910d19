package nscheck_examples.client.retired_system_test

import data.nscheck_examples.client.retired_system as rule

_judged(os_name, in_use, status) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as {
		"status": status,
		"os_name": os_name,
		"licence": {"in_use": in_use},
	}
		with data.params as {"retired_systems": ["Windows XP", "Windows 7"]}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(question) := {
	"violation": set(),
	"unknown": {{"msg": sprintf("It is unknown %s", [question])}},
}

test_retired if {
	_judged("Microsoft Windows XP Professional", true, "Active") == {
		"violation": {{
			"msg": "Microsoft Windows XP Professional gets no updates any more, and the computer holds a licence",
			"path": "os_name",
			"expected": "a Windows with updates",
			"actual": "Microsoft Windows XP Professional",
		}},
		"unknown": set(),
	}
	count(_judged("windows 7", true, "Active").violation) == 1
}

test_cleared if {
	_judged("Windows 10 Pro", null, null) == _silent
	_judged("Windows 7even", true, "Active") == _silent
	_judged(null, false, "Active") == _silent
	_judged("Windows XP", true, "Retired") == _silent
}

test_unknown if {
	_judged("Windows XP", null, "Active") == _unknown("whether a licence is in use")
	_judged(null, true, "Active") == _unknown("which operating system it has")
	_judged("Windows XP", true, null) == _unknown("whether the computer is Active")
}

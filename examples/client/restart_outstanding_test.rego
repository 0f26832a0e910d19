package nscheck_examples.client.restart_outstanding_test

import data.nscheck_examples.client.restart_outstanding as rule

_computer(run) := {
	"status": "Active",
	"managed": true,
	"plugin": {"installed": true},
	"packages": {"plugin": {"last_run": run}},
	"inventory": {"patch_age_days": null, "patch_returned": false},
}

_judged_of(computer) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as computer
		with data.params as {"restart_grace_days": 7}
}

_waiting := {"return_code": 3010, "age_days": 12}

_judged(changes) := _judged_of(object.union(_computer(_waiting), changes))

_silent := {"violation": set(), "unknown": set()}

_unknown(question) := {
	"violation": set(),
	"unknown": {{"msg": sprintf("It is unknown %s", [question])}},
}

test_waiting if {
	_judged({}) == {
		"violation": {{
			"msg": "The plug-in was installed 12 days ago and asked for a restart; nothing shows that it works since",
			"path": "packages.plugin.last_run.return_code",
			"expected": 0,
			"actual": 3010,
		}},
		"unknown": set(),
	}
}

test_waiting_though_something_was_before if {
	every changes in [
		{"inventory": {"patch_age_days": 12}},
		{"packages": {"scan": {"last_run": {"succeeded": true, "age_days": 30}}}},
		{"packages": {"scan": {"last_run": {"succeeded": false, "age_days": 1}}}},
		{"packages": {"scan": {"last_run": {"succeeded": null, "age_days": 30}}}},
	] {
		count(_judged(changes).violation) == 1
	}
}

test_unknown_what_was_since if {
	every run in [{"succeeded": true, "age_days": null}, {"succeeded": null, "age_days": 3}] {
		changes := {"packages": {"scan": {"last_run": run}}}
		_judged(changes) == _unknown("whether the scan succeeded since")
	}
	changes := {"inventory": {"patch_returned": true}}
	_judged(changes) == _unknown("whether patch inventory came back since")
}

test_cleared if {
	every changes in [
		{"status": "Retired"},
		{"plugin": {"installed": false}},
		{"plugin": {"installed": null}, "managed": false},
		{"packages": {"plugin": {"last_run": {"return_code": 0, "age_days": null}}}},
		{"packages": {"plugin": {"last_run": {"return_code": null, "age_days": 6}}}},
		{"packages": {"scan": {"last_run": {"succeeded": true, "age_days": 11}}}},
		{"inventory": {"patch_age_days": 1}},
	] {
		_judged(changes) == _silent
	}
}

test_unknown_facts if {
	_judged_of(_computer({"return_code": null, "age_days": 12})) == _unknown("how its installation ended")
	_judged_of(_computer({"return_code": 3010, "age_days": null})) == _unknown("when it was installed")
	_judged({"plugin": {"installed": null}}) == _unknown("whether the plug-in is installed")
	_judged({"status": null}) == _unknown("whether the computer is Active")
}

test_no_run_is_recorded if {
	computer := object.union(object.remove(_computer(_waiting), ["packages"]), {"packages": {"plugin": {}}})
	_judged_of(computer) == _unknown("how its installation ended, for no run is recorded")
	_judged_of(object.union(computer, {"inventory": {"patch_returned": true}})) == _silent
}

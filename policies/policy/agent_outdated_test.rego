package nscheck.policy.agent_outdated_test

import data.nscheck.policy.agent_outdated as rule

_client := {
	"status": "Active",
	"managed": true,
	"os_name": "Windows XP Professional",
	"plugin": {"installed": false},
	"agent": {"version": "7.1.8400"},
}

_judged(changes) := _against("7.5.3153", changes)

_against(version, changes) := judged if {
	client := object.union(_client, changes)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.estate as {"server": {"version": version}}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_current_agent if {
	_judged({"agent": {"version": "7.5.3153"}}) == _silent
	_against("8.9.0", {"agent": {"version": "8.10.0"}}) == _silent
}

test_outdated_agent if {
	_judged({}) == {
		"violation": {{
			"msg": "The plug-in is missing, and the core agent is 7.1.8400, older than 7.5.3153",
			"path": "agent.version",
			"expected": "7.5.3153",
			"actual": "7.1.8400",
		}},
		"unknown": set(),
	}
}

test_plugin_is_there if {
	_judged({"plugin": {"installed": true}}) == _silent
	_judged({"plugin": {"installed": true}, "managed": null}) == _silent
}

test_not_for_this_computer if {
	_judged({"status": "Retired"}) == _silent
	_judged({"managed": null}) == _unknown("It is unknown whether it is managed")
	_judged({"managed": false, "plugin": {"installed": null}, "agent": {"version": null}}) == _silent
	_judged({"os_name": "Red Hat Enterprise Linux Server"}) == _silent
}

test_unknown_plugin if {
	_judged({"plugin": {"installed": null}}) == _unknown("It is unknown whether it has the plug-in")
}

test_unknown_operating_system if {
	_judged({"os_name": null}) == _unknown("It is unknown which operating system it runs")
}

test_unknown_versions if {
	_judged({"agent": {"version": null}}) == _unknown(concat("", [
		"It is unknown ",
		"which version its core agent is",
	]))
	_against(null, {}) == _unknown("It is unknown which version the Notification Server is")
}

test_unknown_status if {
	_judged({"status": null}) == _unknown("It is unknown whether the computer is Active")
	_judged({"status": null, "agent": {"version": "7.5.3153"}}) == _silent
}

package nscheck.client.plugin_older_test

import data.nscheck.client.plugin_older as rule

_judged(version, offered, changes) := judged if {
	client := object.union(
		{"status": "Active", "managed": true, "plugin": {"installed": true, "version": version}},
		changes,
	)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.estate as {"server": {"plugin_version": offered}}
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_current if {
	_judged("7.5.3153", "7.5.3153", {}) == _silent
	_judged("8.10", "8.9", {}) == _silent
}

test_older if {
	_judged("8.9.100", "8.10.7", {}) == {
		"violation": {{
			"msg": "The Software Update Plug-in is 8.9.100, older than 8.10.7 of the Notification Server",
			"path": "plugin.version",
			"expected": "8.10.7",
			"actual": "8.9.100",
		}},
		"unknown": set(),
	}
}

test_unknown_versions if {
	_judged(null, "7.5.3153", {}) == _unknown(concat("", [
		"It is unknown ",
		"which version of the plug-in is installed",
	]))
	_judged("7.5.3153", null, {}) == _unknown(concat("", [
		"It is unknown ",
		"which version of the plug-in the Notification Server has",
	]))
	count(_judged("seven", "7.5.3153", {}).unknown) == 1
}

test_unknown_computer if {
	_judged("7.5.3153", "7.5.3153", {"status": null}) == _silent
	_judged(
		"7.1.8400", "7.5.3153",
		{"status": null},
	) == _unknown("It is unknown whether the computer is Active")
}

test_other_computers if {
	_judged("7.1.8400", "7.5.3153", {"status": "Retired"}) == _silent
	_judged(null, "7.5.3153", {"plugin": {"installed": false}}) == _silent
}

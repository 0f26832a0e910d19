package nscheck.client.plugin_not_ready_test

import data.nscheck.client.plugin_not_ready as rule

_judged(scan, tools, changes) := judged if {
	client := object.union(
		{
			"status": "Active",
			"managed": true,
			"plugin": {"installed": true},
			"packages": {"scan": {"status": scan}, "tools": {"status": tools}},
		},
		changes,
	)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
		with data.params as {"required_packages": ["plugin", "scan", "tools"]}
}

_silent := {"violation": set(), "unknown": set()}

test_ready if _judged("downloaded", "downloaded", {}) == _silent

test_one_package_is_there if {
	_judged("downloaded", "failed", {}) == _silent
	_judged("downloaded", null, {}) == _silent
	_judged("pending", "failed", {"packages": {"tools": {"last_run": {"succeeded": null}}}}) == _silent
}

test_neither_is_there if {
	_judged("pending", "failed", {}) == {
		"violation": {{
			"msg": concat("", [
				"The Software Update Plug-in is installed but not ready; ",
				"missing: Patch Install Tools, Patch Windows System Assessment Scan",
			]),
			"path": "packages",
			"expected": "downloaded",
			"actual": "missing",
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged("failed", null, {}).unknown == {{"msg": concat("", [
		"It is unknown whether ",
		"Patch Install Tools was downloaded",
	])}}
	_judged("failed", null, {}).violation == set()
	count(_judged(null, null, {}).unknown) == 1
}

test_unknown_computer if {
	_judged("failed", "failed", {"status": null}) == {
		"violation": set(),
		"unknown": {{"msg": "It is unknown whether the computer is Active"}},
	}
	_judged("failed", "downloaded", {"status": null}) == _silent
}

test_other_computers if {
	_judged("failed", "failed", {"status": "Retired"}) == _silent
	_judged("failed", "failed", {"plugin": {"installed": false}}) == _silent
}

test_one_package_is_required if {
	client := {"status": "Active", "plugin": {"installed": true}, "packages": {"scan": {"status": "failed"}}}
	params := {"required_packages": ["plugin", "scan"]}
	{v.msg | some v in rule.violation} == {concat("", [
		"The Software Update Plug-in is installed but not ready; ",
		"missing: Patch Windows System Assessment Scan",
	])} with input as client with data.params as params
	count(rule.unknown) == 1 with input as object.union(client, {"status": null}) with data.params as params
}

test_nothing_but_the_plugin_is_required if {
	every status in ["Active", null] {
		client := {"status": status, "plugin": {"installed": true}, "packages": {}}
		every required in [["plugin"], []] {
			count(rule.violation) == 0 with input as client
				with data.params as {"required_packages": required}
			count(rule.unknown) == 0 with input as client
				with data.params as {"required_packages": required}
		}
	}
}

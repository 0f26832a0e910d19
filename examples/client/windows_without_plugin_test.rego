package nscheck_examples.client.windows_without_plugin_test

import data.nscheck_examples.client.windows_without_plugin as rule

_judged(changes) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as object.union(
		{
			"status": "Active",
			"managed": true,
			"os_name": "Microsoft Windows 10 Pro",
			"plugin": {"installed": false},
		},
		changes,
	)
}

_silent := {"violation": set(), "unknown": set()}

test_without if {
	_judged({}) == {
		"violation": {{
			"msg": "Microsoft Windows 10 Pro is managed and has no Software Update Plug-in",
			"path": "plugin.installed",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
}

test_cleared if {
	every changes in [
		{"plugin": {"installed": true}},
		{"plugin": {"installed": true}, "os_name": null, "managed": null, "status": null},
		{"managed": false, "plugin": {"installed": null}},
		{"os_name": "Red Hat Enterprise Linux", "plugin": {"installed": null}},
		{"status": "Retired"},
	] {
		_judged(changes) == _silent
	}
}

test_unknown if {
	every changes, question in {
		{"plugin": {"installed": null}}: "whether the plug-in is installed",
		{"managed": null}: "whether the computer is managed",
		{"os_name": null}: "which operating system it has",
		{"status": null}: "whether the computer is Active",
	} {
		_judged(changes) == {"violation": set(), "unknown": {{"msg": sprintf("It is unknown %s", [question])}}}
	}
}

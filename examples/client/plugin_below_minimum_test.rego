package nscheck_examples.client.plugin_below_minimum_test

import data.nscheck_examples.client.plugin_below_minimum as rule

_judged(plugin, site) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown, "tally": rule.tally} with input as {
		"status": "Active",
		"managed": true,
		"plugin": plugin,
		"location": {"site": site, "sites": [site]},
	}
		with data.index as {"sites": {"LEEDS": {"name": "Leeds"}, "LAB": {"name": "Lab"}}}
		with data.params as {"plugin_minimum": "8.6", "lab_sites": ["Lab"]}
}

test_met if {
	_judged({"installed": true, "version": "8.10"}, "LEEDS") == {
		"violation": set(),
		"unknown": set(),
		"tally": {["examples_plugin_minimum", "LEEDS", "met"]},
	}
}

test_below if {
	_judged({"installed": true, "version": "8.5.3073"}, "LEEDS") == {
		"violation": {{
			"msg": "The Software Update Plug-in is 8.5.3073; the house allows none below 8.6",
			"path": "plugin.version",
			"expected": "at least 8.6",
			"actual": "8.5.3073",
		}},
		"unknown": set(),
		"tally": {["examples_plugin_minimum", "LEEDS", "below"]},
	}
}

test_unknown if {
	_judged({"installed": true, "version": null}, "LEEDS") == {
		"violation": set(),
		"unknown": {{"msg": "It is unknown which version the plug-in has"}},
		"tally": {["examples_plugin_minimum", "LEEDS", "unknown"]},
	}
}

test_not_judged if {
	every computer in [
		[{"installed": true, "version": "8.5"}, "LAB"],
		[{"installed": false, "version": null}, "LEEDS"],
	] {
		_judged(computer[0], computer[1]) == {"violation": set(), "unknown": set(), "tally": set()}
	}
}

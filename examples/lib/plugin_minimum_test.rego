package nscheck_examples.lib.plugin_minimum_test

import data.nscheck_examples.lib.plugin_minimum

_computer(changes) := object.union(
	{
		"status": "Active",
		"managed": true,
		"plugin": {"installed": true, "version": "8.5.3073"},
		"location": {"site": "LEEDS", "sites": ["LEEDS"]},
	},
	changes,
)

_of(changes) := judged if {
	judged := {"state": plugin_minimum.state, "questions": plugin_minimum.questions} with input as _computer(changes)
		with data.index as {"sites": {"LEEDS": {"name": "Leeds"}, "LAB": {"name": "Lab"}}}
		with data.params as {"plugin_minimum": "8.6", "lab_sites": ["Lab"]}
}

test_below if _of({}) == {"state": "below", "questions": set()}

test_met if {
	every version in ["8.6", "8.6.0", "8.10.12"] {
		_of({"plugin": {"version": version}}) == {"state": "met", "questions": set()}
	}
}

test_met_whatever_the_site if {
	_of({"plugin": {"version": "8.7"}, "location": null}) == {"state": "met", "questions": set()}
}

test_not_judged if {
	every changes in [
		{"status": "Retired"},
		{"plugin": {"installed": false, "version": null}},
		{"plugin": {"installed": null}, "managed": false},
		{"location": {"site": "LAB", "sites": ["LAB"]}},
		{"location": {"site": "LEEDS", "sites": ["LAB", "LEEDS"]}},
		{"location": {"site": "LAB", "sites": null}},
		{"plugin": {"version": null}, "location": {"site": "LAB", "sites": ["LAB"]}},
	] {
		not _of(changes)
	}
}

test_unknown if {
	every changes, question in {
		{"status": null}: "whether the computer is Active",
		{"plugin": {"installed": null}}: "whether the plug-in is installed",
		{"plugin": {"version": null}}: "which version the plug-in has",
		{"plugin": {"version": "8.6 RU1"}}: "which version the plug-in has",
		{"location": null}: "whether it is in a lab",
	} {
		_of(changes) == {"state": "unknown", "questions": {question}}
	}
}

test_a_house_without_lab if {
	plugin_minimum.state == "below" with input as _computer({"location": null})
		with data.params as {"plugin_minimum": "8.6", "lab_sites": []}
}

test_site if {
	plugin_minimum.site == "LEEDS" with input as _computer({})
	plugin_minimum.site == "" with input as _computer({"location": {"site": null, "sites": []}})
	plugin_minimum.site == "" with input as _computer({"location": null})
}

test_counts if {
	tally := {"examples_plugin_minimum": {"LEEDS": {"met": 3, "below": 2}}}
	plugin_minimum.sites == {"LEEDS"} with data.totals as {"tally": tally}
	plugin_minimum.count_of("LEEDS", "below") == 2 with data.totals as {"tally": tally}
	plugin_minimum.count_of("LEEDS", "unknown") == 0 with data.totals as {"tally": tally}
}

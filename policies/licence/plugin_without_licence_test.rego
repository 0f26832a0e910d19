package nscheck.licence.plugin_without_licence_test

import data.nscheck.licence.plugin_without_licence as rule

_client := {
	"status": "Active",
	"managed": true,
	"plugin": {"installed": true},
	"licence": {"in_use": true},
}

_judged(changes) := judged if {
	client := object.union(_client, changes)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with input as client
}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg}}}

test_licensed if _judged({}) == _silent

test_plugin_without_licence if {
	_judged({"licence": {"in_use": false}}) == {
		"violation": {{
			"msg": "The Software Update Plug-in is installed but no Patch Management licence is in use",
			"path": "licence.in_use",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
}

test_no_plugin if {
	_judged({"plugin": {"installed": false}, "licence": {"in_use": false}}) == _silent
}

test_not_active if {
	_judged({"status": "Retired", "licence": {"in_use": false}}) == _silent
	_judged({"status": "Retired", "licence": {"in_use": null}}) == _silent
}

test_not_managed_without_agents if {
	_judged({
		"managed": false,
		"plugin": {"installed": null},
		"licence": {"in_use": false},
	}) == _silent
}

test_unknown_plugin if {
	expected := _unknown(concat("", [
		"It is unknown whether the plug-in is installed, ",
		"for no inventory lists the computer's agents",
	]))
	_judged({"plugin": {"installed": null}, "licence": {"in_use": false}}) == expected
	_judged({
		"managed": null,
		"plugin": {"installed": null},
		"licence": {"in_use": false},
	}) == expected
}

test_unknown_licence if {
	_judged({"licence": {"in_use": null}}) == _unknown("It is unknown whether a licence is in use")
}

test_unknown_status if {
	expected := _unknown("It is unknown whether the computer is Active")
	_judged({"status": null, "licence": {"in_use": false}}) == expected
}

test_several_unknowns_are_one if {
	_judged({"status": null, "licence": {"in_use": null}}) == _unknown(concat("", [
		"It is unknown whether a licence is in use, ",
		"and whether the computer is Active",
	]))
}

test_a_known_licence_settles_it if {
	_judged({"status": null, "plugin": {"installed": null}}) == _silent
}

test_missing if {
	every section in ["plugin", "licence"] {
		client := object.remove(_client, [section])
		count(rule.violation) == 0 with input as client
		count(rule.unknown) == 0 with input as client
	}
}

test_tally if {
	client := object.union(_client, {"filters": ["F1"], "location": {"subnet": "N1"}})
	tally := rule.tally with input as client
		with data.index as {"filters": {"F1": {}}, "subnet_sites": {"N1": ["LEEDS"]}}
		with data.params as {"plugin_filter": "F1"}
	tally == {
		["licence_counts", "LEEDS", "yes", "yes", "yes"],
		["licence_facts", "yes", "yes", "yes"],
		["licence_holders", "active", "yes"],
	}
}

test_tally_counts_active_computers if {
	client := object.union(_client, {
		"status": "Retired",
		"filters": ["F1"],
		"location": {"subnet": "N1"},
	})
	tally := rule.tally with input as client
		with data.index as {"filters": {"F1": {}}, "subnet_sites": {"N1": ["LEEDS"]}}
		with data.params as {"plugin_filter": "F1"}
	tally == {["licence_holders", "other", "yes"]}
}

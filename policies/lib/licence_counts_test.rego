package nscheck.lib.licence_counts_test

import data.nscheck.lib.licence_counts

_client := {
	"managed": true,
	"plugin": {"installed": true},
	"licence": {"in_use": false},
	"filters": ["F1"],
	"location": {"subnet": "N1"},
}

_facts(changes) := _facts_with({"F1": {}}, changes)

_facts_with(filters, changes) := facts if {
	client := object.union(_client, changes)
	facts := licence_counts.computer_facts with input as client
		with data.index as {"filters": filters}
		with data.params as {"plugin_filter": "F1"}
}

_sites_of(location) := sites if {
	sites := licence_counts.computer_sites with input as {"location": location}
		with data.index as {"subnet_sites": {"N1": ["LEEDS"], "N2": ["LEEDS", "YORK"], "N3": []}}
}

test_computer_sites if {
	_sites_of({"subnet": "N1", "sites": ["LEEDS"]}) == {"LEEDS"}
	_sites_of({"subnet": "N2", "sites": null}) == {"LEEDS", "YORK"}
	_sites_of({"subnet": "N3", "sites": []}) == {""}
	_sites_of({"subnet": null, "sites": []}) == {""}
	_sites_of({"subnet": "N4", "site": null}) == {"unknown"}
	_sites_of({"subnet": null}) == {"unknown"}
	licence_counts.computer_sites == {"unknown"} with input as {} with data.index as {"subnet_sites": {}}
}

test_computer_facts if {
	_facts({}) == ["yes", "yes", "no"]
	_facts({"filters": []}) == ["yes", "no", "no"]
}

test_unknown_facts if {
	_facts({"licence": {"in_use": null}}) == ["yes", "yes", "unknown"]
	_facts({"plugin": {"installed": null}}) == ["unknown", "yes", "no"]
	_facts_with({}, {}) == ["yes", "unknown", "no"]
}

test_not_managed_without_agents if {
	_facts({
		"managed": false,
		"plugin": {"installed": null},
		"filters": [],
	}) == ["no", "no", "no"]
}

# An agent that inventory lists is installed, even if the computer counts as not managed.
test_not_managed_with_the_plugin if {
	_facts({"managed": false}) == ["yes", "yes", "no"]
	_facts({
		"managed": null,
		"plugin": {"installed": null},
	}) == ["unknown", "yes", "no"]
}

_totals := {"tally": {"licence_counts": {"LEEDS": {
	"yes": {"yes": {"yes": 20, "no": 38}, "no": {"yes": 3}},
	"no": {"yes": {"yes": 1}, "no": {"no": 7}},
	"unknown": {"no": {"no": 2}},
}}}}

test_sites if {
	licence_counts.sites == {"LEEDS"} with data.totals as _totals
	licence_counts.sites == set() with data.totals as {"tally": {}}
}

test_having if licence_counts.having("LEEDS") == [61, 59, 24] with data.totals as _totals

test_out_of_step if {
	licence_counts.out_of_step == {"LEEDS": {
		[0, ["no", "yes", "yes"], 1],
		[1, ["yes", "no", "yes"], 3],
		[2, ["yes", "yes", "no"], 38],
	}} with data.totals as _totals
}

test_stray_out_of_step if {
	not licence_counts.stray_out_of_step with data.totals as _totals
	stray := {"unknown": {"yes": {"yes": {"no": 1}}}}
	licence_counts.stray_out_of_step with data.totals as {"tally": {"licence_counts": stray}}
	licence_counts.out_of_step == {} with data.totals as {"tally": {"licence_counts": stray}}
	inventory := {"inventory_counts": {"unknown": {"yes": {"no": 1}}}}
	licence_counts.stray_out_of_step with data.totals as {"tally": inventory}
}

test_doubtful if {
	licence_counts.doubtful == {"LEEDS"} with data.totals as _totals
	every counts in [
		{"unknown": {"yes": {"yes": 1}}},
		{"no": {"unknown": {"no": 1}}},
		{"no": {"no": {"unknown": 1}}},
	] {
		licence_counts.doubtful == {"HULL"} with data.totals as {"tally": {"licence_counts": {
			"HULL": counts,
			"YORK": {"no": {"no": {"no": 1}}},
		}}}
	}
}

_inventory_facts(changes) := facts if {
	client := object.union(object.union(_client, {"inventory": {"patch_returned": true}}), changes)
	facts := licence_counts.inventory_facts with input as client
		with data.index as {"filters": {"F1": {}}}
		with data.params as {"plugin_filter": "F1"}
}

test_inventory_facts if {
	_inventory_facts({}) == ["yes", "yes"]
	_inventory_facts({"licence": {"in_use": true}}) == ["yes", "yes"]
	_inventory_facts({"filters": []}) == ["no", "yes"]
	_inventory_facts({"filters": [], "licence": {"in_use": null}}) == ["unknown", "yes"]
	_inventory_facts({"inventory": {"patch_returned": false}}) == ["yes", "no"]
	_inventory_facts({"inventory": {"patch_returned": null}}) == ["yes", "unknown"]
}

test_inventory_of_a_site if {
	totals := {"tally": {
		"licence_counts": {"LEEDS": {"yes": {"yes": {"yes": 9}}}, "YORK": {"yes": {"yes": {"yes": 9}}}},
		"inventory_counts": {
			"LEEDS": {"yes": {"yes": 4, "no": 2}, "no": {"yes": 1, "no": 1}, "unknown": {"unknown": 1}},
			"YORK": {"yes": {"yes": 8}},
		},
	}}
	licence_counts.returned("LEEDS") == 5 with data.totals as totals
	not licence_counts.returned("YORK") with data.totals as totals
	licence_counts.returned("HULL") == 0 with data.totals as totals
	licence_counts.inventory_out_of_step("LEEDS") == 3 with data.totals as totals
	licence_counts.inventory_out_of_step("HULL") == 0 with data.totals as totals
	licence_counts.inventory_doubtful == {"LEEDS"} with data.totals as totals
}

test_holder_key if {
	every status, group in {"Active": "active", "Retired": "other"} {
		licence_counts.holder_key == ["licence_holders", group, "yes"] with input as {
			"status": status,
			"licence": {"in_use": true},
		}
	}
	licence_counts.holder_key == ["licence_holders", "unknown", "unknown"] with input as {
		"status": null,
		"licence": {"in_use": null},
	}
}

test_every_fact_may_be_out_of_step if {
	counts := {
		"yes": {"yes": {"no": 6}, "no": {"yes": 4, "no": 1}},
		"no": {"yes": {"yes": 2, "no": 3}, "no": {"yes": 5}},
	}
	licence_counts.out_of_step == {"LEEDS": {
		[0, ["yes", "no", "no"], 1],
		[0, ["no", "yes", "yes"], 2],
		[1, ["no", "yes", "no"], 3],
		[1, ["yes", "no", "yes"], 4],
		[2, ["no", "no", "yes"], 5],
		[2, ["yes", "yes", "no"], 6],
	}} with data.totals as {"tally": {"licence_counts": {"LEEDS": counts}}}
}

_unplaced(facts) := {"tally": {"licence_facts": facts}, "not_counted": {"licence_counts": 1}}

test_unplaced_out_of_step if {
	licence_counts.unplaced_out_of_step == [1, 1, 0] with data.totals as _unplaced({"yes": {"yes": {"no": 1}}})
	not licence_counts.unplaced_out_of_step with data.totals as _unplaced({"yes": {"yes": {"no": 0}}})
	not licence_counts.unplaced_out_of_step with data.totals as _unplaced({"yes": {"yes": {"yes": 1}}})
}

test_unplaced_doubtful if {
	every facts in [
		{"unknown": {"yes": {"yes": 1}}},
		{"yes": {"unknown": {"yes": 1}}},
		{"yes": {"yes": {"unknown": 1}}},
	] {
		licence_counts.unplaced_doubtful with data.totals as _unplaced(facts)
	}
	not licence_counts.unplaced_doubtful with data.totals as _unplaced({"yes": {"yes": {"yes": 1, "unknown": 0}}})
}

test_facts_counted if {
	licence_counts.facts_counted with data.totals as {"tally": {"licence_facts": {"no": {}}}}
	not licence_counts.facts_counted with data.totals as {"tally": {"licence_facts": {}}}
}

package nscheck.lib.licence_counts_test

import data.nscheck.lib.licence_counts

_client := {
	"managed": true,
	"plugin": {"installed": true},
	"licence": {"in_use": false},
	"filters": ["F1"],
	"location": {"site": "LEEDS"},
}

_key(changes) := _key_with({"F1": {}}, changes)

_key_with(filters, changes) := key if {
	client := object.union(_client, changes)
	key := licence_counts.key with input as client
		with data.index as {"filters": filters}
		with data.params as {"plugin_filter": "F1"}
}

test_key if {
	_key({}) == ["licence_counts", "LEEDS", "yes", "yes", "no"]
	_key({"filters": []}) == ["licence_counts", "LEEDS", "yes", "no", "no"]
	_key({"location": {"site": null, "sites": []}}) == ["licence_counts", "", "yes", "yes", "no"]
	_key({"location": {"site": null}}) == ["licence_counts", "unknown", "yes", "yes", "no"]
}

test_unknown_facts if {
	_key({"licence": {"in_use": null}}) == ["licence_counts", "LEEDS", "yes", "yes", "unknown"]
	_key({"plugin": {"installed": null}}) == ["licence_counts", "LEEDS", "unknown", "yes", "no"]
	_key_with({}, {}) == ["licence_counts", "LEEDS", "yes", "unknown", "no"]
}

test_not_managed_without_agents if {
	_key({
		"managed": false,
		"plugin": {"installed": null},
		"filters": [],
	}) == ["licence_counts", "LEEDS", "no", "no", "no"]
}

# An agent that inventory lists is installed, even if the computer counts as not managed.
test_not_managed_with_the_plugin if {
	_key({"managed": false}) == ["licence_counts", "LEEDS", "yes", "yes", "no"]
	_key({
		"managed": null,
		"plugin": {"installed": null},
	}) == ["licence_counts", "LEEDS", "unknown", "yes", "no"]
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

_inventory_key(changes) := key if {
	client := object.union(object.union(_client, {"inventory": {"patch_returned": true}}), changes)
	key := licence_counts.inventory_key with input as client
		with data.index as {"filters": {"F1": {}}}
		with data.params as {"plugin_filter": "F1"}
}

test_inventory_key if {
	_inventory_key({}) == ["inventory_counts", "LEEDS", "yes", "yes"]
	_inventory_key({"licence": {"in_use": true}}) == ["inventory_counts", "LEEDS", "yes", "yes"]
	_inventory_key({"filters": []}) == ["inventory_counts", "LEEDS", "no", "yes"]
	_inventory_key({"filters": [], "licence": {"in_use": null}}) == ["inventory_counts", "LEEDS", "unknown", "yes"]
	_inventory_key({"inventory": {"patch_returned": false}}) == ["inventory_counts", "LEEDS", "yes", "no"]
	_inventory_key({"inventory": {"patch_returned": null}}) == ["inventory_counts", "LEEDS", "yes", "unknown"]
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

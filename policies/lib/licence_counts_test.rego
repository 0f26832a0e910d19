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
	_key({"location": {"site": null}}) == ["licence_counts", "", "yes", "yes", "no"]
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

_totals := {"tally": {"licence_counts": {"LEEDS": {
	"yes": {"yes": {"yes": 20, "no": 38}, "no": {"yes": 3}},
	"no": {"yes": {"yes": 1}, "no": {"no": 7}},
	"unknown": {"no": {"no": 2}},
}}}}

test_having if {
	counts := [licence_counts.having("LEEDS", i) | some i in [0, 1, 2]] with data.totals as _totals
	counts == [61, 59, 24]
}

test_out_of_step if {
	counts := [licence_counts.out_of_step("LEEDS", i) | some i in [0, 1, 2]] with data.totals as _totals
	counts == [1, 3, 38]
}

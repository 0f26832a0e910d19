package nscheck.lib.evidence_test

import data.nscheck.lib.evidence

_params := {"required_packages": ["plugin", "scan", "tools"]}

_client := {
	"plugin": {"installed": true},
	"packages": {
		"plugin": {"status": null},
		"scan": {"status": "downloaded", "last_run": {"return_code": 0}},
		"tools": {"status": null, "last_run": {"return_code": 1603}},
	},
	"inventory": {"patch_returned": true},
}

test_patch_inventory_returned if {
	evidence.reached == 800 with input as _client with data.params as _params
}

test_all_packages_arrived if {
	client := object.union(_client, {"inventory": {"patch_returned": false}})
	evidence.reached == 520 with input as client with data.params as _params
	evidence.arrived == {"plugin", "scan", "tools"} with input as client
		with data.params as _params
}

test_one_required_package if {
	client := {"plugin": {"installed": true}, "packages": {}, "inventory": {"patch_returned": false}}
	evidence.reached == 500 with input as client with data.params as {"required_packages": ["plugin"]}
}

test_scan_never_ran if {
	client := {
		"plugin": {"installed": true},
		"packages": {"scan": {"status": "downloaded"}, "tools": {"status": "downloaded"}},
		"inventory": {"patch_returned": false},
	}
	evidence.reached == 500 with input as client with data.params as _params
}

test_scan_succeeded if {
	client := object.union(_client, {
		"packages": {"scan": {"last_run": {"succeeded": true}}},
		"inventory": {"patch_returned": false},
	})
	evidence.reached == 700 with input as client with data.params as _params
}

# The scan's success says nothing about how the tools come to the client.
test_scan_succeeded_without_tools if {
	client := {
		"plugin": {"installed": true},
		"packages": {
			"scan": {"status": "downloaded", "last_run": {"succeeded": true}},
			"tools": {"status": "failed"},
		},
		"inventory": {"patch_returned": false},
	}
	evidence.reached == 0 with input as client with data.params as _params
}

test_some_packages_arrived if {
	client := {
		"plugin": {"installed": true},
		"packages": {
			"scan": {"status": "downloaded"},
			"tools": {"status": "failed"},
		},
		"inventory": {"patch_returned": null},
	}
	evidence.reached == 0 with input as client with data.params as _params
	evidence.arrived == {"plugin", "scan"} with input as client with data.params as _params
}

test_unknown if {
	client := {
		"plugin": {"installed": null},
		"packages": {"plugin": {"status": null}, "scan": {"status": null}},
		"inventory": {"patch_returned": null},
	}
	evidence.reached == 0 with input as client with data.params as _params
	evidence.arrived == set() with input as client with data.params as _params
}

test_missing if {
	evidence.reached == 0 with input as {} with data.params as _params
	evidence.arrived == set() with input as {} with data.params as _params
}

test_no_required_packages if {
	evidence.reached == 0 with input as {"plugin": {"installed": true}}
		with data.params as {"required_packages": []}
}

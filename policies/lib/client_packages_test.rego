package nscheck.lib.client_packages_test

import data.nscheck.lib.client_packages

_params := {"required_packages": ["plugin", "scan", "tools"]}

test_missing_and_not_shown if {
	client := {
		"plugin": {"installed": true},
		"packages": {"scan": {"status": "failed"}, "tools": {"status": null}},
	}
	client_packages.missing == {"scan"} with input as client with data.params as _params
	client_packages.not_shown == {"scan", "tools"} with input as client with data.params as _params
	client_packages.questions == {"whether Patch Install Tools was downloaded"} with input as client
		with data.params as _params
}

test_a_package_that_ran_is_not_missing if {
	client := {
		"plugin": {"installed": true},
		"packages": {
			"scan": {"status": "failed", "last_run": {"succeeded": true}},
			"tools": {"status": "pending"},
		},
	}
	client_packages.missing == {"tools"} with input as client with data.params as _params
	client_packages.questions == set() with input as client with data.params as _params
}

test_name if {
	client_packages.name("scan") == "Patch Windows System Assessment Scan"
	client_packages.name("other") == "other"
}

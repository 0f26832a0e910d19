package nscheck.lib.policies_test

import data.nscheck.lib.policies

test_resource if {
	policies.resource({"guid": "A1", "name": "Scan", "role": "plugin_install", "enabled": true}) == {
		"type": "policy",
		"guid": "A1",
		"name": "Scan",
	}
}

package nscheck.lib.packages_test

import data.nscheck.lib.packages

test_names_of_the_notification_server if {
	names := packages.names with data.params as {"required_packages": ["scan", "tools"]}
		with data.index as {"names": {"scan": "Patch Windows System Assessment Scan"}}

	names == {
		"scan": "Patch Windows System Assessment Scan",
		"tools": "Patch Install Tools",
	}
}

test_names_of_the_article if {
	names := packages.names with data.params as {"required_packages": ["plugin", "scan", "tools"]}
		with data.index as {"packages": {}}

	names == {
		"plugin": "Software Update Plug-in",
		"scan": "Patch Windows System Assessment Scan",
		"tools": "Patch Install Tools",
	}
}

package nscheck.lib.notification_server_test

import data.nscheck.lib.notification_server

test_resource if {
	resource := {"type": "server", "guid": null, "name": "NS01"}
	notification_server.resource == resource with data.estate as {"server": {
		"guid": null,
		"name": "NS01",
		"version": "7.5.3153",
	}}
}

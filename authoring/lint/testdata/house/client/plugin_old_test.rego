package acme.client.plugin_old_test

import data.acme.client.plugin_old as rule

_params := {"plugin_oldest_major": 8}

test_an_old_plug_in if {
	rule.violation == {{"msg": "Plug-in 7.5.1 is too old"}} with input as {"plugin": {"installed": true, "version": "7.5.1"}}
		with data.params as _params
}

test_a_version_that_is_not_known if {
	count(rule.unknown) == 1 with input as {"plugin": {"installed": true, "version": null}}
}

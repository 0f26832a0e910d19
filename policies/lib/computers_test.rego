package nscheck.lib.computers_test

import data.nscheck.lib.computers

_client := {"status": "Active", "managed": true, "plugin": {"installed": true}}

_but(changes) := object.union(_client, changes)

test_counts if {
	computers.active with input as _client
	computers.has_plugin with input as _client
	not computers.active_doubt(set()) with input as _client
	not computers.plugin_doubt(set()) with input as _client
}

test_own_question if {
	computers.active_doubt({"why"}) == "It is unknown why" with input as _client
	computers.plugin_doubt({"why"}) == "It is unknown why" with input as _client
}

test_not_active if {
	client := _but({"status": "Retired"})
	not computers.active with input as client
	not computers.has_plugin with input as client
	not computers.active_doubt({"why"}) with input as client
	not computers.plugin_doubt({"why"}) with input as client
}

test_unknown_status if {
	client := _but({"status": null})
	not computers.active with input as client
	not computers.has_plugin with input as client
	computers.active_doubt(set()) == "It is unknown whether the computer is Active" with input as client
	computers.plugin_doubt({"why"}) == "It is unknown whether the computer is Active, and why" with input as client
}

test_no_plugin if {
	client := _but({"plugin": {"installed": false}})
	computers.active with input as client
	not computers.has_plugin with input as client
	not computers.plugin_doubt({"why"}) with input as client
}

test_other_system if {
	every name in ["Red Hat Enterprise Linux Server 6.5", "Mac OS X 10.9", "SUNOS 5.10"] {
		client := _but({"os_name": name})
		not computers.has_plugin with input as client with data.params as _systems
		not computers.plugin_doubt({"why"}) with input as client with data.params as _systems
		computers.active with input as client with data.params as _systems
	}
}

test_windows_or_unknown_system if {
	every name in ["Windows 7", "Microsoft Windows 10 with Windows Subsystem for Linux", "Win7", null] {
		client := _but({"os_name": name})
		computers.has_plugin with input as client with data.params as _systems
	}
}

_systems := {"other_systems": ["Linux", "mac os", "SunOS"]}

test_unknown_plugin if {
	client := _but({"plugin": {"installed": null}})
	not computers.has_plugin with input as client
	computers.plugin_doubt(set()) == concat("", [
		"It is unknown whether the plug-in is installed, ",
		"for no inventory lists the computer's agents",
	]) with input as client
}

test_not_managed_without_agents if {
	client := _but({"managed": false, "plugin": {"installed": null}})
	not computers.plugin_doubt({"why"}) with input as client
	computers.active_doubt({"why"}) with input as client
}

# An agent that inventory lists is installed, even if the computer counts as not managed.
test_not_managed_with_the_plugin if {
	client := _but({"managed": false})
	computers.has_plugin with input as client
	not computers.plugin_doubt(set()) with input as client
	computers.plugin_doubt({"why"}) == "It is unknown why" with input as client
	unknown := _but({"managed": null, "plugin": {"installed": null}})
	computers.plugin_doubt({"why"}) with input as unknown
}

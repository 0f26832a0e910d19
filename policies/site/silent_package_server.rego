# METADATA
# title: Package server silent, or with an agent that is not the newest
# description: |
#   A package server that has sent no basic inventory and whose task agent has not
#   registered for days is switched off, cut off, or its agent is broken; what the
#   Notification Server believes about its packages is then as old. One of the two
#   alone is no proof. An agent older than the one that the Notification Server
#   offers was left out of an upgrade and may handle packages in another way than
#   the server expects.
# related_resources:
#   - ref: KB181405
#     description: The status of packages travels as an event and stays wrong when one is lost.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-SITE-006
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - text: |
#         A silent package server: see that the computer is on and reaches the Notification
#         Server, and that its agent service runs; read the agent's logs there; then send basic
#         inventory from the agent and see that it arrives. If the computer is gone for good,
#         remove the package service from it under Settings > Notification Server > Site Server
#         Settings (in 6.x under Site Maintenance), and make sure that its sites have another
#         package server.
#
#         An outdated agent: let the agent upgrade policy reach the computer; the filter "Windows
#         Computers Requiring Symantec Management Agent Upgrade" lists those that wait for it.
#         Then, in the package server's GUI, use all the buttons of the Package Server tab to
#         refresh (Update Package, Refresh Package, Resend Package info).
package nscheck.site.silent_package_server

import data.nscheck.lib.package_servers
import data.nscheck.lib.text
import data.nscheck.lib.versions

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"expected": sprintf("at most %s", [text.count_of(data.params.package_server_silent_days, "day")]),
	"actual": min([server.basic_inventory_age_days, server.task_registration_age_days]),
} if {
	some server in data.estate.package_servers
	_stale(server.basic_inventory_age_days)
	_stale(server.task_registration_age_days)
	msg := sprintf("%s is silent: its basic inventory is %s, its task registration %s", [
		sprintf("Package server %s", [server.name]),
		text.age(server.basic_inventory_age_days),
		text.age(server.task_registration_age_days),
	])
}

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"path": sprintf("package_servers[%s].agent_version", [server.name]),
	"expected": data.estate.server.version,
	"actual": server.agent_version,
} if {
	some server in data.estate.package_servers
	versions.older(server.agent_version, data.estate.server.version)
	msg := sprintf("Package server %s runs agent %s, older than %s of the Notification Server", [
		server.name,
		server.agent_version,
		data.estate.server.version,
	])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some server in data.estate.package_servers
	not _fresh(server.basic_inventory_age_days)
	not _fresh(server.task_registration_age_days)
	missing := [what |
		some [what, age] in [
			["its basic inventory", server.basic_inventory_age_days],
			["its task registration", server.task_registration_age_days],
		]
		age == null
	]
	count(missing) > 0
	msg := sprintf("It is unknown how old %s is", [concat(" or ", missing)])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some server in data.estate.package_servers
	missing := [what |
		some [what, version] in [
			["on it", server.agent_version],
			["that the Notification Server offers", data.estate.server.version],
		]
		not versions.numbers(version)
	]
	count(missing) > 0
	msg := sprintf("The agent version %s is unknown", [concat(" or ", missing)])
}

_stale(age) if {
	age != null
	age > data.params.package_server_silent_days
}

_fresh(age) if {
	age != null
	age <= data.params.package_server_silent_days
}

# METADATA
# title: Package server without task services
# description: |
#   The article asks for the Task Server services on the package servers, among the
#   settings to check where clients do not get their packages. It does not say that
#   a package server without them hands out none, so that this is a possible cause
#   only.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, Task Server services on the package servers.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: NS-SITE-004
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001]
#   chain: 150
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), add the task service to the package server that the finding
#         names and wait until its services are installed and running there. Then, in the package
#         server's GUI, use all the buttons of the Package Server tab to refresh (Update Package,
#         Refresh Package, Resend Package info).
package nscheck.site.no_task_services

import data.nscheck.lib.package_servers

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": sprintf("Package server %s does not have the Task Server services", [server.name]),
	"resource": package_servers.resource(server),
	"path": sprintf("package_servers[%s].task_service", [server.name]),
	"expected": true,
	"actual": false,
} if {
	some server in data.estate.package_servers
	server.task_service == false
}

affects(finding) := [{"site": site, "certainty": "possible"} |
	some site in data.index.package_server_sites[finding.resource.guid]
]

unknown contains {
	"msg": "It is unknown whether the Task Server services are installed",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	server.task_service == null
}

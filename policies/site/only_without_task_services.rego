# METADATA
# title: Packages reach a site only through package servers without task services
# description: |
#   The article asks for task services on the package servers. Where the package
#   servers of a site that have them are constrained or not enabled in the vendor policy,
#   every package for the site depends on one without task services. It may still
#   serve packages, so this is a possible cause only. A site all of whose package
#   servers lack the task services is not reported here.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, ensure the package servers have the Task Server Services installed.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-013
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001]
#   chain: 145
#   remediation:
#     - ref: TECH170397
#       text: |
#         Install the Task Server services on the package server that the finding names, or open a
#         way over one that has them: enable it in the vendor policy's Policy and Package Settings,
#         or clear its constrained setting, in the console under Settings > Notification Server >
#         Site Server Settings (in 6.x under Site Maintenance). Then, in the package servers' GUI,
#         use all the buttons of the Package Server tab to refresh (Update Package, Refresh
#         Package, Resend Package info) and check that the packages become ready.
package nscheck.site.only_without_task_services

import data.nscheck.lib.cut_sites
import data.nscheck.lib.names
import data.nscheck.lib.package_servers
import data.nscheck.lib.sites
import data.nscheck.lib.text
import data.nscheck.lib.ways

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": sites.resource(site),
	"expected": "a package server with task services that gets packages",
	"actual": "none",
	"paths": sort({path | some path in cut_sites.settings(closed)} | _task_settings(weak)),
	"affects": [{"site": site.guid, "certainty": "possible"}],
} if {
	some site in data.estate.sites
	site.guid in ways.only_without_task_services
	total := data.totals.sites[site.guid].clients
	servers := {server | some server in data.index.site_package_servers[site.guid]}
	weak := servers & ways.without_task_services
	closed := servers - weak
	msg := sprintf("Packages reach the %s of site %s only through %s, without task services; %s", [
		text.count_of(total, "client"),
		site.name,
		text.list_of(sort([names.of(server, server) | some server in weak])),
		cut_sites.reasons(closed),
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	site.guid in ways.only_without_task_services
	not data.totals.sites[site.guid]
	sites.may_have_clients(site.guid)
	msg := concat("", [
		"Packages reach it only through package servers without task services; ",
		"unknown: whether it has clients",
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	sites.may_have_clients(site.guid)
	_in_doubt(site.guid)
	msg := "It is unknown whether packages reach it only through package servers without task services"
}

# Only a site with a package server that may lack the task services, and another one that
# may have them and may not get packages, can depend on the first.
_in_doubt(site) if {
	not site in ways.open_with_task_services
	not site in ways.only_without_task_services
	not site in ways.closed
	servers := {server | some server in data.index.site_package_servers[site]}
	count(servers - ways.with_task_services) > 0
	count(servers & _doubtful) > 0
	count(servers) > 1
}

# Package servers that may have task services and may not get packages.
_doubtful := (ways.perhaps_unassigned | ways.perhaps_constrained) - ways.without_task_services

_task_settings(servers) := {path |
	some server in servers
	path := sprintf("package_servers[%s].task_service", [names.of(server, server)])
}

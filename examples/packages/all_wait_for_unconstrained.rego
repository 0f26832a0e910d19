# METADATA
# title: All package servers of a site wait behind an unconstrained one
# description: |
#   A constrained package server pulls packages only from other package servers of its site,
#   and only an unconstrained one pulls them from the Notification Server. Where a package is
#   ready on none of them, the constrained ones cannot get it before an unconstrained one has
#   it. The built-in NS-PKG-001 finds each of the servers; this rule says with which to
#   begin. The status is that on the Notification Server: it travels as an event and
#   stays wrong when one is lost. A site without any unconstrained package server is a
#   finding of NS-SITE-003.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, constrained and unconstrained package servers.
#   - ref: KB181405
#     description: Package servers with stale codebases, 7.x and 8.x.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: EX-PKG-001
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-004]
#   chain: 410
#   remediation:
#     - ref: TECH170397
#       text: |
#         Begin with the unconstrained package servers that the finding names. In the GUI of one
#         use all the buttons of the Package Server tab to refresh (Update Package, Refresh
#         Package, Resend Package info), check its logs for problems with the package, and watch
#         the package become ready. Only then refresh the constrained ones in the same way.
package nscheck_examples.packages.all_wait_for_unconstrained

import data.nscheck_examples.lib.sites

violation contains {
	"msg": sprintf("Site %s has %s on no package server; %s pulls it from the Notification Server, and %s waits for that", [
		site.name,
		_names[role],
		_list(_feeders(site)),
		_list(_constrained(site)),
	]),
	"resource": sites.resource(site),
	"package": role,
	"expected": sprintf("ready on %s", [_list(_feeders(site))]),
	"actual": sort([sprintf("%s on %s", [server.packages[role].status, server.name]) | some server in sites.servers(site)]),
} if {
	some site in data.estate.sites
	sites.stray_servers(site) == 0
	count(_feeders(site)) > 0
	count(_constrained(site)) > 0
	some role, _ in _names
	every server in sites.servers(site) {
		is_boolean(server.constrained)
		_unready(server, role)
	}
}

affects(finding) := [{
	"site": finding.resource.guid,
	"package": finding["package"],
	"certainty": "sure",
}]

unknown contains {
	"msg": sprintf("%s may wait behind an unconstrained package server; unknown: %s", [
		_names[role],
		concat("; ", questions),
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	count(_waiting(site)) + sites.stray_servers(site) > 0
	count(sites.servers(site)) + sites.stray_servers(site) > 1
	_may_have_feeder(site)
	some role, _ in _names
	not _ready_somewhere(site, role)
	questions := _questions(site, role)
	count(questions) > 0
}

_names := {
	"plugin": "Software Update Plug-in",
	"scan": "Patch Windows System Assessment Scan",
	"tools": "Patch Install Tools",
}

_unready(server, role) if server.packages[role].status in {"pending", "not_ready", "invalid"}

_feeders(site) := [server | some server in sites.servers(site); server.constrained == false]

_constrained(site) := [server | some server in sites.servers(site); server.constrained == true]

# Package servers that are not known to pull from the Notification Server.
_waiting(site) := [server | some server in sites.servers(site); server.constrained != false]

_may_have_feeder(site) if {
	some server in sites.servers(site)
	server.constrained != true
}

_may_have_feeder(site) if sites.stray_servers(site) > 0

_ready_somewhere(site, role) if {
	some server in sites.servers(site)
	server.packages[role].status == "ready"
}

_questions(site, role) := union({
	{sprintf("whether %s is constrained", [server.name]) |
		some server in sites.servers(site)
		server.constrained == null
	},
	{sprintf("its status on %s", [server.name]) |
		some server in sites.servers(site)
		not _unready(server, role)
	},
	{msg |
		strays := sites.stray_servers(site)
		strays > 0
		msg := sprintf("all sites of %s", [sites.count_of(strays, "package server")])
	},
})

_list(servers) := concat(" and ", sort([server.name | some server in servers]))

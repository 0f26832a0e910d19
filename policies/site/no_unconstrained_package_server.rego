# METADATA
# title: Site has no unconstrained package server
# description: |
#   A constrained package server pulls packages only from other package servers
#   of its site; an unconstrained one pulls them from the Notification Server.
#   Where all package servers of a site are constrained, no package ever enters
#   the site: not the assessment scan, not the install tools, and no update
#   later. All of its clients stay unlicensed and return no patch inventory. A
#   site without any package server is a fault of its own and not reported here. If
#   one of the constrained package servers is also in a site with an unconstrained one,
#   packages may come that way, and the fault is a possible cause only.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, at least 1 unconstrained package server in each site.
#   - ref: KB164756
#     description: How sites, subnets and site servers belong together.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-003
#   severity: critical
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-002, NS-PKG-004, NS-SITE-008]
#   chain: 130
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), open the site that the finding names and clear the constrained
#         setting of at least one of its package servers, so that it pulls packages from the
#         Notification Server, or assign an unconstrained package server to the site. Then, in
#         that package server's GUI, use all the buttons of the Package Server tab to refresh
#         (Update Package, Refresh Package, Resend Package info) and watch the packages become
#         ready, first on this server and after it on the constrained ones.
package nscheck.site.no_unconstrained_package_server

import data.nscheck.lib.names
import data.nscheck.lib.package_servers
import data.nscheck.lib.sites
import data.nscheck.lib.text
import data.nscheck.lib.ways

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": sites.resource(site),
	"expected": "at least 1 unconstrained package server",
	"actual": "none",
	"paths": _settings(servers),
	"affects": [{"site": site.guid, "certainty": _certainty(site.guid)}],
} if {
	some site in data.estate.sites
	servers := _not_unconstrained[site.guid]
	count(_open_questions(site, servers)) == 0
	total := data.totals.sites[site.guid].clients
	msg := sprintf("Site %s has %s; its %s cannot get packages from the Notification Server", [
		site.name,
		_all_constrained(count(servers)),
		text.count_of(total, "client"),
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some site in data.estate.sites
	servers := _not_unconstrained[site.guid]
	sites.may_have_clients(site.guid)
	questions := _open_questions(site, servers)
	count(questions) > 0
	msg := sprintf("No package server of this site is known to be unconstrained; unknown: %s", [
		concat("; ", questions),
	])
}

unknown contains lost if some lost in sites.unknown_of_lost

# A constrained package server that is in a second site may pull from there.
_certainty(site) := "sure" if {
	site in ways.closed_by_constraint
} else := "possible"

_settings(servers) := sort([sprintf("package_servers[%s].constrained", [names.of(server, server)]) |
	some server in servers
])

_all_constrained(1) := "1 package server and it is constrained"

_all_constrained(n) := sprintf("%d package servers and all are constrained", [n]) if n > 1

# What has to be known before a site without a known unconstrained server is a fault.
_open_questions(site, servers) := union({
	{sprintf("whether %s is constrained", [names.of(server, server)]) | some server in servers; server in _undetermined},
	{msg |
		stray := count(_stray - {server | some server in servers})
		stray > 0
		msg := sprintf("all sites of %s", [text.count_of(stray, "other package server")])
	},
	{"whether it has clients" | not data.totals.sites[site.guid]},
})

_not_unconstrained := {site: servers |
	some site, servers in data.index.site_package_servers
	count(servers) > 0
	every server in servers {
		not server in _unconstrained
	}
}

_unconstrained := {server.guid |
	some server in data.estate.package_servers
	server.constrained == false
}

_undetermined := {server.guid |
	some server in data.estate.package_servers
	server.constrained == null
}

# Servers that may be the unconstrained one of a site that they are not known to serve.
_stray := package_servers.strays({server.guid |
	some server in data.estate.package_servers
	server.constrained != true
})

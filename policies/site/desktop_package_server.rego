# METADATA
# title: Package server on a desktop Windows has too many clients
# description: |
#   A desktop Windows accepts 10 or 20 connections at a time. A package server on
#   such a computer turns the other clients of its sites away when they ask
#   together, as they do when a new package arrives. The clients of a site are
#   counted as shared evenly by its package servers.
# related_resources:
#   - ref: KB390448
#     description: Site servers on a desktop Windows serve only 10 or 20 connections.
#   - ref: KB416627
#     description: Where the console has Site Server Settings.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
#   - data.totals: schema.totals
# custom:
#   id: NS-SITE-007
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - ref: KB390448
#       text: |
#         In the console, under Settings > Notification Server > Site Server Settings (in 6.x
#         under Site Maintenance), assign further package servers to the sites that the finding
#         names, until each has few enough clients, or move the package service of those sites to
#         a computer with a Windows Server. Then, in the GUI of the package servers that are new
#         there, use all the buttons of the Package Server tab to refresh (Update Package, Refresh
#         Package, Resend Package info) and watch the packages become ready.
package nscheck.site.desktop_package_server

import data.nscheck.lib.clients
import data.nscheck.lib.names
import data.nscheck.lib.package_servers
import data.nscheck.lib.text

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"expected": sprintf("at most %s", [text.count_of(_limit, "client")]),
	"actual": share,
} if {
	some server in data.estate.package_servers
	_exceeds(server)
	share := ceil(_share(server, count(data.index.unplaced_package_servers)))
	msg := sprintf("Package server %s runs on %s and has %s to serve in %s, more than %d", [
		server.name,
		server.os_name,
		text.count_of(share, "client"),
		concat(" and ", _sites(server)),
		_limit,
	])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some server in data.estate.package_servers
	_maybe_desktop(server.os_name)
	_may_exceed(server)
	not _exceeds(server)
	msg := sprintf("It may have too many clients for a desktop Windows; unknown: %s", [
		concat("; ", _open_questions(server)),
	])
}

_limit := data.params.desktop_server_max_clients

_desktop(os_name) if {
	is_string(os_name)
	regex.match(`(?i)windows (xp|vista|7|8|8\.1|10|11)( |$)`, os_name)
	not contains(lower(os_name), "server")
}

# Some names do not decide it, such as Windows 2003 Standard Edition.
_maybe_desktop(os_name) if {
	is_string(os_name)
	contains(lower(os_name), "windows")
	not contains(lower(os_name), "server")
}

_maybe_desktop(null)

_exceeds(server) if {
	_desktop(server.os_name)
	_share(server, count(data.index.unplaced_package_servers)) - clients.unrecognised_servers > _limit
}

_may_exceed(server) if (_share(server, 0) + clients.of_unknown_site) + _perhaps(server) > _limit

_may_exceed(server) if {
	data.index.unplaced_package_servers[server.guid]
	data.totals.clients > _limit
}

# Clients of its sites that are not counted, because they may be the Notification Server.
_perhaps(server) := count([site |
	some site in data.index.package_server_sites[server.guid]
	data.totals.perhaps_empty.sites[site]
])

# The clients of its sites, each shared by the package servers of the site and by
# others that may belong to it.
_share(server, others) := sum([share |
	some site in data.index.package_server_sites[server.guid]
	servers := count(data.index.site_package_servers[site]) + others
	share := data.totals.sites[site].clients / servers
])

_sites(server) := sort([names.of(site, site) |
	some site in data.index.package_server_sites[server.guid]
	data.totals.sites[site]
])

_open_questions(server) := union({
	{"whether its Windows is a desktop one" | not _desktop(server.os_name)},
	{sprintf("all sites of %s", [text.count_of(strays, "package server")]) |
		strays := count(data.index.unplaced_package_servers)
		strays > 0
	},
	{sprintf("the sites of %s", [text.count_of(clients.of_unknown_site, "client")]) |
		clients.of_unknown_site > 0
	},
	{"whether the Notification Server is among the clients" | clients.unrecognised_servers > 0},
})

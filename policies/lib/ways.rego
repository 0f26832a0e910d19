# METADATA
# title: The ways of packages to sites, from the settings alone
# description: |
#   A package leaves the Notification Server for the unconstrained package servers
#   that a vendor policy assigns it to. A constrained package server that is assigned
#   it pulls it from other package servers of its sites. Clients download it from the
#   package servers of their sites, or from the Notification Server itself unless the
#   settings of their site prevent that. What was observed (statuses, codebases) plays no
#   part: a way that is open by the settings may still be blocked.
#
#   What is not known leaves a way open in "possible" answers and closes it in "sure"
#   ones, so that a site is closed or open only if no unknown setting can change that.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
package nscheck.lib.ways

import data.nscheck.lib.distribution
import data.nscheck.lib.names
import data.nscheck.lib.vendor_policies
import data.nscheck.lib.versions

# METADATA
# description: |
#   Sites whose package servers cannot get packages because of the constrained setting
#   alone: even if all of them were assigned all packages.
closed_by_constraint := _closed(_holders(_all, _may_be_unconstrained))

# METADATA
# description: Sites none of whose package servers is assigned packages.
closed_by_assignment := _closed(_may_be_assigned)

# METADATA
# description: The clients of the sites that the assignment closes, as selectors.
closed_sites := [{"site": site, "certainty": "sure"} | some site in sort(closed_by_assignment)]

# METADATA
# description: |
#   Sites whose package servers cannot get packages, by constrained setting and
#   assignment together.
closed := _closed(may_receive)

# METADATA
# description: Sites with a package server that gets packages, whatever is unknown.
open := {site |
	some site, servers in data.index.site_package_servers
	some server in servers
	server in receives
}

# METADATA
# description: |
#   Sites that packages reach, and only through package servers without task services,
#   although another package server of the site has them.
only_without_task_services := {site |
	some site in (_closed(_holders(_may_be_assigned - without_task_services, _may_be_unconstrained)) & open)
	some server in data.index.site_package_servers[site]
	server in with_task_services
}

# METADATA
# description: |
#   Sites that packages reach, whatever is unknown, without a package server that may have
#   no task services.
open_with_task_services := {site |
	some site, servers in data.index.site_package_servers
	some server in servers
	server in _receive_with_task_services
}

_receive_with_task_services := graph.reachable(
	_edges(_assigned & with_task_services, _unconstrained, set()),
	{_notification_server},
) & (_assigned & with_task_services)

# METADATA
# description: |
#   Sites whose clients may download from the Notification Server itself, whatever is
#   unknown. The setting that prevents it came with 8.5 RU3 (8.5.5032), so an older
#   platform cannot prevent it.
ns_open := {site.guid |
	some site in data.estate.sites
	_allows_ns(site)
}

# METADATA
# description: Sites that prevent their clients from downloading from the Notification Server.
ns_closed := {site.guid |
	some site in data.estate.sites
	"Ns" in site.prevent_downloads
}

_allows_ns(site) if {
	site.prevent_downloads
	not "Ns" in site.prevent_downloads
}

_allows_ns(site) if {
	not site.prevent_downloads
	versions.older(data.estate.server.version, "8.5.5032")
}

# METADATA
# description: Package servers that may get packages from the Notification Server or another package server.
may_receive := _holders(_may_be_assigned, _may_be_unconstrained)

# METADATA
# description: Package servers that get packages, whatever is unknown.
receives := graph.reachable(
	_edges(_assigned, _unconstrained, set()),
	{_notification_server},
) & _assigned

# METADATA
# description: Package servers that are known to be constrained.
constrained := {server.guid |
	some server in data.estate.package_servers
	server.constrained == true
}

# METADATA
# description: Package servers that are not known to be unconstrained.
perhaps_constrained := _all - _unconstrained

# METADATA
# description: Package servers that are known to have no task services.
without_task_services := {server.guid |
	some server in data.estate.package_servers
	server.task_service == false
}

# METADATA
# description: Package servers that are known to have task services.
with_task_services := {server.guid |
	some server in data.estate.package_servers
	server.task_service == true
}

# METADATA
# description: Package servers that no vendor policy assigns packages to, for sure.
unassigned := vendor_policies.left_out | {server |
	vendor_policies.none_on
	some server in _all
}

# METADATA
# description: Package servers that a vendor policy is not known to assign packages to.
perhaps_unassigned := _all - _assigned

# METADATA
# description: |
#   The settings that keep packages from a package server, each as its path, which names
#   the object as reports of settings do, and a sentence. Of a package server that is
#   assigned packages it is the constrained setting.
settings(server) := [_assignment_setting(policy, server) | some policy in distribution.windows_policies] if {
	server in unassigned
} else := [[
	sprintf("package_servers[%s].constrained", [names.of(server, server)]),
	sprintf("%s is constrained, and no package server of its sites can give it packages", [
		names.of(server, server),
	]),
]]

# METADATA
# description: |
#   The package servers of a site with the effect of the settings on packages on their way
#   to each: whether it receives them (yes, no or unknown), the names of its sources, the
#   settings that keep packages from it, and what is unknown. A server that is assigned
#   packages by site or automatically may not get them, whatever the setting says.
hops(site) := [hop |
	some server in data.index.site_package_servers[site]
	hop := {
		"guid": server,
		"name": names.of(server, server),
		"receives": _receives(server),
		"from": _sources(server),
		"breaks": sort([msg | not server in may_receive; some [_, msg] in settings(server)]),
		"unknown": sort([question | server in may_receive; some question in _questions(server)]),
	}
]

_receives(server) := "yes" if {
	server in receives
	count(_questions(server)) == 0
} else := "unknown" if {
	server in may_receive
} else := "no"

_questions(server) := ({sprintf("whether %s is constrained", [names.of(server, server)]) |
	server in (perhaps_constrained - constrained)
} | {sprintf("whether a vendor policy assigns packages to %s", [names.of(server, server)]) |
	not server in _assigned_by_name
}) | {"whether its sources get packages" |
	server in constrained
	not server in receives
}

_assigned_by_name := {server |
	some server in _all
	some policy in distribution.windows_policies
	policy.enabled == true
	policy.package_assignment.type != "site"
	_assigns(policy, server)
}

_sources(server) := ["Notification Server"] if {
	server in receives
	server in _unconstrained
} else := _names(near) if {
	near := _neighbours(server) & _unconstrained
	count(near) > 0
} else := _names(_neighbours(server))

# The package servers that get packages and share a site with one that does.
_neighbours(server) := {other |
	some site in data.index.package_server_sites[server]
	some other in data.index.site_package_servers[site]
	other != server
	other in receives
} if {
	server in receives
} else := set()

_names(servers) := sort([names.of(server, server) | some server in servers])

_assignment_setting(policy, server) := [
	sprintf("vendor_policies[%s].enabled", [policy.name]),
	sprintf("%s is off", [policy.name]),
] if {
	policy.enabled == false
} else := [
	sprintf("vendor_policies[%s].package_assignment.package_servers", [policy.name]),
	sprintf("%s does not enable %s", [policy.name, names.of(server, server)]),
]

# Sites with package servers none of which is among the holders. A package server that
# may belong to further sites may be the holder of any site.
_closed(holders) := {site |
	count(_strays & holders) == 0
	some site, servers in data.index.site_package_servers
	count(servers) > 0
	every server in servers {
		not server in holders
	}
}

_holders(assigned, unconstrained) := graph.reachable(
	_edges(assigned, unconstrained, _strays),
	{_notification_server},
) & assigned

# The sources of packages: the Notification Server to unconstrained package servers,
# and a package server, by way of its sites, to the other ones of these sites. A stray
# may be in any site.
_edges(assigned, unconstrained, strays) := object.union_n([
	{_notification_server: assigned & unconstrained, _any_site: object.keys(data.index.site_package_servers)},
	{server: sites |
		some server in assigned
		sites := data.index.package_server_sites[server]
	},
	{server: {_any_site} | some server in (assigned & strays)},
	{site: members |
		some site, servers in data.index.site_package_servers
		members := ({server | some server in servers} | strays) & assigned
	},
])

_notification_server := "Notification Server"

_any_site := "any site"

_strays := {server | some server, _ in data.index.unplaced_package_servers}

_all := {server.guid | some server in data.estate.package_servers}

_may_be_assigned := _all - unassigned

_may_be_unconstrained := _all - constrained

_unconstrained := {server.guid |
	some server in data.estate.package_servers
	server.constrained == false
}

_assigned := {server |
	some server in _all
	some policy in distribution.windows_policies
	policy.enabled == true
	_assigns(policy, server)
}

_assigns(policy, server) if {
	policy.package_assignment.type == "individual"
	server in policy.package_assignment.package_servers
}

# By site, or automatically with manual prestaging: findings of their own.
_assigns(policy, _) if policy.package_assignment.type in {"all", "site"}

# METADATA
# title: What a fault of a vendor policy leaves undone
# description: |
#   A vendor policy assigns packages to package servers. The affected clients
#   follow from the assignments: a package server with neither a status row nor a
#   codebase of a package was never assigned it. Without a status row alone that is
#   possible only, because rows are lost. If another policy may assign packages as well, it
#   is not known which of them the required ones belong to, so no policy is the sure
#   cause. Policies for other vendors affect no Windows client.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
package nscheck.lib.distribution

import data.nscheck.lib.package_servers
import data.nscheck.lib.package_status

# METADATA
# description: The vendor policy as the resource of a finding.
resource(policy) := {"type": "vendor_policy", "guid": policy.guid, "name": policy.name}

# METADATA
# description: The policy's AssignmentType, null where unknown.
assignment(policy) := object.get(policy, ["package_assignment", "type"], null)

# METADATA
# description: The policy's AutomaticSiteAssignment, null where unknown.
automatic(policy) := object.get(policy, ["package_assignment", "automatic_site_assignment"], null)

# METADATA
# description: Whether a policy is one for Windows clients.
serves_windows(policy) if {
	every vendor in data.params.other_vendors {
		not contains(lower(policy.name), lower(vendor))
	}
}

# METADATA
# description: |
#   The vendor policies for Windows clients. Every rule about vendor policies looks at
#   these only: the settings of the others affect no Windows client.
windows_policies := [policy |
	some policy in data.estate.vendor_policies
	serves_windows(policy)
]

# METADATA
# description: |
#   Sites where a required package was never assigned to a package server, because of
#   the vendor policy of a GUID. Whether a site has clients does not matter: one without
#   affects no client.
starved_by(guid) := [selector |
	some site, servers in data.index.site_package_servers
	some role in data.params.required_packages
	_any_lacks(servers, role)
	selector := {
		"site": site,
		"package": role,
		"certainty": _unless(
			_another_assigns(guid, {server | some server in servers} | _strays),
			package_servers.certainty(site, package_status.unserved[role]),
		),
	}
]

# METADATA
# description: |
#   All clients that lack a package, because of the vendor policy of a GUID; for sure
#   where it was never assigned to any package server. Null stands for all policies.
everywhere_by(guid) := [selector |
	some role in data.params.required_packages
	selector := {"all": true, "package": role, "certainty": _unless(_another_assigns(guid, _all), _certainty(role))}
]

_certainty(role) := "sure" if {
	count(data.estate.package_servers) > 0
	every server in data.estate.package_servers {
		server.guid in package_status.unserved[role]
	}
} else := "possible"

_any_lacks(servers, role) if {
	some server in servers
	not server in _assigned[role]
}

# A package server has been assigned what it has a status of, and what it serves.
_assigned := {role: servers |
	some role in data.params.required_packages
	served := object.get(package_status.serving, role, set())
	servers := served | {server.guid |
		some server in data.estate.package_servers
		server.packages[role]
	}
}

# A sure cause is only a possible one if something else may be in force.
_unless(false, certainty) := certainty

_unless(true, _) := "possible"

# Whether another policy than that of a GUID may assign packages to some of the servers.
_another_assigns(guid, servers) if {
	guid != null
	some policy in windows_policies
	policy.guid != guid
	policy.enabled != false
	assignment(policy) != "site"
	automatic(policy) != true
	_may_enable(policy, servers)
} else := false

_may_enable(policy, _) if assignment(policy) != "individual"

_may_enable(policy, _) if not policy.package_assignment.package_servers

_may_enable(policy, servers) if {
	some server in policy.package_assignment.package_servers
	server in servers
}

_strays := {server | some server, _ in data.index.unplaced_package_servers}

_all := {server.guid | some server in data.estate.package_servers}

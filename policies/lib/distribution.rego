# METADATA
# title: What a fault of a vendor policy leaves undone
# description: |
#   A vendor policy assigns packages to package servers. Whom its fault harms is
#   read from what was assigned: a package server with neither a status row nor a
#   codebase of a package was never assigned it. Without a status row alone that is
#   possible only, for rows are lost. Policies for other vendors harm no Windows
#   client.
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
#   Sites where a required package was never assigned to a package server. Whether a
#   site has clients does not matter: one without harms nobody.
starved := [selector |
	some site, servers in data.index.site_package_servers
	some role in data.params.required_packages
	_any_lacks(servers, role)
	selector := {
		"site": site,
		"package": role,
		"certainty": package_servers.certainty(site, package_status.unserved[role]),
	}
]

# METADATA
# description: |
#   All clients that lack a package; for sure where it was never assigned to any
#   package server.
everywhere := [selector |
	some role in data.params.required_packages
	selector := {"all": true, "package": role, "certainty": _certainty(role)}
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

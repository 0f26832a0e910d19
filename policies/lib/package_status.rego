# METADATA
# title: The required packages on package servers
# description: |
#   Which package servers have a required package, by its role, to the extent that this is
#   known: by the status that they reported, and by the codebases of the package.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
package nscheck.lib.package_status

import data.nscheck.lib.package_servers
import data.nscheck.lib.versions

# METADATA
# description: The statuses of a package that is not ready, in words.
unready_words := {"pending": "pending", "not_ready": "not ready", "invalid": "invalid"}

# METADATA
# description: Package servers on which a package is ready.
ready := {role: servers |
	some role in data.params.required_packages
	servers := {server.guid |
		some server in data.estate.package_servers
		server.packages[role].status == "ready"
	}
}

# METADATA
# description: |
#   The statuses of required packages that are not ready, as server, role and row; the
#   status itself may be unknown.
others := [other |
	some server in data.estate.package_servers
	some role, row in server.packages
	row.status != "ready"
	role in data.params.required_packages
	other := {"server": server, "role": role, "row": row}
]

# METADATA
# description: Package servers on which a package is known not to be ready.
unready := {role: servers |
	some role in data.params.required_packages
	servers := unserved[role] | {other.server.guid |
		some other in others
		other.role == role
		unready_words[other.row.status]
	}
}

# METADATA
# description: Package servers that report statuses, but none of a package.
unlisted := {role: servers |
	some role in data.params.required_packages
	servers := {server.guid |
		some server in data.estate.package_servers
		not server.packages[role]
		server.packages
	}
}

# METADATA
# description: |
#   Package servers that have no status of a package, and none of its codebases
#   either. None is known while a host of a codebase is not identified, for that
#   host may be any of them.
unserved := {role: servers |
	some role, without_status in unlisted
	servers := {server |
		with_codebase := serving[role]
		strange[role] == 0
		some server in (without_status - with_codebase)
	}
}

# METADATA
# description: |
#   Ready package servers that hold another revision of a package than the
#   Notification Server. A revision changes with the package's snapshot.
stale := {role: servers |
	some role in data.params.required_packages
	servers := {server.guid |
		revision := data.index.packages[role].revision
		some server in data.estate.package_servers
		server.packages[role].revision != revision
		server.packages[role].status == "ready"
		server.packages[role].revision != null
		_differ(server.packages[role].revision, revision)
	}
}

_differ(a, b) if {
	is_string(b)
	not _same(a, b)
}

_same(a, b) if trim_space(a) == trim_space(b)

_same(a, b) if versions.same(a, b)

# METADATA
# description: |
#   Package servers that a codebase of a package names; no entry where the
#   package or its codebases are not known.
serving := {role: servers |
	some role, names in hosts
	servers := {guid |
		some guid, own in _hosts_of_servers
		names[own[_]]
	}
}

# METADATA
# description: Hosts with a codebase of a package, where they are known.
hosts := {role: names |
	some role in data.params.required_packages
	codebases := data.index.packages[role].codebases
	names := {lower(codebase.host) | some codebase in codebases}
}

# METADATA
# description: |
#   Number of hosts with a codebase of a package that are neither package servers
#   nor the Notification Server by any name that is known. Such a host may be one
#   of them by another name, or by an address that was not collected.
strange := {role: count((names - _known_hosts) - _ns_hosts) | some role, names in hosts}

# METADATA
# description: |
#   Packages with a codebase on the Notification Server, which is recognised by its
#   name in any domain.
on_ns[role] if {
	some role, names in hosts
	count(names & _ns_hosts) > 0
}

_hosts_of_servers := {guid: (own & _all_hosts) | some guid, own in _names_of_servers}

_all_hosts := union({names | some names in hosts})

_ns_hosts := _in_any_domain(data.estate.server.name)

_known_hosts := union({names | some names in _names_of_servers})

_names_of_servers := {server.guid: names |
	some server in data.estate.package_servers
	names := package_servers.hosts(server) | _of_unknown_domain(server)
}

# A server whose domain is unknown is recognised by its name in any domain.
_of_unknown_domain(server) := names if {
	server.fqdn == null
	names := _in_any_domain(server.name)
} else := set()

# The hosts of codebases that have a name, in whatever domain they are.
_in_any_domain(name) := {host |
	label := first_label(name)
	some host in _all_hosts
	startswith(sprintf("%s.", [host]), label)
}

# METADATA
# description: The first label of a host name with its dot, in lower case.
first_label(name) := sprintf("%s.", [split(lower(name), ".")[0]])

# METADATA
# description: |
#   The clients affected by a fault of a package on a package server: those of its
#   sites, for sure where no package server of the site has the package as the
#   Notification Server has it.
harmed(server, role) := [selector |
	some site in data.index.package_server_sites[server]
	selector := {
		"site": site,
		"package": role,
		"certainty": package_servers.certainty(site, _faulty[role]),
	}
]

_faulty := {role: servers |
	some role in data.params.required_packages
	servers := unready[role] | stale[role]
}

# METADATA
# title: Package servers and their sites
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
package nscheck.lib.package_servers

# METADATA
# description: The package server as the resource of a finding.
resource(server) := {"type": "package_server", "guid": server.guid, "name": server.name}

# METADATA
# description: Why rules about package servers are not for an estate without any.
none contains "there is no package server" if count(data.estate.package_servers) == 0

# METADATA
# description: The sites that have at least one of the given package servers.
sites_with(servers) := {site |
	some server in servers
	some site in data.index.package_server_sites[server]
}

# METADATA
# description: |
#   Those of the given package servers that may belong to more sites than are
#   known, so to any site.
strays(servers) := {server |
	some server in servers
	data.index.unplaced_package_servers[server]
}

# METADATA
# description: |
#   Whether a fault of the given package servers is the sure or a possible cause
#   for the clients of a site: sure where it leaves them no package server.
certainty(site, faulty) := "sure" if {
	every server in data.index.site_package_servers[site] {
		server in faulty
	}
	_sound_strays(faulty) == 0
} else := "possible"

_sound_strays(faulty) := count([server |
	some server, _ in data.index.unplaced_package_servers
	not server in faulty
])

# METADATA
# description: What package codebases may call a package server, in lower case.
hosts(server) := union({
	{lower(server.name)},
	{lower(server.fqdn) | server.fqdn != null},
	{split(address, "/")[0] | some address in server.addresses},
})

# METADATA
# title: Sites, their clients and their package servers
# description: What is known of a site, and how far what is not known could change it.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
package nscheck_examples.lib.sites

# METADATA
# description: The site as the resource of a finding.
resource(site) := {"type": "site", "guid": site.guid, "name": site.name}

# METADATA
# description: How many clients are known to be in a site.
clients(site) := data.totals.sites[site.guid].clients if {
	data.totals.sites[site.guid]
} else := 0

# METADATA
# description: |
#   How many further clients may be in any site: those in subnets of which it is not known in
#   which site they are, or all where no address is known. A few clients without an address
#   are usual and are ignored.
unplaced_clients := data.totals.clients if {
	data.totals.unlocated_clients == data.totals.clients
} else := sum([subnet.clients |
	some guid, subnet in data.totals.subnets
	not data.index.subnet_sites[guid]
])

# METADATA
# description: The package servers that are known to serve a site.
servers(site) := [server |
	some guid in data.index.site_package_servers[site.guid]
	server := data.index.package_servers[guid]
]

# METADATA
# description: |
#   How many further package servers may serve a site, because not all of their sites are
#   known.
stray_servers(site) := count([guid |
	some guid, _ in data.index.unplaced_package_servers
	not guid in data.index.site_package_servers[site.guid]
])

# METADATA
# description: What is not known of clients and package servers that may belong to the site.
questions(site) := union({
	{msg |
		strays := stray_servers(site)
		strays > 0
		msg := sprintf("all sites of %s", [count_of(strays, "package server")])
	},
	{msg |
		unplaced_clients > 0
		msg := sprintf("the site of %s", [count_of(unplaced_clients, "client")])
	},
})

# METADATA
# description: A number with its noun, 1 client but 2 clients.
count_of(n, noun) := sprintf("%d %s", [n, noun]) if {
	n == 1
} else := sprintf("%d %ss", [n, noun])

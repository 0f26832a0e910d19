# METADATA
# title: Where clients are
# schemas:
#   - data.index: schema.index
#   - data.totals: schema.totals
package nscheck.lib.clients

# METADATA
# description: |
#   Addresses were not collected, so that nothing is known of where clients are.
#   A few clients without an address are usual and hide nothing: sites and
#   subnets are evaluated by the clients that are known to be in them.
all_unlocated if {
	data.totals.unlocated_clients > 0
	data.totals.unlocated_clients >= data.totals.clients - unrecognised_servers
}

# METADATA
# description: |
#   How many of the clients may be the Notification Server itself, because its GUID is
#   unknown.
unrecognised_servers := n if {
	n := data.totals.unrecognised_servers
} else := 0

# METADATA
# description: |
#   Number of clients that may be in any site, for the site of their subnet is
#   unknown, or if the location of clients is unknown.
of_unknown_site := data.totals.clients if {
	all_unlocated
} else := sum([subnet.clients |
	some guid, subnet in data.totals.subnets
	not data.index.subnet_sites[guid]
]) + count([guid |
	some guid, _ in data.totals.perhaps_empty.subnets
	not data.index.subnet_sites[guid]
])

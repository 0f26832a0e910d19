# METADATA
# title: Package servers that a vendor policy leaves out
# description: |
#   A vendor policy that is set to Package Servers Individually assigns packages
#   only to the package servers that it lists. The others are left out on purpose.
#   Where several vendor policies are on, a package server counts as left out
#   only if none of them assigns it anything, because it is unknown which of them
#   assigns the required packages. Policies of other vendors do not count.
# schemas:
#   - data.estate: schema.estate
package nscheck.lib.vendor_policies

import data.nscheck.lib.distribution

# METADATA
# description: Package servers that are left out for sure.
left_out contains server.guid if {
	count(_in_force) > 0
	every policy in _in_force {
		policy.enabled == true
		policy.package_assignment.type == "individual"
		policy.package_assignment.package_servers
	}
	some server in data.estate.package_servers
	not server.guid in _listed
}

# METADATA
# description: |
#   Package servers that may be left out: there is a policy that leaves them out,
#   or may do so, because its list, or how it assigns packages, is unknown.
maybe_left_out contains server.guid if {
	some policy in _in_force
	distribution.assignment(policy) in {"individual", null}
	servers := {guid | some guid in policy.package_assignment.package_servers}
	some server in data.estate.package_servers
	not server.guid in servers
}

# METADATA
# description: Whether no vendor policy for Windows clients is on, for sure.
none_on if {
	data.estate.vendor_policies
	every policy in distribution.windows_policies {
		policy.enabled == false
	}
}

_in_force := [policy |
	some policy in distribution.windows_policies
	policy.enabled != false
]

_listed contains guid if {
	some policy in _in_force
	some guid in policy.package_assignment.package_servers
}

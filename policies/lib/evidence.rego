# METADATA
# title: What a client's own rows show
# description: |
#   Evidence wins: a link of the article's chain that a client's own rows show
#   to hold cannot be the cause of its trouble, whatever the estate looks like.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
package nscheck.lib.evidence

# METADATA
# description: |
#   Roles of the required packages that arrived on the client. A run counts
#   whatever its exit code, for what ran was there; so does an installed plug-in,
#   whose download events may have been purged long ago.
arrived contains role if {
	some role in data.params.required_packages
	input.packages[role].status == "downloaded"
}

arrived contains role if {
	some role in data.params.required_packages
	input.packages[role].last_run
}

arrived contains "plugin" if input.plugin.installed == true

default reached := 0

# METADATA
# description: |
#   The chain positions below this one are shown to hold and cannot be the
#   cause; 0 if nothing is shown. Patch inventory that returned shows the
#   whole way up to the licences. A scan that succeeded with all packages there
#   shows that packages and policies reach the client and let it scan. A scan that
#   ran and failed shows that the vulnerability analysis policy (510) let it run, but
#   not that a plug-in policy (520, 530) lets it work. Packages alone show neither:
#   they may have come before the policy was turned off.
reached := 800 if {
	input.inventory.patch_returned == true
} else := 700 if {
	_all_arrived
	input.packages.scan.last_run.succeeded == true
} else := 520 if {
	_all_arrived
	input.packages.scan.last_run
} else := 500 if {
	_all_arrived
}

_all_arrived if {
	count(data.params.required_packages) > 0
	every role in data.params.required_packages {
		role in arrived
	}
}

# METADATA
# title: The vulnerability analysis policies
# description: |
#   The policies that bring the assessment scan to clients. They have to target the
#   filter "Computers with Software Update Plug-in Installed".
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
package nscheck.lib.analysis_policies

import data.nscheck.lib.names

# METADATA
# description: All of them, whether they are on or off.
all := [policy |
	some policy in data.estate.policies
	policy.role == "vulnerability_analysis"
]

# METADATA
# description: What cannot be evaluated if none of the policies is recognised by its name.
unrecognised contains {
	"msg": "No vulnerability analysis policy is recognised by its name; it may have another one here",
	"resource": {"type": "estate", "guid": null, "name": "policies"},
} if {
	data.estate.policies
	count(all) == 0
}

# METADATA
# description: Whether a policy is known to target the plug-in filter.
targets_filter(policy) if data.params.plugin_filter in policy.target_filters

# METADATA
# description: Whether a policy is known not to target the plug-in filter.
misses_filter(policy) if {
	policy.target_filters
	not data.params.plugin_filter in policy.target_filters
}

# METADATA
# description: The name of the plug-in filter.
filter_name := names.of(
	data.params.plugin_filter,
	"Computers with Software Update Plug-in Installed",
)

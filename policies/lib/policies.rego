# METADATA
# title: Policies
package nscheck.lib.policies

# METADATA
# description: A policy of any role as the resource of a finding.
resource(policy) := {"type": "policy", "guid": policy.guid, "name": policy.name}

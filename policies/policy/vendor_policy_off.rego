# METADATA
# title: Vendor policy missing or off
# description: |
#   The vendor policy (the article's Microsoft Vendor Policy) distributes the scan
#   and the install tools to the package servers. Where it is missing or off, nothing
#   new is distributed, and clients that do not have these packages yet cannot make
#   their first scan or take a licence. One policy for Windows clients that is on is
#   enough; a policy that serves other vendors' computers only, by the parameter
#   other_vendors, does not count.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 2.
#   - ref: TECH164471
#     description: The resolution that the article names for the vendor policy and its resources.
#   - ref: KB178560
#     description: Where the console has the policies of Patch Management.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-POL-004
#   severity: high
#   scope: estate
#   step: "2"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-002, NS-PKG-004, NS-SITE-008]
#   chain: 210
#   alternatives: true
#   remediation:
#     - versions: ">=8"
#       ref: TECH164471
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         vendor policy (the article's Microsoft Vendor Policy; its display name differs between
#         versions) and turn it on. If there is no such policy, or if it does not stay on, the policy
#         and its resources are not in order: see TECH164471, and contact Support for the
#         PointFix, as the article says. Then, in the package servers' GUI, use all the buttons of
#         the Package Server tab to refresh (Update Package, Refresh Package, Resend Package info)
#         and check that the packages arrive.
#     - versions: ">=7, <8"
#       ref: TECH164471
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy and turn it on. If there is no such policy, or if it does not stay
#         on, the policy and its resources are not in order: see TECH164471, and contact Support
#         for the PointFix, as the article says. Then, in the package servers' GUI, use all the
#         buttons of the Package Server tab to refresh (Update Package, Refresh Package, Resend
#         Package info) and check that the packages arrive.
#     - versions: "<7"
#       ref: TECH164471
#       text: |
#         In the console open the vendor policy for Microsoft and turn it on. If there is no such policy,
#         or where it does not stay on, the policy and its resources are not in order: see
#         TECH164471, and contact Support for the PointFix, as the article says. Then, in the
#         package servers' GUI, use all the buttons of the Package Server tab to refresh (Update
#         Package, Refresh Package, Resend Package info) and check that the packages arrive.
package nscheck.policy.vendor_policy_off

import data.nscheck.lib.distribution
import data.nscheck.lib.ways

violation contains {
	"msg": "There is no vendor policy for Windows clients",
	"resource": {"type": "estate", "guid": null, "name": "vendor_policies"},
	"path": "vendor_policies",
	"expected": "a vendor policy that is on",
	"actual": "none",
} if {
	data.estate.vendor_policies
	count(distribution.windows_policies) == 0
}

violation contains {
	"msg": sprintf("%s is off", [policy.name]),
	"resource": distribution.resource(policy),
	"path": sprintf("vendor_policies[%s].enabled", [policy.name]),
	"expected": true,
	"actual": false,
} if {
	every other in distribution.windows_policies {
		other.enabled == false
	}
	some policy in distribution.windows_policies
}

affects(_) := array.concat(ways.closed_sites, distribution.everywhere_by(null))

unknown contains {
	"msg": "It is unknown whether the policy is on",
	"resource": distribution.resource(policy),
} if {
	every other in distribution.windows_policies {
		other.enabled != true
	}
	some policy in distribution.windows_policies
	policy.enabled == null
}

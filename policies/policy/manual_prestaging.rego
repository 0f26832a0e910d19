# METADATA
# title: Vendor policy distributes automatically with manual prestaging
# description: |
#   The vendor policy says which package servers get the packages that a client
#   needs for its first scan. The article cautions that one of its settings,
#   "Package Servers automatically with manual prestaging", does not appear to
#   function properly: packages may never be assigned to the package servers of a
#   site, and the clients of that site keep waiting for them. A policy that is
#   off distributes nothing, whatever its settings are; that it is off is a fault
#   of its own and not reported here.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5 and its caution.
#   - ref: HOWTO56242
#     description: PM 7.1 SP1; the settings are in step 4. Now KB180589.
#   - ref: HOWTO9835
#     description: PM 7.X; heading "Configure the Settings for the Microsoft Vendor Policy".
#   - ref: KB178560
#     description: Where the console has the policies of Patch Management.
#   - ref: KB180589
#     description: Best practices for Patch Management 8.x.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-POL-001
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-004, NS-SITE-008]
#   chain: 220
#   alternatives: true
#   remediation:
#     - versions: ">=8"
#       ref: KB180589
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         vendor policy that the finding names (the article's Microsoft Vendor Policy; its display
#         name differs between versions) and go to Policy and Package Settings. Set it to "All
#         Package Servers", or to "Package Servers Individually" and enable the individual package
#         servers, at least one in every site that has clients. Then, in the package servers' GUI,
#         use all the buttons of the Package Server tab to refresh (Update Package, Refresh
#         Package, Resend Package info) and check that the packages arrive. The article names no
#         reference for 8.x; KB180589, which its HOWTO56242 has become, holds the best practices
#         for 8.x.
#     - versions: ">=7.1 SP1, <7.1 SP2"
#       ref: HOWTO56242
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy > Policy and Package Settings. Set it to "All Package Servers",
#         or to "Package Servers Individually" and enable the individual package servers, at least
#         one in every site that has clients. HOWTO56242, the article's reference for PM 7.1 SP1,
#         outlines it in step 4. Then, in the package servers' GUI, use all the buttons of the
#         Package Server tab to refresh (Update Package, Refresh Package, Resend Package info) and
#         check that the packages arrive.
#     - versions: ">=7, <7.1 SP1 || >=7.1 SP2, <8"
#       ref: HOWTO9835
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy > Policy and Package Settings. Set it to "All Package Servers",
#         or to "Package Servers Individually" and enable the individual package servers, at least
#         one in every site that has clients. HOWTO9835, the article's reference for PM 7.X,
#         outlines it under "Configure the Settings for the Microsoft Vendor Policy". Then, in the
#         package servers' GUI, use all the buttons of the Package Server tab to refresh (Update
#         Package, Refresh Package, Resend Package info) and check that the packages arrive.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy > Policy and Package Settings. Set it to "All Package Servers",
#         or to "Package Servers Individually" and enable the individual package servers, at least
#         one in every site that has clients. On 7.1 SP1 HOWTO56242 outlines it in step 4. On 7.1
#         without SP1, with SP2 and with MP1.x follow HOWTO9835, the article's reference for PM
#         7.X, under "Configure the Settings for the Microsoft Vendor Policy". The build number
#         does not identify the service pack; Symantec Installation Manager shows what is installed;
#         give it as the parameter service_pack. Then, in the package servers' GUI, use all the
#         buttons of the Package Server tab to refresh (Update Package, Refresh Package, Resend
#         Package info) and check that the packages arrive.
#     - versions: "<7"
#       ref: TECH170397
#       text: |
#         In the console open the vendor policy that the finding names and go to the settings of
#         its packages; in 6.x they may have other names than here. Set it to "All Package
#         Servers", or to "Package Servers Individually" and enable the individual package
#         servers, at least one in every site that has clients. The article's references for this
#         setting, HOWTO56242 and HOWTO9835, are for 7.1 SP1 and 7.X; for 6.x it names none. Then,
#         in the package servers' GUI, use all the buttons of the Package Server tab to refresh
#         (Update Package, Refresh Package, Resend Package info) and check that the packages
#         arrive.
package nscheck.policy.manual_prestaging

import data.nscheck.lib.distribution

violation contains {
	"msg": sprintf("%s is set to %s, which does not appear to function properly", [
		policy.name,
		_setting,
	]),
	"resource": distribution.resource(policy),
	"path": sprintf("vendor_policies[%s].package_assignment", [policy.name]),
	"expected": "All Package Servers or Package Servers Individually",
	"actual": _setting,
} if {
	some policy in distribution.windows_policies
	policy.enabled == true
	_prestaged(policy)
}

affects(finding) := distribution.starved_by(finding.resource.guid)

unknown contains {
	"msg": "It is unknown how the policy assigns its packages to package servers",
	"resource": distribution.resource(policy),
} if {
	some policy in distribution.windows_policies
	policy.enabled != false
	not _prestaged(policy)
	not _otherwise(policy)
}

unknown contains {
	"msg": sprintf("The policy is set to %s, but it is unknown whether it is on", [_setting]),
	"resource": distribution.resource(policy),
} if {
	some policy in distribution.windows_policies
	policy.enabled == null
	_prestaged(policy)
}

_setting := "Package Servers automatically with manual prestaging"

_prestaged(policy) if {
	distribution.assignment(policy) == "site"
	distribution.automatic(policy) == true
}

# One known value clears a policy, whatever the other one is.
_otherwise(policy) if distribution.assignment(policy) in {"all", "individual"}

_otherwise(policy) if distribution.automatic(policy) == false

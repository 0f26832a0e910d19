# METADATA
# title: Package Servers Individually leaves a site without an enabled package server
# description: |
#   A vendor policy on "Package Servers Individually" assigns packages only to the
#   package servers that are enabled in it. With none enabled nothing is distributed
#   at all; a site with clients none of whose own package servers is enabled gets
#   nothing either; and an enabled server that no longer exists shows that the list
#   was left behind when servers were replaced. Sites without any package server, and
#   policies that are off, are faults of their own and not reported here.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, enable the individual package servers.
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
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-POL-003
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-004, NS-SITE-008]
#   chain: 230
#   alternatives: true
#   remediation:
#     - versions: ">=8"
#       ref: KB180589
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         vendor policy that the finding names (the article's Microsoft Vendor Policy; its display
#         name differs between versions) and go to Policy and Package Settings. Under "Package
#         Servers Individually" enable at least one package server of every site that has clients,
#         and take out servers that do not exist any more, which the finding names by GUID; or set
#         it to "All Package Servers". Then, in the package servers' GUI, use all the buttons of
#         the Package Server tab to refresh (Update Package, Refresh Package, Resend Package info)
#         and check that the packages arrive. The article names no reference for 8.x; KB180589,
#         which its HOWTO56242 has become, holds the best practices for 8.x.
#     - versions: ">=7.1 SP1, <7.1 SP2"
#       ref: HOWTO56242
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy > Policy and Package Settings. Under "Package Servers
#         Individually" enable at least one package server of every site that has clients, and
#         take out servers that do not exist any more, which the finding names by GUID; or set it
#         to "All Package Servers". HOWTO56242, the article's reference for PM 7.1 SP1, outlines
#         it in step 4. Then, in the package servers' GUI, use all the buttons of the Package
#         Server tab to refresh (Update Package, Refresh Package, Resend Package info) and check
#         that the packages arrive.
#     - versions: ">=7, <7.1 SP1 || >=7.1 SP2, <8"
#       ref: HOWTO9835
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy > Policy and Package Settings. Under "Package Servers
#         Individually" enable at least one package server of every site that has clients, and
#         take out servers that do not exist any more, which the finding names by GUID; or set it
#         to "All Package Servers". HOWTO9835, the article's reference for PM 7.X, outlines it
#         under "Configure the Settings for the Microsoft Vendor Policy". Then, in the package
#         servers' GUI, use all the buttons of the Package Server tab to refresh (Update Package,
#         Refresh Package, Resend Package info) and check that the packages arrive.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open
#         Microsoft Vendor Policy > Policy and Package Settings. Under "Package Servers
#         Individually" enable at least one package server of every site that has clients, and
#         take out servers that do not exist any more, which the finding names by GUID; or set it
#         to "All Package Servers". On 7.1 SP1 HOWTO56242 outlines it in step 4. On 7.1 without
#         SP1, with SP2 and with MP1.x follow HOWTO9835, the article's reference for PM 7.X, under
#         "Configure the Settings for the Microsoft Vendor Policy". The build number does not identify
#         the service pack; Symantec Installation Manager shows what is installed; give it as the
#         parameter service_pack. Then, in the package servers' GUI, use all the buttons of the
#         Package Server tab to refresh (Update Package, Refresh Package, Resend Package info) and
#         check that the packages arrive.
#     - versions: "<7"
#       ref: TECH170397
#       text: |
#         In the console open the vendor policy that the finding names and go to the settings of
#         its packages; in 6.x they may have other names than here. Under "Package Servers
#         Individually" enable at least one package server of every site that has clients, and
#         take out servers that do not exist any more, which the finding names by GUID; or set it
#         to "All Package Servers". The article's references for this setting, HOWTO56242 and
#         HOWTO9835, are for 7.1 SP1 and 7.X; for 6.x it names none. Then, in the package servers'
#         GUI, use all the buttons of the Package Server tab to refresh (Update Package, Refresh
#         Package, Resend Package info) and check that the packages arrive.
package nscheck.policy.package_servers_not_enabled

import data.nscheck.lib.distribution
import data.nscheck.lib.package_servers
import data.nscheck.lib.sites
import data.nscheck.lib.text
import data.nscheck.lib.ways

violation contains {
	"msg": sprintf("%s is set to Package Servers Individually, but no package server is enabled", [
		policy.name,
	]),
	"resource": distribution.resource(policy),
	"path": _path(policy),
	"expected": "at least 1 package server",
	"actual": "none",
} if {
	some policy in _individual
	policy.enabled == true
	_enables_none(policy)
}

violation contains {
	"msg": sprintf("%s enables %s that %s: %s", [
		policy.name,
		text.count_of(count(lost), "package server"),
		_do_not_exist(count(lost)),
		text.list_of(sort(lost)), # they have no names
	]),
	"resource": distribution.resource(policy),
	"path": _path(policy),
	"expected": "package servers that exist",
	"actual": sort(lost),
} if {
	some policy in _individual
	policy.enabled == true
	lost := _lost(policy)
	count(lost) > 0
}

violation contains {
	"msg": sprintf("%s enables no package server of site %s, which has %s and %s", [
		policy.name,
		site.name,
		text.count_of(count(data.index.site_package_servers[site.guid]), "package server"),
		text.count_of(data.totals.sites[site.guid].clients, "client"),
	]),
	"resource": sites.resource(site),
	"path": _path(policy),
	"expected": "at least 1 package server of the site",
	"actual": "none",
	"affects": _selectors(policy, site.guid),
} if {
	some policy in _individual
	policy.enabled == true
	some site in _left_out(policy)
	count(_open_questions(policy, site)) == 0
}

# Where some package servers are enabled, sites without one have findings of their own.
affects(finding) := array.concat(ways.closed_sites, distribution.everywhere_by(policy.guid)) if {
	some policy in _individual
	distribution.resource(policy) == finding.resource
	count(_enabled(policy)) == 0
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some policy in _individual
	policy.enabled == true
	some site in _left_out(policy)
	sites.may_have_clients(site.guid)
	questions := _open_questions(policy, site)
	count(questions) > 0
	msg := sprintf("None of its package servers is known to be enabled in %s; unknown: %s", [
		policy.name,
		concat("; ", questions),
	])
}

unknown contains {
	"msg": "The policy leaves package servers out that are needed, but it is unknown whether it is on",
	"resource": distribution.resource(policy),
} if {
	some policy in _individual
	policy.enabled == null
	_faulty(policy)
}

unknown contains {
	"msg": "It is unknown which package servers the policy is set to",
	"resource": distribution.resource(policy),
} if {
	some policy in distribution.windows_policies
	policy.enabled != false
	_unreadable(policy)
}

_path(policy) := sprintf("vendor_policies[%s].package_assignment.package_servers", [policy.name])

_individual := [policy |
	some policy in distribution.windows_policies
	distribution.assignment(policy) == "individual"
	policy.package_assignment.package_servers
]

_unreadable(policy) if distribution.assignment(policy) == null

_unreadable(policy) if {
	distribution.assignment(policy) == "individual"
	not policy.package_assignment.package_servers
}

_faulty(policy) if _enables_none(policy)

_faulty(policy) if count(_lost(policy)) > 0

_faulty(policy) if {
	some site in _left_out(policy)
	sites.may_have_clients(site.guid)
}

_enables_none(policy) if policy.package_assignment.package_servers == []

_listed(policy) := {server | some server in policy.package_assignment.package_servers}

_enabled(policy) := {server |
	some server in _listed(policy)
	data.index.package_servers[server]
}

_lost(policy) := _listed(policy) - _enabled(policy)

# Sites with package servers none of which is enabled, where others are.
_left_out(policy) := [site |
	enabled := _enabled(policy)
	count(enabled) > 0
	served := package_servers.sites_with(enabled)
	some site in data.estate.sites
	count(data.index.site_package_servers[site.guid]) > 0
	not site.guid in served
]

# What has to be known before a site without a known enabled server is a fault.
_open_questions(policy, site) := {question |
	strays := count(package_servers.strays(_enabled(policy)))
	strays > 0
	question := sprintf("all sites of %s", [text.count_of(strays, "enabled package server")])
} | {"whether it has clients" | not data.totals.sites[site.guid]}

_do_not_exist(1) := "does not exist"

_do_not_exist(n) := "do not exist" if n > 1

# For sure if no other vendor policy assigns packages to the site; else one that came
# earlier may still be there, or come by another policy.
_selectors(policy, site) := [{"site": site, "certainty": "sure"}] if {
	site in ways.closed_by_assignment
} else := array.concat(
	[selector |
		some selector in distribution.starved_by(policy.guid)
		selector.site == site
	],
	[{"site": site, "certainty": "possible"}],
)

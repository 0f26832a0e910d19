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
#     description: PM 7.1 SP1; the settings stand in step 4. Now KB180589.
#   - ref: HOWTO9835
#     description: PM 7.X; heading "Configure the Settings for the Microsoft Vendor Policy".
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
# custom:
#   id: NS-POL-001
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-LIC-001]
#   chain: 220
#   remediation:
#     - versions: ">=8"
#       ref: KB180589
#       text: |
#         In the console open the vendor policy that the finding names (the article's
#         Microsoft Vendor Policy; its display name differs between versions) and go to
#         Policy and Package Settings. Set it to "All Package Servers", or to "Package Servers
#         Individually" and enable the individual package servers, at least one in every site
#         that has clients. Then check in the package servers' GUI that the packages arrive.
#     - versions: ">=7.1.8400, <7.5"
#       ref: HOWTO56242
#       text: |
#         In the console open Microsoft Vendor Policy > Policy and Package Settings. Set it to
#         "All Package Servers", or to "Package Servers Individually" and enable the individual
#         package servers, at least one in every site that has clients; HOWTO56242 outlines it
#         in step 4. Then check in the package servers' GUI that the packages arrive.
#     - versions: ">=7, <8"
#       ref: HOWTO9835
#       text: |
#         In the console open Microsoft Vendor Policy > Policy and Package Settings. Set it to
#         "All Package Servers", or to "Package Servers Individually" and enable the individual
#         package servers, at least one in every site that has clients; HOWTO9835 outlines it
#         under "Configure the Settings for the Microsoft Vendor Policy". Then check in the
#         package servers' GUI that the packages arrive.
package nscheck.policy.manual_prestaging

import data.nscheck.lib.package_servers
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("%s is set to %s, which does not appear to function properly%s", [
		policy.name,
		_setting,
		_harm,
	]),
	"resource": _resource(policy),
	"path": sprintf("vendor_policies[%s].%s", [policy.name, _field]),
	"expected": false,
	"actual": true,
	"affects": _affects,
} if {
	some policy in data.estate.vendor_policies
	policy.enabled == true
	policy.guid in _prestaged
}

unknown contains {
	"msg": "It is unknown how the policy assigns its packages to package servers",
	"resource": _resource(policy),
} if {
	some policy in data.estate.vendor_policies
	policy.enabled != false
	not policy.guid in _prestaged
	not policy.guid in _otherwise
}

unknown contains {
	"msg": sprintf("The policy is set to %s, but it is unknown whether it is on", [_setting]),
	"resource": _resource(policy),
} if {
	some policy in data.estate.vendor_policies
	policy.enabled == null
	policy.guid in _prestaged
}

_field := "package_assignment.automatic_site_assignment"

_setting := "Package Servers automatically with manual prestaging"

_resource(policy) := {"type": "vendor_policy", "guid": policy.guid, "name": policy.name}

_prestaged contains policy.guid if {
	some policy in data.estate.vendor_policies
	policy.package_assignment.type == "site"
	policy.package_assignment.automatic_site_assignment == true
}

# Policies that one known value clears, whatever the other one is.
_otherwise contains policy.guid if {
	some policy in data.estate.vendor_policies
	policy.package_assignment.type in {"all", "individual"}
}

_otherwise contains policy.guid if {
	some policy in data.estate.vendor_policies
	policy.package_assignment.automatic_site_assignment == false
}

_harm := msg if {
	count(_starved_sites) > 0
	sites := text.count_of(count(_starved_sites), "site")
	msg := sprintf("; it left %s without a required package", [sites])
} else := ""

_starved_sites := {selector.site |
	some selector in _affects
	selector.certainty == "sure"
}

# Sites where a required package was never assigned to a package server. Whether a
# site has clients does not matter: one without harms nobody.
_affects := [selector |
	some site, servers in data.index.site_package_servers
	some role in data.params.required_packages
	_any_lacks(servers, role)
	selector := {
		"site": site,
		"package": role,
		"certainty": package_servers.certainty(site, _assigned_nothing[role]),
	}
]

_any_lacks(servers, role) if {
	some server in servers
	not server in _assigned[role]
}

# Without a status row the package was never assigned to the server.
_assigned_nothing := {role: servers |
	some role in data.params.required_packages
	servers := {server.guid |
		some server in data.estate.package_servers
		server.packages
		not server.packages[role]
	}
}

_assigned := {role: servers |
	some role in data.params.required_packages
	servers := {server.guid |
		some server in data.estate.package_servers
		server.packages[role]
	}
}

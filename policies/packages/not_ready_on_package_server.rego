# METADATA
# title: Required package not ready on a package server
# description: |
#   Clients of a site fetch the packages for their first scan from the site's
#   package servers. A package that is not ready there does not reach them, so
#   they do not scan and take no licence. The status is that on the Notification
#   Server believes: it travels as an event and stays wrong when one is lost, so
#   each finding says how old it is. A missing status is held against the server
#   only where the codebases of the package show that it does not serve it, all
#   of their hosts being known, and not where a vendor policy leaves the server out
#   on purpose, because it assigns packages to the package servers individually.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 4, and step 5 for the resynchronisation.
#   - ref: KB181405
#     description: Package servers with stale codebases, 7.x and 8.x (HOWTO83906).
#   - ref: HOWTO1109
#     description: Resynchronisation before 7.1 SP1.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
# custom:
#   id: NS-PKG-001
#   severity: high
#   scope: estate
#   step: "4"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-004, NS-SITE-008]
#   chain: 420
#   alternatives: true
#   remediation:
#     - versions: ">=8"
#       ref: KB181405
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         On the package server open its GUI and look at the package there (the scan is named
#         Patch Windows System Assessment Scan). Compare it with what the console says. Where the
#         GUI calls the package ready, only the status was lost: run Resend Package info first.
#         Otherwise use all the buttons of its Package Server tab to refresh: Update Package,
#         Refresh Package, Resend Package info. Check the logs for problems with the package. If
#         that does not help, resynchronise the package server as KB181405 describes for 8.x.
#         Delete nothing of "C:\ProgramData\Symantec\SMP\Snapshots" on the Notification Server:
#         the article opposes deleting snapshots there.
#     - versions: ">=7.1 SP1, <8"
#       ref: TECH170397
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         On the package server open its GUI and look at the package there (the scan is named
#         Patch Windows System Assessment Scan). Compare it with what the console says. Where the
#         GUI calls the package ready, only the status was lost: run Resend Package info first.
#         Otherwise use all the buttons of its Package Server tab to refresh: Update Package,
#         Refresh Package, Resend Package info. Check the logs for problems with the package. If
#         that does not help, resynchronise by the steps that the article gives for 7.1 SP1, all
#         on the package server itself:
#
#         1. Stop the agent service.
#
#         2. Delete all snapshot.xml files from all subfolders of ".\Program Files\Altiris\Altiris
#         Agent\Package Delivery\". Warning: this is not the same as deleting snapshots on the
#         Notification Server, which the article opposes: touch nothing there.
#
#         3. Delete all folders and their contents under ".\Program Files\Altiris\Altiris
#         Agent\Package Server Agent\PackageStatus\".
#
#         4. Start the agent service.
#
#         Advisory of the article: some NS Core engineers still use HOWTO1109 in SP1 without
#         problems, but one Backline engineer has advised against it.
#
#         KB181405 (HOWTO83906) is the vendor's own description of a resynchronisation for 7.x.
#     - versions: "<7.1 SP1"
#       ref: HOWTO1109
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         On the package server open its GUI and look at the package there (the scan is named
#         Patch Windows System Assessment Scan). Compare it with what the console says. Where the
#         GUI calls the package ready, only the status was lost: run Resend Package info first.
#         Otherwise use all the buttons of its Package Server tab to refresh: Update Package,
#         Refresh Package, Resend Package info. Check the logs for problems with the package. If
#         that does not help, resynchronise the package server as HOWTO1109 describes for
#         environments before 7.1 SP1.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         On the package server open its GUI and look at the package there (the scan is named
#         Patch Windows System Assessment Scan). Compare it with what the console says. Where the
#         GUI calls the package ready, only the status was lost: run Resend Package info first.
#         Otherwise use all the buttons of its Package Server tab to refresh: Update Package,
#         Refresh Package, Resend Package info. Check the logs for problems with the package. If
#         that does not help, resynchronise. Before 7.1 SP1 do that as HOWTO1109 describes. From
#         7.1 SP1 on by these steps, all on the package server itself (the build number does not
#         identify the service pack; Symantec Installation Manager shows what is installed; give it as
#         the parameter service_pack):
#
#         1. Stop the agent service.
#
#         2. Delete all snapshot.xml files from all subfolders of ".\Program Files\Altiris\Altiris
#         Agent\Package Delivery\". Warning: this is not the same as deleting snapshots on the
#         Notification Server, which the article opposes: touch nothing there.
#
#         3. Delete all folders and their contents under ".\Program Files\Altiris\Altiris
#         Agent\Package Server Agent\PackageStatus\".
#
#         4. Start the agent service.
#
#         Advisory of the article: some NS Core engineers still use HOWTO1109 in SP1 without
#         problems, but one Backline engineer has advised against it.
package nscheck.packages.not_ready_on_package_server

import data.nscheck.lib.package_servers
import data.nscheck.lib.package_status
import data.nscheck.lib.packages
import data.nscheck.lib.text
import data.nscheck.lib.vendor_policies

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"path": _path(server, role),
	"expected": "ready",
	"actual": row.status,
	"package": role,
} if {
	some {"server": server, "role": role, "row": row} in package_status.others
	words := package_status.unready_words[row.status]
	msg := sprintf("%s is %s on package server %s; that status is %s", [
		packages.names[role],
		words,
		server.name,
		text.age(row.status_age_days),
	])
}

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"path": _path(server, role),
	"expected": "ready",
	"actual": "no status",
	"package": role,
} if {
	some role, guids in package_status.unserved
	some guid in guids
	not guid in vendor_policies.maybe_left_out
	server := data.index.package_servers[guid]
	msg := sprintf("%s has no status on package server %s, and none of its codebases is there", [
		packages.names[role],
		server.name,
	])
}

affects(finding) := package_status.harmed(finding.resource.guid, finding["package"])

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some {"server": server, "role": role, "row": row} in package_status.others
	row.status == null
	msg := sprintf("The status of %s is not one that nscheck knows", [packages.names[role]])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some role, guids in package_status.unlisted
	some guid in guids
	not guid in vendor_policies.left_out
	server := data.index.package_servers[guid]
	msg := sprintf("%s has no status, %s", [packages.names[role], _doubt(guid, role)])
}

unknown contains {
	"msg": "The status of packages was not collected",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	not server.packages
}

_path(server, role) := sprintf("package_servers[%s].packages.%s.status", [server.name, role])

# Why a missing status does not show that the package should be there; undefined
# where it does.
_doubt(guid, role) := "and its codebases are unknown" if {
	not package_status.serving[role]
} else := "although a codebase of it is there" if {
	guid in package_status.serving[role]
} else := "and an unknown host of its codebases may be this server" if {
	package_status.strange[role] > 0
} else := "which a vendor policy may intend, for it assigns packages individually" if {
	guid in vendor_policies.maybe_left_out
}

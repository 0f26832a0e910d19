# METADATA
# title: Package server holds another version of a required package
# description: |
#   A package server that reports a package as ready may still hold an older
#   snapshot of it than the Notification Server, because the event that instructed it to
#   update was lost. Its clients are then offered something else than what is on
#   the server. The revision of a package changes with its snapshot, so the two
#   revisions must be the same. A package that is not ready is another rule's
#   matter.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 5, the resynchronisation of a package server.
#   - ref: KB181405
#     description: Package servers with stale codebases, 7.x and 8.x (HOWTO83906).
#   - ref: HOWTO1109
#     description: Resynchronisation before 7.1 SP1.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
# custom:
#   id: NS-PKG-002
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001]
#   chain: 430
#   alternatives: true
#   remediation:
#     - versions: ">=8"
#       ref: KB181405
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         In the package server's GUI run Resend Package info first, for the status may only be
#         out of date, and compare the GUI with the console. Then use all the other buttons of the
#         Package Server tab to refresh: Update Package, Refresh Package. Where the revisions
#         still differ, resynchronise the package server as KB181405 describes for 8.x. Delete
#         nothing of "C:\ProgramData\Symantec\SMP\Snapshots" on the Notification Server: the
#         article opposes deleting snapshots there.
#     - versions: ">=7.1 SP1, <8"
#       ref: TECH170397
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         In the package server's GUI run Resend Package info first, for the status may only be
#         out of date, and compare the GUI with the console. Then use all the other buttons of the
#         Package Server tab to refresh: Update Package, Refresh Package. Where the revisions
#         still differ, resynchronise by the steps that the article gives for 7.1 SP1, all on the
#         package server itself:
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
#         In the package server's GUI run Resend Package info first, for the status may only be
#         out of date, and compare the GUI with the console. Then use all the other buttons of the
#         Package Server tab to refresh: Update Package, Refresh Package. Where the revisions
#         still differ, resynchronise the package server as HOWTO1109 describes for environments
#         before 7.1 SP1.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         Where the report names a fault of the server's site (NS-SITE rules) or of the vendor
#         policy (NS-POL rules), fix that first: the package may not become ready before.
#
#         In the package server's GUI run Resend Package info first, for the status may only be
#         out of date, and compare the GUI with the console. Then use all the other buttons of the
#         Package Server tab to refresh: Update Package, Refresh Package. Where the revisions
#         still differ, resynchronise. Before 7.1 SP1 do that as HOWTO1109 describes. From 7.1 SP1
#         on by these steps, all on the package server itself (the build number does not identify the
#         service pack; Symantec Installation Manager shows what is installed; give it as the
#         parameter service_pack):
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
package nscheck.packages.other_version_on_package_server

import data.nscheck.lib.package_servers
import data.nscheck.lib.package_status
import data.nscheck.lib.packages
import data.nscheck.lib.text

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"path": sprintf("package_servers[%s].packages.%s.revision", [server.name, role]),
	"expected": data.index.packages[role].revision,
	"actual": row.revision,
	"package": role,
} if {
	some role, guids in package_status.stale
	some guid in guids
	server := data.index.package_servers[guid]
	row := server.packages[role]
	msg := sprintf("%s is ready on package server %s as revision %s, not %s; that status is %s", [
		packages.names[role],
		server.name,
		row.revision,
		data.index.packages[role].revision,
		text.age(row.status_age_days),
	])
}

affects(finding) := package_status.harmed(finding.resource.guid, finding["package"])

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some role, name in packages.names
	some server in data.estate.package_servers
	server.packages[role].revision == null
	server.packages[role].status == "ready"
	msg := sprintf("The revision of %s on it is unknown", [name])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some role, name in packages.names
	not _known_revision[role]
	some server in data.estate.package_servers
	server.packages[role].status == "ready"
	server.packages[role].revision != null
	msg := sprintf("The revision of %s on the Notification Server is unknown", [name])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some {"server": server, "role": role, "row": row} in package_status.others
	row.status == null
	msg := sprintf("The status of %s is not one that nscheck knows", [packages.names[role]])
}

unknown contains {
	"msg": "The status of packages was not collected",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	not server.packages
}

_known_revision[role] if {
	some role, _ in packages.names
	data.index.packages[role].revision != null
}

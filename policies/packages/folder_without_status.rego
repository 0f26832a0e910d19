# METADATA
# title: Package server holds a package folder that its status does not know
# description: |
#   A package server keeps the content of a package in its folder Package Delivery
#   and what it knows of it in PackageStatus, each under the package's GUID. A
#   folder in the first without one in the second is an orphan: it takes disk
#   space, its content is never updated, and the server does not report it.
# related_resources:
#   - ref: KB178503
#     description: The file PackageStatus.xml of each package on a package server.
#   - ref: TECH170397
#     description: The article; step 5 names both folders.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-PKG-006
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=8"
#       ref: KB181405
#       text: |
#         Look the package up in the console by the GUID that the finding gives. If the package
#         server should serve it, use all the buttons of the Package Server tab in its GUI to
#         refresh (Update Package, Refresh Package, Resend Package info), and see that the package
#         becomes ready; if it does not, resynchronise the server as KB181405 describes. If the
#         Notification Server has no such package any more, the folder is a remnant: with the
#         agent service stopped, move it out of Package Delivery, start the service again, and
#         delete it when nothing misses it.
#     - versions: ">=7.1 SP1, <8"
#       ref: TECH170397
#       text: |
#         Look the package up in the console by the GUID that the finding gives. If the package
#         server should serve it, use all the buttons of the Package Server tab in its GUI to
#         refresh (Update Package, Refresh Package, Resend Package info), and see that the package
#         becomes ready; if it does not, resynchronise the server: "nscheck explain NS-PKG-002"
#         says how. If the Notification Server has no such package any more, the folder is a
#         remnant: with the agent service stopped, move it out of ".\Program Files\Altiris\Altiris
#         Agent\Package Delivery\" on the package server, start the service again, and delete it
#         when nothing misses it.
#     - versions: "<7.1 SP1"
#       ref: HOWTO1109
#       text: |
#         Look the package up in the console by the GUID that the finding gives. If the package
#         server should serve it, use all the buttons of the Package Server tab in its GUI to
#         refresh (Update Package, Refresh Package, Resend Package info), and see that the package
#         becomes ready; if it does not, resynchronise the server as HOWTO1109 describes for
#         environments before 7.1 SP1. If the Notification Server has no such package any more,
#         the folder is a remnant: with the agent service stopped, move it out of Package
#         Delivery, start the service again, and delete it when nothing misses it.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         Look the package up in the console by the GUID that the finding gives. If the package
#         server should serve it, use all the buttons of the Package Server tab in its GUI to
#         refresh (Update Package, Refresh Package, Resend Package info), and see that the package
#         becomes ready; if it does not, resynchronise the server: "nscheck explain NS-PKG-002"
#         says how before 7.1 SP1 and from 7.1 SP1 on. If the Notification Server has no such
#         package any more, the folder is a remnant: with the agent service stopped, move it out
#         of ".\Program Files\Altiris\Altiris Agent\Package Delivery\" on the package server,
#         start the service again, and delete it when nothing misses it.
package nscheck.packages.folder_without_status

import data.nscheck.lib.package_servers
import data.nscheck.lib.text

# A server may have hundreds; a finding names the first.
_named := 3

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"expected": "no such folder",
	"actual": server.agent_folder.orphans,
} if {
	some server in data.estate.package_servers
	folders := count(server.agent_folder.orphans)
	folders > 0
	msg := sprintf("Package server %s holds %s without a status: %s%s", [
		server.name,
		text.count_of(folders, "package folder"),
		concat(", ", array.slice(server.agent_folder.orphans, 0, _named)),
		_more(folders - _named),
	])
}

unknown contains {
	"msg": "Its package folders were not read",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	not server.agent_folder.orphans
}

_more(n) := sprintf(" and %d more", [n]) if {
	n > 0
} else := ""

# METADATA
# title: Required package has no codebase that the clients of a site may use
# description: |
#   A codebase is a place that a package can be downloaded from. The clients of a
#   site may use the package servers of their site, and the Notification Server
#   unless downloads from it are prevented for the site. A required package
#   without a codebase on any of them reaches no client of the site. A codebase
#   on a host that is neither the Notification Server nor a known package server
#   may be one of them by another name, so nothing is concluded if it is there.
# related_resources:
#   - ref: KB180568
#     description: Codebases of a package, one row for each source and protocol.
#   - ref: KB204355
#     description: Prevent Downloads in the settings of a site, from 8.5 RU3 on.
#   - ref: KB181405
#     description: Package servers with stale codebases, 7.x and 8.x (HOWTO83906).
#   - ref: TECH170397
#     description: The article; step 5, the resynchronisation of a package server.
#   - ref: HOWTO1109
#     description: Resynchronisation before 7.1 SP1.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-PKG-004
#   severity: high
#   scope: estate
#   step: "4"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-002, NS-SITE-008]
#   chain: 410
#   remediation:
#     - versions: ">=8.5.5032"
#       ref: KB181405
#       text: |
#         Where the report names a fault of the site (NS-SITE rules) or of the vendor policy
#         (NS-POL rules), fix that first: the package may not become ready before.
#
#         If the finding says that downloads from the Notification Server are prevented, take Ns
#         off the Prevent Downloads setting in the site settings policy of the site until its
#         package servers have the package (KB204355). If the Notification Server has no codebase
#         either, fix the package there first: "nscheck explain NS-PKG-003" and "nscheck explain
#         NS-IMP-001" say how. In the GUI of the site's package servers use all the buttons of the
#         Package Server tab to refresh: Update Package, Refresh Package, Resend Package info. If
#         a package server shows the package as ready and it still has no codebase there,
#         resynchronise the package server as KB181405 describes for 8.x. Delete nothing of
#         "C:\ProgramData\Symantec\SMP\Snapshots" on the Notification Server: the article opposes
#         deleting snapshots there.
#     - versions: ">=8, <8.5.5032"
#       ref: KB181405
#       text: |
#         Where the report names a fault of the site (NS-SITE rules) or of the vendor policy
#         (NS-POL rules), fix that first: the package may not become ready before.
#
#         If the Notification Server has no codebase either, fix the package there first:
#         "nscheck explain NS-PKG-003" and "nscheck explain NS-IMP-001" say how. In the GUI of the
#         site's package servers use all the buttons of the Package Server tab to refresh: Update
#         Package, Refresh Package, Resend Package info. If a package server shows the package as
#         ready and it still has no codebase there, resynchronise the package server as KB181405
#         describes for 8.x. Delete nothing of "C:\ProgramData\Symantec\SMP\Snapshots" on the
#         Notification Server: the article opposes deleting snapshots there.
#     - versions: ">=7.1 SP1, <8"
#       ref: TECH170397
#       text: |
#         Where the report names a fault of the site (NS-SITE rules) or of the vendor policy
#         (NS-POL rules), fix that first: the package may not become ready before.
#
#         If the Notification Server has no codebase either, fix the package there first:
#         "nscheck explain NS-PKG-003" and "nscheck explain NS-IMP-001" say how. In the GUI of the
#         site's package servers use all the buttons of the Package Server tab to refresh: Update
#         Package, Refresh Package, Resend Package info. If a package server shows the package as
#         ready and it still has no codebase there, resynchronise by the steps that the article
#         gives for 7.1 SP1, all on the package server itself:
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
#         Where the report names a fault of the site (NS-SITE rules) or of the vendor policy
#         (NS-POL rules), fix that first: the package may not become ready before.
#
#         If the Notification Server has no codebase either, fix the package there first:
#         "nscheck explain NS-PKG-003" and "nscheck explain NS-IMP-001" say how. In the GUI of the
#         site's package servers use all the buttons of the Package Server tab to refresh: Update
#         Package, Refresh Package, Resend Package info. If a package server shows the package as
#         ready and it still has no codebase there, resynchronise the package server as HOWTO1109
#         describes for environments before 7.1 SP1.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         Where the report names a fault of the site (NS-SITE rules) or of the vendor policy
#         (NS-POL rules), fix that first: the package may not become ready before.
#
#         If the Notification Server has no codebase either, fix the package there first:
#         "nscheck explain NS-PKG-003" and "nscheck explain NS-IMP-001" say how. In the GUI of the
#         site's package servers use all the buttons of the Package Server tab to refresh: Update
#         Package, Refresh Package, Resend Package info. If a package server shows the package as
#         ready and it still has no codebase there, resynchronise. Before 7.1 SP1 do that as
#         HOWTO1109 describes. From 7.1 SP1 on by these steps, all on the package server itself
#         (the build number does not identify the service pack; Symantec Installation Manager shows
#         what is installed; give it as the parameter service_pack):
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
package nscheck.packages.no_usable_codebase

import data.nscheck.lib.package_servers
import data.nscheck.lib.package_status
import data.nscheck.lib.packages
import data.nscheck.lib.sites
import data.nscheck.lib.text
import data.nscheck.lib.ways

violation contains {
	"msg": sprintf("%s has no codebase on any host", [packages.names[role]]),
	"resource": packages.resource(data.index.packages[role]),
	"path": sprintf("packages[%s].codebases", [packages.names[role]]),
	"expected": "at least 1 codebase",
	"actual": "none",
	"affects": [{"all": true, "package": role, "certainty": "sure"}],
} if {
	some role, hosts in package_status.hosts
	count(hosts) == 0
}

violation contains {
	"msg": msg,
	"resource": sites.resource(site),
	"expected": sprintf("a codebase of %s", [packages.names[role]]),
	"actual": "none",
	"affects": [{"site": site.guid, "package": role, "certainty": "sure"}],
} if {
	some role, guids in _unhelped
	some guid in guids
	total := data.totals.sites[guid].clients
	site := data.index.sites[guid]
	count(_open_questions(site, role)) == 0
	msg := sprintf("Site %s has no codebase of %s that its %s may use: %s", [
		site.name,
		packages.names[role],
		text.count_of(total, "client"),
		_why(role),
	])
}

unknown contains {"msg": msg, "resource": sites.resource(site)} if {
	some role, guids in _unhelped
	some guid in guids
	sites.may_have_clients(guid)
	site := data.index.sites[guid]
	questions := _open_questions(site, role)
	count(questions) > 0
	msg := sprintf("No package server of this site is known to have a codebase of %s; unknown: %s", [
		packages.names[role],
		concat("; ", questions),
	])
}

unknown contains {
	"msg": "Its codebases were not collected",
	"resource": packages.resource(item),
} if {
	some role, _ in packages.names
	item := data.index.packages[role]
	not package_status.hosts[role]
}

unknown contains {
	"msg": sprintf("It is unknown which of %d packages is %s", [count(several), packages.names[role]]),
	"resource": packages.resource(item),
} if {
	some role, _ in packages.names
	several := data.index.several_packages[role]
	some item in several
}

# Sites for which neither a package server nor the Notification Server is known to help, by
# the packages that have a codebase somewhere.
_unhelped := {role: guids |
	some role, hosts in package_status.hosts
	count(hosts) > 0
	guids := (object.keys(data.index.sites) - _helped[role]) - _ns_helps(role)
}

_helped := {role: package_servers.sites_with(servers) |
	some role, servers in package_status.serving
}

_ns_helps(role) := ways.ns_open if {
	package_status.on_ns[role]
} else := set()

_why(role) := concat("", [
	"its package servers have none, ",
	"and downloads from the Notification Server are prevented",
]) if {
	package_status.on_ns[role]
} else := "neither its package servers nor the Notification Server have one"

# What has to be known before a site without a known codebase is a fault.
_open_questions(site, role) := union({
	{"whether it has clients" | not data.totals.sites[site.guid]},
	{"whether downloads from the Notification Server are prevented" | _in_doubt(site, role)},
	{sprintf("all sites of %s with one", [text.count_of(stray, "package server")]) |
		stray := _strays[role]
		stray > 0
	},
	{sprintf("what %s of its codebases is", [text.count_of(strange, "host")]) |
		strange := package_status.strange[role]
		strange > 0
	},
})

_in_doubt(site, role) if {
	package_status.on_ns[role]
	not site.guid in ways.ns_closed
}

_strays := {role: count(package_servers.strays(servers)) |
	some role, servers in package_status.serving
}

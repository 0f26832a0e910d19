# METADATA
# title: Plug-in installed but no licence in use
# description: |
#   A Patch Management licence is not taken when the Software Update Plug-in is
#   installed. It is taken when the first assessment scan returns, and for that
#   the client needs the scan package and the install tools as well. A computer
#   with the plug-in and without a licence is therefore counted by the filter
#   "Computers with Software Update Plug-in Installed", but it returns no patch
#   inventory, and the updates that it lacks are unknown. Computers that are not
#   Active are left out: they are not expected to scan.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 1 lists the licences in use.
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed.
#   - ref: TECH158125
#     description: Troubleshooting Software Update Plug-in Not Ready.
#   - ref: TECH169557
#     description: For a client that still fails to return inventory or to pull a licence.
# schemas:
#   - input: schema.client
# custom:
#   id: NS-LIC-001
#   severity: high
#   scope: client
#   step: "1"
#   remediation:
#     - versions: ">=8.5"
#       ref: TECH170397
#       text: |
#         If the report names a cause for this client, fix that first. Otherwise look at the
#         client itself. In its agent, check the download history tab and the run history tab of
#         the three packages Software Update Plug-in, Patch Windows System Assessment Scan and
#         Patch Install Tools; if the plug-in shows as Not Ready, follow TECH158125. Check that
#         exactly one plug-in policy targets the client, the Default Software Update Plug-in
#         Policy or a clone of it: without one its scans fail (KB178560), and two conflict
#         (KB180495). When the packages are there, check in the client's logs that the scan
#         completes. If it does and still no inventory or licence appears, follow TECH169557.
#     - versions: "<8.5"
#       ref: TECH170397
#       text: |
#         If the report names a cause for this client, fix that first. Otherwise look at the
#         client itself. In its agent, check the download history tab and the run history tab of
#         the three packages Software Update Plug-in, Patch Windows System Assessment Scan and
#         Patch Install Tools; if the plug-in shows as Not Ready, follow TECH158125. When the
#         packages are there, check in the client's logs that the scan completes. If it does and
#         still no inventory or licence appears, follow TECH169557.
package nscheck.licence.plugin_without_licence

import data.nscheck.lib.computers
import data.nscheck.lib.licence_counts

violation contains {
	"msg": "The Software Update Plug-in is installed but no Patch Management licence is in use",
	"path": "licence.in_use",
	"expected": true,
	"actual": false,
} if {
	computers.has_plugin
	input.licence.in_use == false
}

unknown contains {"msg": msg} if {
	input.licence.in_use != true
	msg := computers.plugin_doubt(_questions)
}

_questions contains "whether a licence is in use" if input.licence.in_use == null

# NS-LIC-002 compares these counts.
tally contains ["licence_counts", site, plugin, member, licence] if {
	computers.active
	some site in licence_counts.computer_sites
	[plugin, member, licence] := licence_counts.computer_facts
}

# NS-LIC-002 compares these if it is unknown in which site computers are.
tally contains ["licence_facts", plugin, member, licence] if {
	computers.active
	[plugin, member, licence] := licence_counts.computer_facts
}

# NS-LIC-006 compares these.
tally contains licence_counts.holder_key

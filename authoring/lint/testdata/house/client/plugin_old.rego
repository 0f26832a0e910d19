# METADATA
# title: Plug-in older than Acme allows
# description: |
#   Acme supports no plug-in below the version in plugin_oldest_major.
# related_resources:
#   - ref: https://wiki.acme.example/plug-in
#     description: Which versions Acme supports, and until when.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: ACME-CLI-001
#   severity: medium
#   scope: client
#   step: "+"
#   remediation:
#     - versions: "<8"
#       text: Upgrade the Notification Server first.
#     - text: Roll out the newest plug-in to the client.
package acme.client.plugin_old

import data.acme.lib.versions

violation contains {"msg": sprintf("Plug-in %s is too old", [input.plugin.version])} if {
	versions.major(input.plugin.version) < data.params.plugin_oldest_major
}

unknown contains {"msg": "The version of the plug-in is not known"} if {
	input.plugin.installed == true
	input.plugin.version == null
}

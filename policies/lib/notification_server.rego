# METADATA
# title: The Notification Server
# schemas:
#   - data.estate: schema.estate
package nscheck.lib.notification_server

# METADATA
# description: The Notification Server as the resource of a finding.
resource := {
	"type": "server",
	"guid": data.estate.server.guid,
	"name": data.estate.server.name,
}

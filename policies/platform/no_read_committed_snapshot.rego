# METADATA
# title: CMDB without READ_COMMITTED_SNAPSHOT
# description: |
#   Without READ_COMMITTED_SNAPSHOT, sessions that read the CMDB wait for those that write
#   it, and the other way round. The vendor calls blocking and deadlocks normal
#   then and recommends the option. They slow down inventories and the import, and
#   nscheck itself has to read data that may be half written.
# related_resources:
#   - ref: KB158091
#     description: READ_COMMITTED_SNAPSHOT and ALLOW_SNAPSHOT_ISOLATION are recommended.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: NS-PLAT-002
#   severity: low
#   scope: estate
#   step: "+"
#   remediation:
#     - ref: KB158091
#       text: |
#         Have the database administrator switch READ_COMMITTED_SNAPSHOT on for the CMDB, and
#         ALLOW_SNAPSHOT_ISOLATION as well, in a maintenance window: ALTER DATABASE ... SET
#         READ_COMMITTED_SNAPSHOT ON waits until no other connection uses the database.
package nscheck.platform.no_read_committed_snapshot

import data.nscheck.lib.notification_server

violation contains {
	"msg": "READ_COMMITTED_SNAPSHOT is off for the CMDB, although the vendor recommends it",
	"resource": notification_server.resource,
	"path": "server.read_committed_snapshot",
	"expected": true,
	"actual": false,
} if {
	data.estate.server.read_committed_snapshot == false
}

unknown contains {
	"msg": "It is unknown whether READ_COMMITTED_SNAPSHOT is on for the CMDB",
	"resource": notification_server.resource,
} if {
	data.estate.server.read_committed_snapshot == null
}

# METADATA
# title: Errors for a required package in a package server's log
# description: |
#   The article has the logs of a package server checked for problems with the
#   required packages: the console may still call a package pending, or ready from
#   an earlier day, when the agent on the server already fails to fetch it. Errors
#   that are older than the limit are taken to be settled.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 4, check the logs.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-PKG-005
#   severity: medium
#   scope: estate
#   step: "4"
#   remediation:
#     - versions: ">=8.5"
#       ref: TECH170397
#       text: |
#         On the package server read the lines about the package in the agent's logs, in
#         "C:\ProgramData\Symantec\Symantec Agent\Logs", and fix what they name. Then, in the
#         package server's GUI, use all the buttons of the Package Server tab to refresh
#         (Update Package, Refresh Package, Resend Package info) and see that no new errors
#         appear.
#     - versions: "<8.5"
#       ref: TECH170397
#       text: |
#         On the package server read the lines about the package in the agent's logs, in the
#         folder "Altiris Agent\Logs", and fix what they name. Then, in the package server's
#         GUI, use all the buttons of the Package Server tab to refresh (Update Package,
#         Refresh Package, Resend Package info) and see that no new errors appear.
package nscheck.packages.errors_in_package_server_log

import data.nscheck.lib.package_servers
import data.nscheck.lib.packages
import data.nscheck.lib.text

not_applicable contains reason if some reason in package_servers.none

violation contains {
	"msg": msg,
	"resource": package_servers.resource(server),
	"expected": "no errors",
	"actual": errors.count,
} if {
	some server in data.estate.package_servers
	some errors in server.agent_folder.log_errors
	name := packages.names[errors["package"]]
	errors.age_days != null
	errors.age_days <= data.params.log_error_max_age_days
	msg := sprintf("The logs of package server %s show %s for %s; the newest is %s", [
		server.name,
		text.count_of(errors.count, "error"),
		name,
		text.age(errors.age_days),
	])
}

unknown contains {"msg": msg, "resource": package_servers.resource(server)} if {
	some server in data.estate.package_servers
	some errors in server.agent_folder.log_errors
	name := packages.names[errors["package"]]
	errors.age_days == null
	msg := sprintf("Its logs show errors for %s, but it is unknown when", [name])
}

unknown contains {
	"msg": "Its logs were not read",
	"resource": package_servers.resource(server),
} if {
	some server in data.estate.package_servers
	not server.agent_folder.log_errors
}

# METADATA
# title: Patch management import failed or never succeeded
# description: |
#   The patch management import (PMImport) brings the data of bulletins, and with
#   it the packages Patch Windows System Assessment Scan and Patch Install Tools,
#   which are not installed with the product. While it fails they stay as old as
#   they are; where it never succeeded they are missing, so that no client can
#   scan. On a child in a hierarchy the import does not run, for its patch data is
#   replicated to it: the rule is not for a child, and NS-IMP-002 evaluates it by its
#   bulletins. Where it is unknown whether the server is a child, its runs are
#   evaluated, because a child has none.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 7, what to read about a failed import.
#   - ref: TECH166778
#     description: Troubleshooting a failed PMImport, PM 7.1 SP1.
#   - ref: HOWTO10440
#     description: Troubleshooting a failed PMImport, PM 7.X.
#   - ref: HOWTO10277
#     description: Troubleshooting a failed PMImport, PM 6.2.
#   - ref: KB173382
#     description: The import on a child in a hierarchy.
#   - ref: KB181413
#     description: Where the console has the import, and how it replicates in a hierarchy.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.params: schema.params
# custom:
#   id: NS-IMP-001
#   severity: high
#   scope: estate
#   step: "7"
#   explains: [NS-CLI-001, NS-CLI-007, NS-LIC-001, NS-PKG-001, NS-PKG-003, NS-PKG-004, NS-SITE-008]
#   chain: 310
#   fix: external
#   remediation:
#     - versions: ">=8"
#       ref: TECH170397
#       text: |
#         On the Notification Server look at the status of the import task (Manage > Jobs and
#         Tasks > System Jobs and Tasks > Software > Patch Management > Import Patch Data for
#         Windows; its name varies) and read the server's log at the time of the failed run, in
#         "C:\ProgramData\Symantec\SMP\Logs". Fix what they name. The article names no reference
#         for 8.x; the one for PM 7.X is HOWTO10440. Run the import again and see that it
#         succeeds. Then check that Patch Windows System Assessment Scan and Patch Install Tools
#         are there and become ready on the package servers.
#     - versions: ">=7.1 SP1, <7.1 SP2"
#       ref: TECH166778
#       text: |
#         Troubleshoot the failed import by TECH166778, the article's reference for PM 7.1 SP1.
#         Run the import again (Manage > Jobs and Tasks > System Jobs and Tasks > Software > Patch
#         Management > Import Patch Data for Windows) and see that it succeeds. Then check that
#         Patch Windows System Assessment Scan and Patch Install Tools are there and become ready
#         on the package servers.
#     - versions: ">=7, <7.1 SP1 || >=7.1 SP2, <8"
#       ref: HOWTO10440
#       text: |
#         Troubleshoot the failed import by HOWTO10440, the article's reference for PM 7.X. Run
#         the import again (Manage > Jobs and Tasks > System Jobs and Tasks > Software > Patch
#         Management > Import Patch Data for Windows) and see that it succeeds. Then check that
#         Patch Windows System Assessment Scan and Patch Install Tools are there and become ready
#         on the package servers.
#     - versions: ">=7.1, <7.2"
#       ref: TECH170397
#       text: |
#         On 7.1 SP1 troubleshoot the failed import by TECH166778, the article's reference for PM
#         7.1 SP1. On 7.1 without SP1, with SP2 and with MP1.x follow HOWTO10440, the one for PM
#         7.X. The build number does not identify the service pack; Symantec Installation Manager
#         shows what is installed; give it as the parameter service_pack. Run the import again
#         (Manage > Jobs and Tasks > System Jobs and Tasks > Software > Patch Management > Import
#         Patch Data for Windows) and see that it succeeds. Then check that Patch Windows System
#         Assessment Scan and Patch Install Tools are there and become ready on the package
#         servers.
#     - versions: "<7"
#       ref: HOWTO10277
#       text: |
#         Troubleshoot the failed import by HOWTO10277, the article's reference for PM 6.2. Run
#         the import again and see that it succeeds. Then check that the scan and tools packages
#         are there and become ready on the package servers.
package nscheck.patch_import.import_failed

import data.nscheck.lib.notification_server
import data.nscheck.lib.packages
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("The last patch management import failed; %s", [_last_success]),
	"resource": notification_server.resource,
	"path": "patch_import.last_run_succeeded",
	"expected": true,
	"actual": false,
} if {
	data.estate.patch_import.last_run_succeeded == false
}

affects(_) := [{"all": true, "package": role, "certainty": _certainty(role)} |
	some role in data.params.required_packages
	role in {"scan", "tools"}
]

not_applicable contains concat(" ", [
	"the Notification Server is a child in a hierarchy:",
	"its patch data is replicated to it, and NS-IMP-002 evaluates it by its bulletins",
]) if {
	data.estate.server.hierarchy_child == true
}

unknown contains {
	"msg": "No run of the patch management import is recorded",
	"resource": notification_server.resource,
} if {
	_no_run
}

unknown contains {
	"msg": "The result of the last patch management import is unknown",
	"resource": notification_server.resource,
} if {
	data.estate.patch_import.last_run_succeeded == null
	not _no_run
	not _last_run_is_a_success
}

_run_at := data.estate.patch_import.last_run_at

_success_at := data.estate.patch_import.last_success_at

_no_run if {
	_run_at == null
	_success_at == null
}

_last_run_is_a_success if {
	_run_at != null
	_run_at == _success_at
}

_last_success := "no success is recorded" if {
	data.estate.patch_import.last_success_at == null
} else := sprintf("the last success is %s", [age]) if {
	age := text.age(data.estate.patch_import.last_success_age_days)
}

# A package that is there may still be too old, but it can be had.
_certainty(role) := "possible" if {
	count(packages.all_of(role)) > 0
} else := "sure"

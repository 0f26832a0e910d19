# METADATA
# title: Patch management import overdue
# description: |
#   The last success of the patch management import (PMImport) is longer ago than the house
#   allows. The built-in NS-IMP-001 finds an import whose last run failed, and not one that is
#   no longer run. That the newest end of the import's task is its last success is inferred,
#   for no public source says where the server keeps it. On a child in a hierarchy the import
#   does not run, so that the rule is not for it.
# related_resources:
#   - ref: KB181413
#     description: Where the console has the import, and how it replicates in a hierarchy.
#   - ref: KB173382
#     description: The import on a child in a hierarchy.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: EX-IMP-001
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7.1"
#       ref: KB181413
#       text: |
#         In the console, under Manage > Jobs and Tasks > System Jobs and Tasks > Software > Patch
#         Management, open the task Import Patch Data for Windows (its name varies). See that it
#         has a schedule that is on, run it once by hand and watch that it ends well.
#     - versions: "<7.1"
#       text: |
#         See in the console that the import of patch data has a schedule that is on, run it once
#         by hand and watch that it ends well.
package nscheck_examples.patch_import.import_overdue

not_applicable contains reason if {
	data.estate.server.hierarchy_child == true
	reason := "the Notification Server is a child in a hierarchy, where the import does not run"
}

violation contains {
	"msg": sprintf("The last successful patch management import was %d days ago; the house allows %d", [
		_age,
		_limit,
	]),
	"resource": _resource,
	"path": "patch_import.last_success_age_days",
	"expected": sprintf("at most %d", [_limit]),
	"actual": _age,
} if {
	_age != null
	_age > _limit
}

# A run that is recorded and did not succeed is a finding of NS-IMP-001; when there was a
# success before it is unknown all the same.
unknown contains {
	"msg": "It is unknown when the patch management import last succeeded",
	"resource": _resource,
} if {
	_age == null
}

_age := data.estate.patch_import.last_success_age_days

_limit := data.params.import_max_age_days

_resource := {
	"type": "server",
	"guid": data.estate.server.guid,
	"name": data.estate.server.name,
}

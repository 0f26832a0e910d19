# METADATA
# title: Plug-in waits for a restart
# description: |
#   The installation of the Software Update Plug-in ended with 3010, which is success with a
#   restart still to come, and nothing shows that the plug-in has worked since: no scan
#   succeeded and no patch inventory changed after it. That the plug-in does not work before
#   the restart is assumed; that the restart was not made is not known, only that nothing
#   speaks for it. Dates of runs are those of the client's clock.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/windows/win32/msi/error-codes
#     description: Exit codes of Windows Installer; 3010 is ERROR_SUCCESS_REBOOT_REQUIRED.
#   - ref: TECH158125
#     description: Troubleshooting Software Update Plug-in Not Ready.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: EX-CLI-003
#   severity: low
#   scope: client
#   step: "3"
#   remediation:
#     - ref: TECH170397
#       text: |
#         Restart the computer, and see in the run history tab of its agent that the Windows
#         System Assessment Scan runs. If the plug-in still shows as Not Ready, follow TECH158125.
#         Where many computers wait, give them a time for it: a restart that users may put off
#         for ever is put off.
package nscheck_examples.client.restart_outstanding

import data.nscheck_examples.lib.computers

violation contains {
	"msg": sprintf("The plug-in was installed %d days ago and asked for a restart; nothing shows that it works since", [input.packages.plugin.last_run.age_days]),
	"path": "packages.plugin.last_run.return_code",
	"expected": 0,
	"actual": 3010,
} if {
	computers.active
	count(_questions) == 0
	not _cleared
}

unknown contains {"msg": msg} if {
	not _cleared
	msg := computers.doubt(_questions)
}

_cleared if input.plugin.installed == false

# A computer that is not managed has no plug-in that inventory could list.
_cleared if {
	input.plugin.installed == null
	input.managed == false
}

_cleared if {
	input.packages.plugin.last_run.return_code != null
	input.packages.plugin.last_run.return_code != 3010
}

_cleared if {
	input.packages.plugin.last_run.age_days != null
	input.packages.plugin.last_run.age_days < data.params.restart_grace_days
}

# Ages are whole days: what happened on the same day may have been before.
_cleared if {
	input.packages.scan.last_run.succeeded == true
	_later(input.packages.scan.last_run.age_days)
}

_cleared if _later(input.inventory.patch_age_days)

# Without a row of the run only that the plug-in ever worked speaks for it.
_cleared if {
	not input.packages.plugin.last_run
	input.inventory.patch_returned == true
}

_later(age) if {
	age != null
	input.packages.plugin.last_run.age_days != null
	age < input.packages.plugin.last_run.age_days
}

_questions contains "whether the plug-in is installed" if input.plugin.installed == null

_questions contains "how its installation ended, for no run is recorded" if not input.packages.plugin.last_run

_questions contains "how its installation ended" if input.packages.plugin.last_run.return_code == null

_questions contains "when it was installed" if input.packages.plugin.last_run.age_days == null

_questions contains "whether the scan succeeded since" if {
	run := input.packages.scan.last_run
	run.succeeded != false
	null in {run.succeeded, run.age_days}
	_may_be_later(run.age_days)
}

_questions contains "whether patch inventory came back since" if {
	input.inventory.patch_age_days == null
	input.inventory.patch_returned != false
}

_may_be_later(null)

_may_be_later(age) if _later(age)

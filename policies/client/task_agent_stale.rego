# METADATA
# title: Task agent registration stale
# description: |
#   The task agent of the computer has not registered for long. Server tasks no
#   longer reach it, and where scans run as a task instead of by policy, neither do
#   those. A computer that sends fresh basic inventory and whose task agent is
#   silent has a fault in its task agent; one that sends nothing at all is away. A
#   computer that is not managed has no task agent to register.
# related_resources:
#   - ref: KB181437
#     description: Scans that run as a task instead of by policy.
#   - ref: TECH170397
#     description: The article; step 5, the task services of the package servers.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-008
#   severity: medium
#   scope: client
#   step: "+"
#   remediation:
#     - versions: ">=8.5"
#       ref: TECH170397
#       text: |
#         Check first whether the computer is away: compare with its basic inventory. If it is
#         there, check that a package server of its site has the Task Server Services installed
#         (step 5 of the article), and look in the agent's logs on the client, in
#         C:\ProgramData\Symantec\Symantec Agent\Logs, for errors of the registration.
#         Fix what they show, and check that its task agent registers again.
#     - versions: "<8.5"
#       ref: TECH170397
#       text: |
#         Check first whether the computer is away: compare with its basic inventory. If it is
#         there, check that a package server of its site has the Task Server Services installed
#         (step 5 of the article), and look in the agent's logs on the client, in
#         Altiris Agent\Logs, for errors of the registration. Fix what
#         they show, and check that its task agent registers again.
package nscheck.client.task_agent_stale

import data.nscheck.lib.computers
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("The task agent has not registered for more than %s", [
		text.count_of(data.params.task_registration_max_age_days, "day"),
	]),
	"path": "task_agent.registration_age_days",
	"expected": sprintf("at most %s", [
		text.count_of(data.params.task_registration_max_age_days, "day"),
	]),
	"actual": input.task_agent.registration_age_days,
} if {
	computers.active
	input.task_agent.registration_age_days > data.params.task_registration_max_age_days
}

unknown contains {"msg": msg} if {
	not _recent
	not _no_agent
	msg := computers.active_doubt(_questions)
}

_questions contains "when its task agent last registered" if {
	input.task_agent.registration_age_days == null
}

_recent if {
	input.task_agent.registration_age_days != null
	input.task_agent.registration_age_days <= data.params.task_registration_max_age_days
}

_no_agent if {
	input.task_agent.registration_age_days == null
	input.managed == false
}

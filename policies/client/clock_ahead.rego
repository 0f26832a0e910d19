# METADATA
# title: Events dated in the future
# description: |
#   Downloads and runs are dated by the computer's own clock. Events of this one are
#   dated in the future, so its clock was wrong when they happened. Schedules run at
#   the wrong time there, and the newest event is not what it seems: one that is dated
#   ahead hides all that come after it until its date has passed.
# related_resources:
#   - ref: TECH170397
#     description: The article; step 3, the download history and the run history.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
# custom:
#   id: NS-CLI-009
#   severity: low
#   scope: client
#   step: "+"
#   remediation:
#     - ref: TECH170397
#       text: |
#         Set the clock, the time zone and the time synchronisation of the computer right. The
#         events that it has sent keep their dates: until these have passed, read the download
#         history tab and the run history tab in the client's own agent instead of the reports
#         on the server.
package nscheck.client.clock_ahead

import data.nscheck.lib.computers
import data.nscheck.lib.text

violation contains {
	"msg": "Events of the computer are dated in the future, so its clock is wrong",
	"path": "packages",
	"expected": sprintf("at most %s ahead", [text.count_of(data.params.clock_tolerance_days, "day")]),
	"actual": text.age(input.events.newest_age_days),
} if {
	computers.active
	_future
}

unknown contains {"msg": msg} if {
	_in_question
	msg := computers.active_doubt(_questions)
}

_questions contains "when some of its events happened" if not _future

_in_question if _future

_in_question if input.events.undated

_future if {
	input.events.newest_age_days != null
	input.events.newest_age_days < 0 - data.params.clock_tolerance_days
}

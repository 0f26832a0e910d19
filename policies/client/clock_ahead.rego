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
	"actual": text.age(min(_future)),
} if {
	computers.active
	count(_future) > 0
}

unknown contains {"msg": msg} if {
	count(_future | _undated) > 0
	msg := computers.active_doubt(_questions)
}

_questions contains "when some of its events happened" if {
	count(_future) == 0
	count(_undated) > 0
}

_future := {age |
	some age in _ages
	age != null
	age < 0 - data.params.clock_tolerance_days
}

_undated := {age |
	some age in _ages
	age == null
}

_ages contains age if {
	some event in input.packages
	age := object.get(event, "status_age_days", null)
	not _no_event(event, age)
}

_ages contains age if {
	some event in input.packages
	age := object.get(event.last_run, "age_days", null)
}

# Without a download event there is neither a status nor an age.
_no_event(event, age) if {
	age == null
	event.status == null
}

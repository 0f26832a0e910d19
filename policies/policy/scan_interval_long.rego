# METADATA
# title: Vulnerability analysis policy never scans, or too seldom
# description: |
#   The vulnerability analysis policy (the article's Microsoft Vulnerability Analysis
#   Policy) starts the assessment scan by its schedules. Without a schedule no client
#   ever scans; with schedules that start a scan once, or less often than the parameter
#   scan_interval_max_days allows, patch inventory gets old before the next scan, and a
#   client that has not scanned yet waits for its licence. How often a schedule starts
#   scans is read from its type: a repetition is a check within the time window of one
#   day. One policy that is on, targets the filter "Computers with Software Update
#   Plug-in Installed" and scans often enough makes up for others. That a policy is off
#   or targets something else is found by NS-POL-005.
# related_resources:
#   - ref: KB178560
#     description: How often the scan policy should check.
#   - ref: KB435000
#     description: How schedules are written; that this policy is written so is inferred.
#   - ref: HOWTO59456
#     description: How a Patch Management licence is consumed; the scan takes it.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-POL-014
#   severity: high
#   scope: estate
#   step: "+"
#   explains: [NS-CLI-002, NS-LIC-001]
#   chain: 515
#   alternatives: true
#   remediation:
#     - versions: ">=7"
#       ref: KB178560
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         policy that the finding names (before 8.x Microsoft Vulnerability Analysis Policy) and
#         give it a daily schedule that checks every 4 hours, or every 6 to 8 hours if the estate
#         has 10,000 clients or more.
#     - versions: "<7"
#       ref: KB178560
#       text: |
#         In the console open the policy that the finding names and give it a daily schedule that
#         checks every 4 hours, or every 6 to 8 hours if the estate has 10,000 clients or more.
package nscheck.policy.scan_interval_long

import data.nscheck.lib.analysis_policies
import data.nscheck.lib.policies
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("%s %s", [policy.name, fault.msg]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].schedules", [policy.name]),
	"expected": sprintf("a scan at least every %s", [text.count_of(_limit, "day")]),
	"actual": fault.actual,
	"affects": [{"all": true, "certainty": fault.certainty}],
} if {
	not _one_may_work
	some policy in analysis_policies.all
	policy.enabled == true
	_too_seldom(policy)
	fault := _fault(policy)
}

unknown contains none if some none in analysis_policies.unrecognised

unknown contains {"msg": msg, "resource": policies.resource(policy)} if {
	not _one_works
	some policy in analysis_policies.all
	policy.enabled != false
	msg := _doubt(policy)
}

_limit := data.params.scan_interval_max_days

# The greatest number of days between two starts, by the type of the schedule. A
# schedule of the type once has no second start.
_days := {"hourly": 1, "daily": 1, "weekly": 7, "monthly": 31, "yearly": 366}

_type(schedule) := lower(schedule.type) if is_string(schedule.type)

_often(policy) if {
	some schedule in policy.schedules
	_days[_type(schedule)] <= _limit
}

# This includes a policy without schedules.
_too_seldom(policy) if {
	every schedule in policy.schedules {
		_rare(schedule)
	}
}

_rare(schedule) if _type(schedule) == "once"

_rare(schedule) if _days[_type(schedule)] > _limit

_one_works if {
	some policy in analysis_policies.all
	policy.enabled == true
	analysis_policies.targets_filter(policy)
	_often(policy)
}

_one_may_work if {
	some policy in analysis_policies.all
	policy.enabled != false
	not analysis_policies.misses_filter(policy)
	not _too_seldom(policy)
}

# A single or rare start may still come in time for a client.
_fault(policy) := {
	"msg": "has no schedule, so it never starts a scan",
	"actual": "no schedule",
	"certainty": "sure",
} if {
	policy.schedules == []
} else := {
	"msg": sprintf("starts a scan only every %s; it should do so at least every %s", [
		text.count_of(shortest, "day"),
		text.count_of(_limit, "day"),
	]),
	"actual": sprintf("every %s", [text.count_of(shortest, "day")]),
	"certainty": "possible",
} if {
	shortest := min({days | some schedule in policy.schedules; days := _days[_type(schedule)]})
} else := {
	"msg": "starts a scan once and never again",
	"actual": "once",
	"certainty": "possible",
}

_doubt(policy) := "Its schedules are unknown" if {
	not policy.schedules
} else := "It starts scans too seldom, but it is unknown whether it is on" if {
	_too_seldom(policy)
	policy.enabled == null
} else := "It starts scans too seldom, and it is unknown whether another policy makes up for it" if {
	_too_seldom(policy)
	_one_may_work
} else := "It is unknown how often one of its schedules starts a scan" if {
	not _too_seldom(policy)
	not _often(policy)
}

# METADATA
# title: Vulnerability analysis policy checks too often
# description: |
#   The vulnerability analysis policy lets each client check again and again whether a
#   scan is due. Every check is load on the Notification Server; where it is too much,
#   inventories arrive late or not at all. The vendor advises not to check more often
#   than every 4 hours, and every 6 to 8 hours from 10,000 clients.
# related_resources:
#   - ref: KB178560
#     description: How often the scan policy should check.
#   - ref: KB435000
#     description: How schedules are written; that this policy uses the repetition is inferred.
# schemas:
#   - data.estate: schema.estate
#   - data.totals: schema.totals
#   - data.params: schema.params
# custom:
#   id: NS-POL-007
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: KB178560
#       text: |
#         In the console, under Settings > All Settings > Software > Patch Management, open the
#         policy that the finding names (before 8.x Microsoft Vulnerability Analysis Policy) and
#         let its schedule check not more often than every 4 hours, or every 6 to 8 hours where
#         the estate has 10,000 clients or more.
#     - versions: "<7"
#       ref: KB178560
#       text: |
#         In the console open the policy that the finding names and let its schedule check not
#         more often than every 4 hours, or every 6 to 8 hours where the estate has 10,000 clients
#         or more.
package nscheck.policy.scan_interval_short

import data.nscheck.lib.analysis_policies
import data.nscheck.lib.clients
import data.nscheck.lib.policies
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("%s checks every %s, but with %s it should not do so more often than every %s", [
		policy.name,
		text.count_of(shortest, "minute"),
		text.count_of(data.totals.clients, "client"),
		text.count_of(_limit, "minute"),
	]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].schedules", [policy.name]),
	"expected": sprintf("at least %s", [text.count_of(_limit, "minute")]),
	"actual": shortest,
} if {
	some policy in analysis_policies.all
	policy.enabled == true
	shortest := min(_too_short(policy))
}

unknown contains none if some none in analysis_policies.unrecognised

unknown contains {"msg": msg, "resource": policies.resource(policy)} if {
	some policy in analysis_policies.all
	policy.enabled != false
	msg := _doubt(policy)
}

_limit := data.params.scan_interval_min_minutes_large if {
	data.totals.clients - clients.unrecognised_servers >= data.params.large_estate_clients
} else := data.params.scan_interval_min_minutes

# What the limit may be, because one of the clients may be the Notification Server.
_possible_limit := data.params.scan_interval_min_minutes_large if {
	data.totals.clients >= data.params.large_estate_clients
} else := _limit

# Intervals below the limit; an interval of zero is a schedule that does not repeat.
_too_short(policy) := _shorter(policy, _limit)

_shorter(policy, limit) := {minutes |
	some schedule in policy.schedules
	minutes := schedule.repeat_minutes
	not minutes in {null, 0}
	minutes < limit
}

_doubt(policy) := "It checks too often, but it is unknown whether it is on" if {
	policy.enabled == null
	count(_too_short(policy)) > 0
} else := "Its schedules are unknown" if {
	not policy.schedules
} else := "It is unknown how often one of its schedules repeats" if {
	count(_too_short(policy)) == 0
	some schedule in policy.schedules
	object.get(schedule, "repeat_minutes", null) == null
} else := "It checks too often for a large estate, but it is unknown whether the estate is one" if {
	count(_too_short(policy)) == 0
	count(_shorter(policy, _possible_limit)) > 0
}

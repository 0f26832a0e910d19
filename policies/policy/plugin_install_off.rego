# METADATA
# title: Plug-in install policy off, or without a target or a schedule
# description: |
#   The chain to a licence begins with the policy that installs the Software Update
#   Plug-in: it has to be on, to target computers without the plug-in, and to have a
#   schedule. Here no install policy does. Clients that have the plug-in are not
#   affected; a computer without it does not get it from these policies, so it is
#   neither scanned nor counted. It may still get the plug-in in another way, for
#   example by hand, from an image, or by a policy that is not recognised by its name.
#   A policy without a target is reported only if an Active computer lacks the plug-in;
#   the gate also reports that a change takes the target away.
# related_resources:
#   - ref: HOWTO59456
#     description: The chain to a licence; the install policy comes first.
#   - ref: KB180589
#     description: Best practices for Patch Management; HOWTO56242 in the article.
#   - ref: TECH170397
#     description: The article, which looks only at computers that have the plug-in.
# schemas:
#   - data.estate: schema.estate
#   - data.totals: schema.totals
# custom:
#   id: NS-POL-013
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: HOWTO59456
#       text: |
#         In the console, under Settings > Agents/Plug-ins > Software > Patch Management, open the
#         plug-in install policy that the finding names. Turn it on, apply it to the target "All
#         Computers without Software Update Plug-in Installed", and give it one single daily
#         schedule (KB180589). If the plug-in is installed in another way on purpose, record the
#         finding as accepted with a waiver.
#     - versions: "<7"
#       ref: HOWTO59456
#       text: |
#         In the console open the plug-in install policy that the finding names. Turn it on, apply
#         it to the computers without the plug-in, and give it one single daily schedule. If the
#         plug-in is installed in another way on purpose, record the finding as accepted with a
#         waiver.
package nscheck.policy.plugin_install_off

import data.nscheck.lib.policies

violation contains _finding(policy, fault) if {
	policies.none_works(_role, policies.schedule)
	some policy in policies.of_role(_role)
	some fault in policies.faults(policy, policies.schedule)
}

violation contains _finding(policy, fault) if {
	policies.none_works(_role, _needed)
	_computers("no") > 0
	some policy in policies.of_role(_role)
	some fault in policies.faults(policy, policies.target)
	fault.setting == "target_filters"
}

unknown contains {
	"msg": "No plug-in install policy is recognised by its name; it may have another one here",
	"resource": {"type": "estate", "guid": null, "name": "policies"},
} if {
	data.estate.policies
	count(policies.of_role(_role)) == 0
}

unknown contains {
	"msg": sprintf("It is unknown %s", [concat(", and ", questions)]),
	"resource": policies.resource(policy),
} if {
	not policies.works(_role, _needed)
	some policy in policies.of_role(_role)
	policies.faults(policy, _needed) == []
	questions := policies.questions(policy, _needed)
}

unknown contains {
	"msg": "It has no target; unknown: whether a computer lacks the plug-in",
	"resource": policies.resource(policy),
} if {
	policies.none_works(_role, _needed)
	_computers("no") == 0
	_computers("unknown") > 0
	some policy in policies.of_role(_role)
	some fault in policies.faults(policy, policies.target)
	fault.setting == "target_filters"
}

# Without a computer that lacks the plug-in, a missing target is no fault, but that the
# policy is off or has no schedule may be one.
unknown contains {
	"msg": sprintf("It is unknown %s", [concat(", and ", questions)]),
	"resource": policies.resource(policy),
} if {
	not policies.works(_role, policies.schedule)
	_computers("no") + _computers("unknown") == 0
	some policy in policies.of_role(_role)
	policies.faults(policy, policies.schedule) == []
	count(policies.faults(policy, _needed)) > 0
	questions := policies.questions(policy, policies.schedule)
	count(questions) > 0
}

_finding(policy, fault) := {
	"msg": sprintf("%s %s", [policy.name, fault.msg]),
	"resource": policies.resource(policy),
	"path": sprintf("policies[%s].%s", [policy.name, fault.setting]),
	"expected": fault.expected,
	"actual": fault.actual,
	"package": "plugin",
	"affects": [{"all": true, "package": "plugin", "certainty": "possible"}],
}

_role := "plugin_install"

_needed := object.union(policies.target, policies.schedule)

# Active computers with the plug-in (yes), without it (no), or of which that is unknown.
_computers(plugin) := sum([n |
	some site, _ in data.totals.tally.licence_counts
	walk(data.totals.tally.licence_counts[site][plugin], [_, n])
	is_number(n)
])

# METADATA
# title: Roll-out of the plug-in is behind at a site
# description: |
#   Many computers of one site are below the plug-in that the house wants as a minimum. That
#   speaks for a reason that they share, such as the site's package servers or the target of
#   a policy, and against fixing one computer after the other. EX-CLI-001 evaluates the
#   computers and counts them by site; this rule reads the counts, so that there is one finding
#   per site instead of hundreds. How many are many is a guess that the
#   parameter rollout_behind_max_percent holds.
# related_resources:
#   - ref: TECH170397
#     description: The article; steps 3 and 4, packages on clients and package servers.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
#   - data.totals: schema.totals
# custom:
#   id: EX-SITE-002
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - ref: TECH170397
#       text: |
#         In the GUI of the site's package servers see whether the Software Update Plug-in is
#         ready in its newest revision, and use all the buttons of the Package Server tab to
#         refresh where it is not: Update Package, Refresh Package, Resend Package info. Then see
#         in the console that the target of the policy that upgrades the plug-in holds the
#         computers of this site. "nscheck explain COMPUTER" walks one of them through the
#         article.
package nscheck_examples.site.plugin_rollout_behind

import data.nscheck_examples.lib.plugin_minimum
import data.nscheck_examples.lib.sites

violation contains {
	"msg": sprintf("%d of %d computers of site %s with the plug-in have one below %s; the house allows %d%%", [
		_behind(site),
		_all(site),
		site.name,
		data.params.plugin_minimum,
		_limit,
	]),
	"resource": sites.resource(site),
	"expected": sprintf("at most %d%%", [_limit]),
	"actual": sprintf("%d%%", [floor((100 * _behind(site)) / _all(site))]),
} if {
	some site in data.estate.sites
	_counts(site)
	_is_behind(site)
}

unknown contains {
	"msg": sprintf("Of %s it is unknown whether they are of this site with a plug-in below %s, which would decide", [
		sites.count_of(_unknown(site) + _elsewhere, "computer"),
		data.params.plugin_minimum,
	]),
	"resource": sites.resource(site),
} if {
	some site in data.estate.sites
	not _is_behind(site)
	_may_be_behind(site)
}

_counts(site) if {
	site.guid in plugin_minimum.sites
	_all(site) >= data.params.rollout_min_computers
}

# Too many, even if every computer that may be of the site too has the newer plug-in.
_is_behind(site) if {
	_counts(site)
	_too_many(_behind(site), (_all(site) + _elsewhere) + _unlocated)
}

# As it looks, or if all that is unknown is against the site.
_may_be_behind(site) if {
	_counts(site)
	_too_many(_behind(site) + _unknown(site), _all(site))
}

_may_be_behind(site) if {
	_elsewhere > 0
	_all(site) + _elsewhere >= data.params.rollout_min_computers
	_too_many((_behind(site) + _unknown(site)) + _elsewhere, _all(site) + _elsewhere)
}

_elsewhere := sites.unplaced_clients

# Clients without a known address make no site doubtful by themselves, for a few are usual.
default _unlocated := 0

_unlocated := data.totals.unlocated_clients

_behind(site) := plugin_minimum.count_of(site.guid, "below")

_unknown(site) := plugin_minimum.count_of(site.guid, "unknown")

_all(site) := (_behind(site) + _unknown(site)) + plugin_minimum.count_of(site.guid, "met")

_too_many(n, of) if 100 * n > _limit * of

_limit := data.params.rollout_behind_max_percent

# METADATA
# title: Licences in use differ from their holders
# description: |
#   The number of licences in use is that of the distinct resources that hold one. The
#   holders are the clients with a licence in use and the holders that are not among the
#   clients: computers that are not Active, and resources that no longer exist. Where
#   the two numbers differ, licensing does not show the proper count: the number or the
#   list of holders is from another time or another product, or holders are missing from
#   the list.
# related_resources:
#   - ref: TECH170397
#     description: The article; its symptoms, and the query of step 1.
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: NS-LIC-006
#   severity: low
#   scope: estate
#   step: symptoms
#   remediation:
#     - ref: TECH170397
#       text: |
#         Compare the number of licences in use that licensing shows with the rows of the script in
#         step 1 of the article: "nscheck licences" lists them with the holders that the script
#         hides. Take the number and the list of holders at the same time and for the same product
#         (files that were exported on different days often differ), and collect again. If they
#         still differ, look for holders that neither list has, such as computers that were deleted
#         or merged, and contact Support for what keeps their licences.
package nscheck.licence.holders_not_counted

import data.nscheck.lib.licence_counts
import data.nscheck.lib.text

violation contains {
	"msg": sprintf("In use: %s; holders: %s (%s, %d others)", [
		text.count_of(_in_use, "licence"),
		_holders_shown,
		_active_shown,
		_others,
	]),
	"resource": _resource,
	"path": "licences.in_use",
	"expected": _expected,
	"actual": _in_use,
} if {
	_differs
}

unknown contains {
	"msg": sprintf("Whether all licences in use have a holder is unknown; unknown: %s", [concat("; ", _questions)]),
	"resource": _resource,
} if {
	count(_questions) > 0
	not _differs
}

_in_use := data.estate.licences.in_use

_resource := {"type": "product", "guid": null, "name": data.estate.licences.product}

_counts := data.totals.tally.licence_holders

_active := sum([n | n := _counts.active.yes])

# Active computers of which it was not counted whether they hold a licence; null if it
# was counted of none.
_left_out := licence_counts.left_out("licence_holders")

_active_shown := "an unknown number of Active computers" if {
	_left_out == null
} else := text.count_of(_active, "Active computer")

_holders_shown := sprintf("at least %d", [_holders]) if {
	_left_out != 0
} else := sprintf("%d", [_holders])

_expected := _holders_shown if {
	_left_out != 0
} else := _holders

# Holders that are not Active are listed, and may be among the computers as well.
_others := max([
	count(data.estate.licences.inactive_holders),
	sum([n | n := _counts.other.yes]),
])

_holders := _active + _others

# Computers that may be further holders.
_doubtful := sum([n | n := _counts.active.unknown]) + sum([n |
	some word in ["yes", "unknown"]
	n := _counts.unknown[word]
])

_differs if {
	_in_use != null
	_in_use < _holders
}

_differs if {
	_in_use != null
	data.totals.uncounted_clients != null
	_left_out != null
	not _partial
	_in_use > (_holders + _doubtful) + _left_out
}

_questions contains "how many licences are in use" if _in_use == null

_questions contains msg if {
	_doubtful > 0
	msg := sprintf("the licence or the status of %s", [text.count_of(_doubtful, "computer")])
}

_questions contains msg if {
	is_number(_left_out)
	_left_out > 0
	msg := sprintf("the licence of %s", [text.count_of(_left_out, "uncounted computer")])
}

_questions contains "which Active computers hold a licence" if _left_out == null

_questions contains "whether there are further computers" if data.totals.uncounted_clients == null

_questions contains "which holders are not Active" if not data.estate.licences.inactive_holders

_questions contains "whether all holders that are not Active are listed" if _partial

# Rows of the list may be missing.
_partial if {
	some name, _ in data.index.partial_sections
	name == "licences.inactive_holders"
}

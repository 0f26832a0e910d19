package nscheck.licence.holders_not_counted_test

import data.nscheck.licence.holders_not_counted as rule

_evaluated(licences, counts) := _uncounted(licences, counts, 0)

_uncounted(licences, counts, n) := evaluated if {
	estate := {"licences": object.union({"product": "Patch"}, licences)}
	evaluated := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.totals as {
			"tally": {"licence_holders": counts},
			"uncounted_clients": 0,
			"not_counted": {"licence_holders": n},
		}
}

_silent := {"violation": set(), "unknown": set()}

_resource := {"type": "product", "guid": null, "name": "Patch"}

_found(in_use, holders, words) := {
	"violation": {{
		"msg": words,
		"resource": _resource,
		"path": "licences.in_use",
		"expected": holders,
		"actual": in_use,
	}},
	"unknown": set(),
}

_unknown(question) := {
	"violation": set(),
	"unknown": {{
		"msg": sprintf("Whether all licences in use have a holder is unknown; unknown: %s", [question]),
		"resource": _resource,
	}},
}

_two := [{"guid": "C1"}, {"guid": "C2"}]

test_equal if {
	_evaluated({"in_use": 5, "inactive_holders": _two}, {"active": {"yes": 3, "no": 9}}) == _silent
	_evaluated({"in_use": 0, "inactive_holders": []}, {}) == _silent
	_evaluated({"in_use": 5, "inactive_holders": _two}, {"active": {"yes": 3}, "other": {"yes": 2}}) == _silent
	_evaluated({"in_use": 5, "inactive_holders": []}, {"active": {"yes": 3}, "other": {"yes": 2, "unknown": 4}}) == _silent
}

test_uncounted if {
	few := {"in_use": 7, "inactive_holders": _two}
	_uncounted(object.union(few, {"in_use": 6}), {"active": {"yes": 3}}, 1) == _unknown("the licence of 1 uncounted computer")
	_uncounted(few, {"active": {"yes": 3}}, 2) == _unknown("the licence of 2 uncounted computers")
	count(_uncounted(few, {"active": {"yes": 3}}, 1).violation) == 1
	_uncounted(few, {}, null) == _unknown("which Active computers hold a licence")
	many := {"in_use": 1, "inactive_holders": _two}
	_uncounted(many, {"active": {"yes": 3}}, 9) == _found(
		1, "at least 5",
		"In use: 1 licence; holders: at least 5 (3 Active computers, 2 others)",
	)
	_uncounted(many, {}, null) == _found(
		1, "at least 2",
		"In use: 1 licence; holders: at least 2 (an unknown number of Active computers, 2 others)",
	)
}

test_further_computers if {
	estate := {"licences": {"product": "Patch", "in_use": 9, "inactive_holders": _two}}
	totals := {"tally": {"licence_holders": {}}, "uncounted_clients": null}
	count(rule.violation) == 0 with data.estate as estate with data.totals as totals
	question := _unknown("whether there are further computers").unknown
	rule.unknown == question with data.estate as estate with data.totals as totals
}

test_differ if {
	_evaluated({"in_use": 7, "inactive_holders": _two}, {"active": {"yes": 3}}) == _found(
		7, 5,
		"In use: 7 licences; holders: 5 (3 Active computers, 2 others)",
	)
	_evaluated({"in_use": 1, "inactive_holders": _two}, {"active": {"yes": 1}}) == _found(
		1, 3,
		"In use: 1 licence; holders: 3 (1 Active computer, 2 others)",
	)
}

test_doubtful_holders if {
	licences := {"in_use": 5, "inactive_holders": []}
	_evaluated(licences, {"active": {"yes": 3, "unknown": 2}}) == _unknown("the licence or the status of 2 computers")
	_evaluated(licences, {"active": {"yes": 3, "unknown": 1}, "unknown": {"yes": 1, "no": 8}}) == _unknown("the licence or the status of 2 computers")
	count(_evaluated(licences, {"active": {"yes": 3}, "unknown": {"unknown": 1}}).violation) == 1
	four := object.union(licences, {"in_use": 4})
	_evaluated(four, {"active": {"yes": 3}, "unknown": {"unknown": 1}}) == _unknown("the licence or the status of 1 computer")
	count(_evaluated(licences, {"active": {"yes": 6, "unknown": 2}}).violation) == 1
}

test_unknown if {
	_evaluated({"in_use": null, "inactive_holders": []}, {"active": {"yes": 3}}) == _unknown("how many licences are in use")
}

test_holders_not_collected if {
	evaluated := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"licences": {
		"product": "Patch",
		"in_use": 5,
	}}
		with data.totals as {"tally": {"licence_holders": {"active": {"yes": 3}}}}
	evaluated == _unknown("which holders are not Active")
}

test_partial_holders if {
	estate := {"licences": {"product": "Patch", "in_use": 9, "inactive_holders": _two}}
	totals := {"tally": {"licence_holders": {"active": {"yes": 3}}}, "uncounted_clients": 0}
	index := {"partial_sections": {"licences.inactive_holders": true}}
	count(rule.violation) == 0 with data.estate as estate with data.totals as totals with data.index as index
	question := _unknown("whether all holders that are not Active are listed").unknown
	rule.unknown == question with data.estate as estate with data.totals as totals with data.index as index
	few := json.patch(estate, [{"op": "replace", "path": "/licences/in_use", "value": 4}])
	count(rule.violation) == 1 with data.estate as few with data.totals as totals with data.index as index
	other := {"partial_sections": {"licences.same_name": true}}
	count(rule.violation) == 1 with data.estate as estate with data.totals as totals with data.index as other
}

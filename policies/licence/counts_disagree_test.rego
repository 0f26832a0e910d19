package nscheck.licence.counts_disagree_test

import data.nscheck.licence.counts_disagree as rule

_judged(counts) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.totals as {
		"clients": 60,
		"tally": counts,
	}
		with data.index as {"names": {"LEEDS": "Leeds"}}
}

_leeds(counts) := _judged({"licence_counts": {"LEEDS": counts}})

_silent := {"violation": set(), "unknown": set()}

_resource := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

test_agree if {
	_leeds({"yes": {"yes": {"yes": 60}}, "no": {"no": {"no": 5}}}) == _silent
}

test_licences_out_of_step if {
	_leeds({"yes": {"yes": {"yes": 22, "no": 38}}}) == {
		"violation": {{
			"msg": concat("", [
				"Leeds: 60 have the plug-in, 60 are in its filter, 22 hold a licence; ",
				"out of step: licences in use (38 computers)",
			]),
			"resource": _resource,
			"expected": "the same computers",
			"actual": [60, 60, 22],
		}},
		"unknown": set(),
	}
}

test_equal_counts_of_different_computers if {
	some violation in _leeds({
		"yes": {"yes": {"no": 1}, "no": {"yes": 1}},
		"no": {"yes": {"yes": 1}},
	}).violation
	violation.msg == concat("", [
		"Leeds: 2 have the plug-in, 2 are in its filter, 2 hold a licence; ",
		"the counts are equal, the computers are not; out of step: ",
		"the plug-in (1 computer), the filter (1 computer), licences in use (1 computer)",
	])
}

test_other_sites if {
	judged := _judged({"licence_counts": {
		"": {"yes": {"no": {"yes": 2}}},
		"LOST": {"no": {"yes": {"no": 1}}},
	}})
	{violation.resource.name | some violation in judged.violation} == {
		"Computers in no known site",
		"LOST",
	}
}

test_unknown_facts if {
	judged := _leeds({"unknown": {"no": {"no": 2}}, "yes": {"yes": {"yes": 20}}})
	judged == {"violation": set(), "unknown": {{
		"msg": concat(" ", [
			"Of some Active computers it is unknown whether they have the plug-in,",
			"are in its filter, or hold a licence",
		]),
		"resource": _resource,
	}}}
}

test_nothing_counted if {
	_judged({}) == {"violation": set(), "unknown": {{
		"msg": "No computer was counted, for its plug-in, filters, licence or addresses are missing",
		"resource": {"type": "estate", "guid": null, "name": "clients"},
	}}}
}

test_no_clients if {
	count(rule.violation) == 0 with data.totals as {"clients": 0, "tally": {}}
	count(rule.unknown) == 0 with data.totals as {"clients": 0, "tally": {}}
}

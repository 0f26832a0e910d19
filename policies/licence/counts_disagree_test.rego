package nscheck.licence.counts_disagree_test

import data.nscheck.licence.counts_disagree as rule

_judged(counts) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.totals as {
		"clients": 60,
		"tally": counts,
	}
		with data.index as {"names": {"LEEDS": "Leeds"}}
}

# Every computer has returned what two of the other facts agree on.
_leeds(counts) := _judged({
	"licence_counts": {"LEEDS": counts},
	"inventory_counts": {"LEEDS": {
		"yes": {"yes": _sum(counts, {"yes"})},
		"no": {"no": _sum(counts, {"no"})},
	}},
})

_sum(counts, words) := sum([n |
	some plugin, member, licence
	n := counts[plugin][member][licence]
	_agreed([plugin, member, licence]) in words
])

_agreed(facts) := word if {
	some word in ["yes", "no"]
	count([fact | some fact in facts; fact == word]) > 1
}

_silent := {"violation": set(), "unknown": set()}

_resource := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

test_agree if {
	_leeds({"yes": {"yes": {"yes": 60}}, "no": {"no": {"no": 5}}}) == _silent
}

test_licences_out_of_step if {
	_leeds({"yes": {"yes": {"yes": 22, "no": 38}}}) == {
		"violation": {{
			"msg": concat("", [
				"Leeds: 60 have the plug-in, 60 are in its filter, 22 hold a licence, ",
				"60 returned patch inventory; out of step: licences in use (38 computers)",
			]),
			"resource": _resource,
			"expected": "the same computers",
			"actual": [60, 60, 22, 60],
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
		"Leeds: 2 have the plug-in, 2 are in its filter, 2 hold a licence, ",
		"3 returned patch inventory; out of step: ",
		"the plug-in (1 computer), the filter (1 computer), licences in use (1 computer)",
	])
}

test_all_counts_equal if {
	judged := _judged({
		"licence_counts": {"LEEDS": {"yes": {"yes": {"no": 1}}, "no": {"no": {"yes": 1}}}},
		"inventory_counts": {"LEEDS": {"yes": {"no": 1}, "no": {"yes": 1}}},
	})
	{violation.msg | some violation in judged.violation} == {concat("", [
		"Leeds: 1 has the plug-in, 1 is in its filter, 1 holds a licence, 1 returned patch inventory; ",
		"the counts are equal, the computers are not; ",
		"out of step: licences in use (2 computers), patch inventory (2 computers)",
	])}
}

test_inventory_out_of_step if {
	judged := _judged({
		"licence_counts": {"LEEDS": {"yes": {"yes": {"yes": 60}}}},
		"inventory_counts": {"LEEDS": {"yes": {"yes": 57, "no": 3}}},
	})
	{[violation.msg, violation.actual] | some violation in judged.violation} == {[
		concat("", [
			"Leeds: 60 have the plug-in, 60 are in its filter, 60 hold a licence, ",
			"57 returned patch inventory; out of step: patch inventory (3 computers)",
		]),
		[60, 60, 60, 57],
	]}
}

test_unknown_inventory if {
	counts := {"LEEDS": {"yes": {"yes": {"yes": 60}}}}
	some_unknown := _judged({"licence_counts": counts, "inventory_counts": {"LEEDS": {"yes": {"yes": 57, "unknown": 3}}}})
	some_unknown == {"violation": set(), "unknown": {{
		"msg": "Of some Active computers it is unknown whether they returned patch inventory",
		"resource": _resource,
	}}}
	every inventory in [{}, {"LEEDS": {"yes": {"yes": 57}}}] {
		not_counted := _judged({"licence_counts": counts, "inventory_counts": inventory})
		not_counted == {"violation": set(), "unknown": {{
			"msg": "How many computers returned patch inventory is unknown",
			"resource": _resource,
		}}}
	}
	out_of_step := _judged({"licence_counts": {"LEEDS": {"yes": {"yes": {"no": 1}}}}, "inventory_counts": {}})
	{violation.actual | some violation in out_of_step.violation} == {[1, 1, 0]}
}

test_computers_of_which_the_site_is_unknown if {
	_judged({
		"licence_counts": {"unknown": {"yes": {"yes": {"yes": 5}}}},
		"inventory_counts": {"unknown": {"yes": {"yes": 5}}},
	}) == _silent
	_judged({
		"licence_counts": {"unknown": {"yes": {"yes": {"no": 1}}}},
		"inventory_counts": {"unknown": {"yes": {"yes": 1}}},
	}) == {
		"violation": set(),
		"unknown": {{
			"msg": concat("", [
				"Plug-in, filter and licences in use disagree, ",
				"but it is unknown in which site the computers are",
			]),
			"resource": {"type": "estate", "guid": null, "name": "subnets"},
		}},
	}
	some unknown in _judged({"licence_counts": {"unknown": {"unknown": {"yes": {"no": 1}}}}}).unknown
	unknown.resource == {"type": "site", "guid": null, "name": "Computers of which the site is unknown"}
	inventory := _judged({
		"licence_counts": {"unknown": {"yes": {"yes": {"yes": 1}}}},
		"inventory_counts": {"unknown": {"yes": {"no": 1}}},
	})
	inventory.violation == set()
}

test_other_sites if {
	judged := _judged({"licence_counts": {
		"": {"yes": {"no": {"yes": 2}}},
		"LOST": {"no": {"yes": {"no": 1}}},
	}})
	{violation.resource | some violation in judged.violation} == {
		{"type": "site", "guid": null, "name": "Computers in no known site"},
		{"type": "site", "guid": "LOST", "name": "LOST"},
	}
}

test_unknown_facts if {
	judged := _judged({
		"licence_counts": {"LEEDS": {"unknown": {"no": {"no": 2}}, "yes": {"yes": {"yes": 20}}}},
		"inventory_counts": {"LEEDS": {"no": {"no": 2}, "yes": {"yes": 20}}},
	})
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
		"msg": "No computer was counted, because its plug-in, filters, licence or addresses are missing",
		"resource": {"type": "estate", "guid": null, "name": "clients"},
	}}}
}

test_no_clients if {
	count(rule.violation) == 0 with data.totals as {"clients": 0, "tally": {}}
	count(rule.unknown) == 0 with data.totals as {"clients": 0, "tally": {}}
}

_without_sites(facts) := judged if {
	totals := {
		"clients": 60,
		"tally": {"licence_facts": facts},
		"not_counted": {"licence_counts": 60, "inventory_counts": null},
	}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.totals as totals
}

_clients := {"type": "estate", "guid": null, "name": "clients"}

test_sites_unknown if {
	_without_sites({"yes": {"yes": {"yes": 60}}}) == _silent
	_without_sites({"yes": {"yes": {"yes": 22, "no": 38}}}) == {"violation": set(), "unknown": {{
		"msg": concat("", [
			"Of all sites: 60 have the plug-in, 60 are in its filter, 22 hold a licence; ",
			"they disagree, but it is unknown in which site the computers are",
		]),
		"resource": _clients,
	}}}
	_without_sites({"yes": {"yes": {"unknown": 60}}}) == {"violation": set(), "unknown": {{
		"msg": concat(" ", [
			"Of some Active computers it is unknown whether they have the plug-in,",
			"are in its filter, or hold a licence, and in which site they are",
		]),
		"resource": _clients,
	}}}
}

test_inventory_not_counted if {
	judged := _judged({"licence_counts": {"LEEDS": {"yes": {"yes": {"yes": 22, "no": 38}}}}})
	{v.msg | some v in judged.violation} == {concat("", [
		"Leeds: 60 have the plug-in, 60 are in its filter, 22 hold a licence, ",
		"how many returned patch inventory is unknown; out of step: licences in use (38 computers)",
	])}
}

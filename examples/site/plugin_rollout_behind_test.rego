package nscheck_examples.site.plugin_rollout_behind_test

import data.nscheck_examples.site.plugin_rollout_behind as rule

_judged(counts) := _judged_with(counts, {})

_judged_with(counts, totals) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"sites": [{"guid": "LEEDS", "name": "Leeds"}]}
		with data.params as {
			"plugin_minimum": "8.6",
			"rollout_behind_max_percent": 20,
			"rollout_min_computers": 10,
		}
		with data.totals as object.union(totals, {"tally": {"examples_plugin_minimum": {"LEEDS": counts}}})
}

_silent := {"violation": set(), "unknown": set()}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

test_few_are_behind if _judged({"met": 8, "below": 2}) == _silent

test_too_few_computers if _judged({"met": 1, "below": 8}) == _silent

test_behind if {
	_judged({"met": 7, "below": 3}) == {
		"violation": {{
			"msg": "3 of 10 computers of site Leeds with the plug-in have one below 8.6; the house allows 20%",
			"resource": _leeds,
			"expected": "at most 20%",
			"actual": "30%",
		}},
		"unknown": set(),
	}
}

test_behind_whatever_is_unknown if count(_judged({"met": 6, "below": 3, "unknown": 1}).violation) == 1

test_unknown_would_decide if {
	_judged({"met": 7, "below": 2, "unknown": 1}) == {
		"violation": set(),
		"unknown": {{
			"msg": "Of 1 computer it is unknown whether they are of this site with a plug-in below 8.6, which would decide",
			"resource": _leeds,
		}},
	}
}

test_computers_of_unknown_sites if {
	counts := {"met": 7, "below": 3}
	subnet := {"subnets": {"N1": {"clients": 6}}}
	count(_judged_with(counts, subnet).violation) == 0
	count(_judged_with(counts, subnet).unknown) == 1
	count(_judged_with({"met": 9}, subnet).unknown) == 1
	count(_judged_with({"met": 7, "below": 3}, {"unlocated_clients": 1, "clients": 11}).violation) == 1
}

test_unknown_would_not_decide if _judged({"met": 8, "unknown": 2}) == _silent

test_nothing_was_counted if {
	count(rule.violation) == 0 with data.estate as {"sites": [{"guid": "LEEDS", "name": "Leeds"}]}
		with data.totals as {"tally": {}}
}

package nscheck_examples.patch_import.import_overdue_test

import data.nscheck_examples.patch_import.import_overdue as rule

_judged_on(server, age) := judged if {
	judged := {
		"violation": rule.violation,
		"unknown": rule.unknown,
		"not_applicable": rule.not_applicable,
	} with data.estate as {
		"server": object.union({"guid": "NS", "name": "NS01", "hierarchy_child": null}, server),
		"patch_import": {"last_success_age_days": age},
	}
		with data.params as {"import_max_age_days": 7}
}

_judged(age) := _judged_on({}, age)

_server := {"type": "server", "guid": "NS", "name": "NS01"}

test_in_time if {
	every age in [0, 7] {
		_judged(age) == {"violation": set(), "unknown": set(), "not_applicable": set()}
	}
}

test_overdue if {
	_judged(8) == {
		"violation": {{
			"msg": "The last successful patch management import was 8 days ago; the house allows 7",
			"resource": _server,
			"path": "patch_import.last_success_age_days",
			"expected": "at most 7",
			"actual": 8,
		}},
		"unknown": set(),
		"not_applicable": set(),
	}
}

test_unknown if {
	_judged(null) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown when the patch management import last succeeded",
			"resource": _server,
		}},
		"not_applicable": set(),
	}
}

test_child if count(_judged_on({"hierarchy_child": true}, 90).not_applicable) == 1

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

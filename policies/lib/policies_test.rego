package nscheck.lib.policies_test

import data.nscheck.lib.policies

_needed := object.union(policies.target, policies.schedule)

_policy := {
	"guid": "A1",
	"name": "Scan",
	"role": "plugin_install",
	"enabled": true,
	"target_filters": ["F1"],
	"schedules": [{"type": "daily"}],
}

_but(changes) := object.union(_policy, changes)

_without(setting) := object.remove(_policy, [setting])

test_resource if {
	policies.resource(_policy) == {"type": "policy", "guid": "A1", "name": "Scan"}
}

test_of_role if {
	estate := {"policies": [_policy, _but({"guid": "A2", "role": "plugin_policy"})]}
	installing := policies.of_role("plugin_install") with data.estate as estate
	{policy.guid | some policy in installing} == {"A1"}
	policies.of_role("vulnerability_analysis") == [] with data.estate as estate
	policies.of_role("plugin_install") == [] with data.estate as {}
}

test_faults if {
	policies.faults(_policy, _needed) == []
	policies.faults(_but({"enabled": null}), _needed) == []
	policies.faults(_without("schedules"), _needed) == []
	policies.faults(_but({"schedules": []}), policies.target) == []
	policies.faults(_but({"enabled": false, "schedules": []}), _needed) == [{
		"msg": "is off",
		"setting": "enabled",
		"expected": true,
		"actual": false,
	}]
	policies.faults(_but({"target_filters": [], "schedules": []}), _needed) == [
		{
			"msg": "has no schedule",
			"setting": "schedules",
			"expected": "at least 1 schedule",
			"actual": "none",
		},
		{
			"msg": "has no target",
			"setting": "target_filters",
			"expected": "at least 1 filter",
			"actual": "none",
		},
	]
}

test_questions if {
	policies.questions(_policy, _needed) == set()
	policies.questions(_but({"enabled": false, "schedules": []}), _needed) == set()
	policies.questions(_but({"enabled": null}), _needed) == {"whether the policy is on"}
	policies.questions(_without("target_filters"), _needed) == {"whether the policy has a target"}
	policies.questions(_without("schedules"), _needed) == {"which schedules the policy has"}
	policies.questions(_without("schedules"), policies.target) == set()
}

test_has_target_without_filters if {
	known := object.union(_without("target_filters"), {"has_target": true})
	policies.faults(known, _needed) == []
	policies.questions(known, _needed) == set()
	none := object.union(known, {"has_target": false})
	{fault.msg | some fault in policies.faults(none, _needed)} == {"has no target"}
	policies.questions(none, _needed) == set()
}

test_filters_precede_has_target if {
	emptied := _but({"target_filters": [], "has_target": true})
	{fault.msg | some fault in policies.faults(emptied, _needed)} == {"has no target"}
	policies.faults(_but({"has_target": false}), _needed) == []
}

_works(list) := {"works": works, "none": none} if {
	works := _holds(list, "works")
	none := _holds(list, "none")
}

_holds(list, "works") if {
	policies.works("plugin_install", _needed) with data.estate as {"policies": list}
} else := false

_holds(list, "none") if {
	policies.none_works("plugin_install", _needed) with data.estate as {"policies": list}
} else := false

test_one_that_works_is_enough if {
	off := _but({"guid": "A2", "enabled": false})
	_works([_policy]) == {"works": true, "none": false}
	_works([off, _policy]) == {"works": true, "none": false}
	_works([off]) == {"works": false, "none": true}
	_works([off, _but({"schedules": []})]) == {"works": false, "none": true}
}

test_one_that_may_work if {
	off := _but({"guid": "A2", "enabled": false})
	_works([_but({"enabled": null})]) == {"works": false, "none": false}
	_works([off, _without("schedules")]) == {"works": false, "none": false}
	_works([_but({"enabled": null, "schedules": []})]) == {"works": false, "none": true}
}

test_no_policy_of_the_role if {
	neither := {"works": false, "none": false}
	_works([]) == neither
	_works([_but({"role": "plugin_policy", "enabled": false})]) == neither
	_works([_but({"role": "plugin_policy"})]) == neither
}

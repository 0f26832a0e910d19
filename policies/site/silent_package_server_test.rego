package nscheck.site.silent_package_server_test

import data.nscheck.site.silent_package_server as rule

_judged_by(version, changes) := judged if {
	server := object.union(
		{
			"guid": "P1",
			"name": "LDS-PS01",
			"agent_version": "8.10.1",
			"basic_inventory_age_days": 0,
			"task_registration_age_days": 0,
		},
		changes,
	)
	estate := {"server": {"name": "NS01", "version": version}, "package_servers": [server]}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.params as {"package_server_silent_days": 7}
}

_judged(changes) := _judged_by("8.10.1", changes)

_resource := {"type": "package_server", "guid": "P1", "name": "LDS-PS01"}

_silent := {"violation": set(), "unknown": set()}

_ages(basic, task) := {"basic_inventory_age_days": basic, "task_registration_age_days": task}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_heard_of if {
	_judged({}) == _silent
	_judged(_ages(7, 40)) == _silent
	_judged(_ages(40, -1)) == _silent
	_judged(_ages(null, 7)) == _silent
	_judged(_ages(0, null)) == _silent
}

test_silent if {
	_judged(_ages(9, 8)) == {
		"violation": {{
			"msg": concat("", [
				"Package server LDS-PS01 is silent: its basic inventory is 9 days old, ",
				"its task registration 8 days old",
			]),
			"resource": _resource,
			"expected": "at most 7 days",
			"actual": 8,
		}},
		"unknown": set(),
	}
}

test_the_newest_sign_of_life if {
	{v.actual | some v in _judged(_ages(8, 9)).violation} == {8}
}

test_unknown_age if {
	_judged(_ages(null, 9)) == _unknown("It is unknown how old its basic inventory is")
	_judged(_ages(9, null)) == _unknown("It is unknown how old its task registration is")
	_judged(_ages(null, null)) == _unknown(concat(" or ", [
		"It is unknown how old its basic inventory",
		"its task registration is",
	]))
}

test_older_agent if {
	_judged({"agent_version": "8.9.5"}) == {
		"violation": {{
			"msg": concat("", [
				"Package server LDS-PS01 runs agent 8.9.5, ",
				"older than 8.10.1 of the Notification Server",
			]),
			"resource": _resource,
			"path": "package_servers[LDS-PS01].agent_version",
			"expected": "8.10.1",
			"actual": "8.9.5",
		}},
		"unknown": set(),
	}
}

test_newer_agent if _judged({"agent_version": "8.11"}) == _silent

test_unknown_version if {
	_judged({"agent_version": null}) == _unknown("The agent version on it is unknown")
	_judged_by(null, {}) == _unknown(concat(" ", [
		"The agent version that the Notification Server offers",
		"is unknown",
	]))
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

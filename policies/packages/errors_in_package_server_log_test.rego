package nscheck.packages.errors_in_package_server_log_test

import data.nscheck.packages.errors_in_package_server_log as rule

_judged(server) := judged if {
	full := object.union({"guid": "P1", "name": "LDS-PS01"}, server)
	estate := {"package_servers": [full]}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as {"names": {"scan": "Scan"}}
		with data.params as {"required_packages": ["scan"], "log_error_max_age_days": 7}
}

_errors(role, age) := {"agent_folder": {"log_errors": [{
	"package": role,
	"count": 3,
	"age_days": age,
}]}}

_resource := {"type": "package_server", "guid": "P1", "name": "LDS-PS01"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_no_errors if _judged({"agent_folder": {"log_errors": []}}) == _silent

test_errors if {
	_judged(_errors("scan", 7)) == {
		"violation": {{
			"msg": concat("", [
				"The logs of package server LDS-PS01 show 3 errors for Scan; ",
				"the newest is 7 days old",
			]),
			"resource": _resource,
			"expected": "no errors",
			"actual": 3,
		}},
		"unknown": set(),
	}
}

test_old_errors if _judged(_errors("scan", 8)) == _silent

test_errors_for_packages_that_are_not_required if _judged(_errors("tools", 0)) == _silent

test_errors_of_unknown_age if {
	_judged(_errors("scan", null)) == _unknown("Its logs show errors for Scan, but it is unknown when")
}

test_logs_not_read if {
	_judged({}) == _unknown("Its logs were not read")
	_judged({"agent_folder": {"orphans": []}}) == _unknown("Its logs were not read")
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

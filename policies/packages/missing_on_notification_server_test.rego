package nscheck.packages.missing_on_notification_server_test

import data.nscheck.packages.missing_on_notification_server as rule

_judged(packages) := judged if {
	estate := {"packages": []}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as {"packages": packages}
		with data.params as {"required_packages": ["scan"]}
}

_scan(enabled) := {"scan": {"guid": "S", "name": "Scan", "enabled": enabled}}

_resource := {"type": "package", "guid": "S", "name": "Scan"}

_affects := [{"all": true, "package": "scan", "certainty": "sure"}]

test_enabled if _judged(_scan(true)) == {"violation": set(), "unknown": set()}

test_packages_that_are_not_required if {
	_judged(object.union(_scan(true), {"tools": {"enabled": false}})).violation == set()
}

test_disabled if {
	_judged(_scan(false)) == {
		"violation": {{
			"msg": "Scan is disabled on the Notification Server",
			"resource": _resource,
			"path": "packages[Scan].enabled",
			"expected": true,
			"actual": false,
			"affects": _affects,
		}},
		"unknown": set(),
	}
}

_judged_several(enabled) := judged if {
	several := [{"guid": sprintf("S%d", [i]), "name": "Scan", "enabled": e} | some i, e in enabled]
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"packages": []}
		with data.index as {"packages": {}, "several_packages": {"scan": several}}
		with data.params as {"required_packages": ["scan"]}
}

test_several_of_one_role if {
	_judged_several([true, true]) == {"violation": set(), "unknown": set()}
	disabled := _judged_several([false, false])
	{v.resource.guid | some v in disabled.violation} == {"S0", "S1"}
	disabled.unknown == set()
}

test_unknown_which_of_several_is_meant if {
	every other in [false, null] {
		_judged_several([true, other]) == {"violation": set(), "unknown": {{
			"msg": concat(" ", [
				"It is unknown which of 2 packages is Patch Windows System Assessment Scan;",
				"this one is not known to be enabled",
			]),
			"resource": {"type": "package", "guid": "S1", "name": "Scan"},
		}}}
	}
	judged := _judged_several([null, false])
	judged.violation == set()
	{u.resource.guid | some u in judged.unknown} == {"S0"}
}

test_missing_package if {
	_judged({}) == {
		"violation": {{
			"msg": "Patch Windows System Assessment Scan is missing on the Notification Server",
			"resource": {"type": "package", "guid": null, "name": "Patch Windows System Assessment Scan"},
			"path": "packages",
			"expected": "the package, enabled",
			"actual": "missing",
			"affects": _affects,
		}},
		"unknown": set(),
	}
}

# The GUID of the plug-in's package is not public, so that it may have another name.
test_a_plugin_that_is_not_found if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"packages": []}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["plugin"]}
	judged == {
		"violation": set(),
		"unknown": {{
			"msg": "It is not found by its name, which may be another one here",
			"resource": {"type": "package", "guid": null, "name": "Software Update Plug-in"},
		}},
	}
}

test_unknown if {
	_judged(_scan(null)) == {
		"violation": set(),
		"unknown": {{"msg": "It is unknown whether it is enabled", "resource": _resource}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["scan"]}
	count(rule.unknown) == 0 with data.estate as {}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["scan", "plugin"]}
}

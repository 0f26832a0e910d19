package nscheck.site.assigned_elsewhere_test

import data.nscheck.site.assigned_elsewhere as rule

_evaluated(server, own) := evaluated if {
	index := {
		"names": {"LEEDS": "Leeds", "YORK": "York", "HULL": "Hull"},
		"sites": {"LEEDS": {}, "YORK": {}, "HULL": {}},
		"address_sites": own,
	}
	estate := {"package_servers": [object.union({"guid": "P1", "name": "LDS-PS01"}, server)]}
	evaluated := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
}

_silent := {"violation": set(), "unknown": set()}

_resource := {"type": "package_server", "guid": "P1", "name": "LDS-PS01"}

test_its_own_site if {
	_evaluated({"sites": ["LEEDS"]}, {"P1": ["LEEDS"]}) == _silent
	_evaluated({"sites": ["YORK"]}, {"P1": ["LEEDS", "YORK"]}) == _silent
	_evaluated({"sites": []}, {"P1": ["LEEDS"]}) == _silent
}

test_own_subnets_in_no_site if _evaluated({"sites": ["LEEDS"]}, {"P1": []}) == _silent

test_a_site_that_does_not_exist if _evaluated({"sites": ["GONE"]}, {"P1": ["LEEDS"]}) == _silent

test_another_site if {
	_evaluated({"sites": ["YORK", "HULL", "LEEDS"]}, {"P1": ["LEEDS"]}) == {
		"violation": {{
			"msg": "Package server LDS-PS01 is assigned to Hull and York by hand, and its addresses are in Leeds",
			"resource": _resource,
			"path": "package_servers[LDS-PS01].sites",
			"expected": ["LEEDS"],
			"actual": ["YORK", "HULL", "LEEDS"],
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_evaluated({"sites": ["YORK"]}, {}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is assigned to a site by hand, and it is unknown in which sites its addresses are",
			"resource": _resource,
		}},
	}
	_evaluated({}, {"P1": ["LEEDS"]}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown to which sites it is assigned by hand",
			"resource": _resource,
		}},
	}
	_evaluated({"sites": []}, {}) == _silent
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

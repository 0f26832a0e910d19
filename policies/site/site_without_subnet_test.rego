package nscheck.site.site_without_subnet_test

import data.nscheck.site.site_without_subnet as rule

_evaluated(subnet_sites, site_servers) := _with_strays(subnet_sites, site_servers, {})

_with_strays(subnet_sites, site_servers, strays) := evaluated if {
	estate := {
		"sites": [{"guid": "LEEDS", "name": "Leeds"}, {"guid": "YORK", "name": "York"}],
		"subnets": [{"guid": "N1", "cidr": "10.1.0.0/24"}, {"guid": "N2", "cidr": "10.2.0.0/24"}],
		"package_servers": [{"guid": "P1", "name": "LDS-PS01"}],
	}
	index := {
		"names": {"P1": "LDS-PS01", "P2": "LDS-PS02"},
		"subnet_sites": subnet_sites,
		"site_package_servers": site_servers,
		"unplaced_package_servers": strays,
	}
	evaluated := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as index
}

_silent := {"violation": set(), "unknown": set()}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

test_a_subnet if {
	_evaluated({"N1": ["LEEDS"], "N2": []}, {"LEEDS": ["P1"], "YORK": []}) == _silent
	_evaluated({"N1": ["LEEDS", "YORK"], "N2": []}, {"LEEDS": ["P1"], "YORK": ["P2"]}) == _silent
}

test_no_servers if _evaluated({"N1": [], "N2": []}, {"LEEDS": [], "YORK": []}) == _silent

test_no_subnet if {
	_evaluated({"N1": [], "N2": ["YORK"]}, {"LEEDS": ["P2", "P1"], "YORK": ["P1"]}) == {
		"violation": {{
			"msg": "Site Leeds has no subnet, so it has no clients for its 2 package servers: LDS-PS01, LDS-PS02",
			"resource": _leeds,
			"expected": "a subnet",
			"actual": "none",
		}},
		"unknown": set(),
	}
}

test_subnet_of_unknown_site if {
	_evaluated({"N2": []}, {"LEEDS": ["P1"], "YORK": []}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It has package servers and is not known to have a subnet; unknown: the site of 1 subnet",
			"resource": _leeds,
		}},
	}
	_evaluated({"N2": ["LEEDS"]}, {"LEEDS": ["P1"], "YORK": []}) == _silent
}

test_a_package_server_may_be_in_it if {
	_with_strays({"N1": [], "N2": ["YORK"]}, {"LEEDS": [], "YORK": []}, {"P1": true}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is not known to have a subnet; unknown: all sites of 1 package server",
			"resource": _leeds,
		}},
	}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

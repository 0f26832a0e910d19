package nscheck_examples.site.too_few_package_servers_test

import data.nscheck_examples.site.too_few_package_servers as rule

_judged(clients, servers, strays, unplaced) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"sites": [{"guid": "LEEDS", "name": "Leeds"}]}
		with data.index as {
			"site_package_servers": {"LEEDS": servers},
			"unplaced_package_servers": strays,
			"subnet_sites": {"N1": ["LEEDS"]},
		}
		with data.params as {"large_site_clients": 50, "large_site_package_servers": 2}
		with data.totals as {
			"clients": clients + unplaced,
			"unlocated_clients": 0,
			"sites": {"LEEDS": {"clients": clients}},
			"subnets": {"N1": {"clients": clients}, "N2": {"clients": unplaced}},
		}
}

_silent := {"violation": set(), "unknown": set()}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_unknown(question) := {"violation": set(), "unknown": {{
	"msg": sprintf("It may be a large site with too few package servers; unknown: %s", [question]),
	"resource": _leeds,
}}}

test_small_site if _judged(50, ["P1"], {}, 0) == _silent

test_enough_servers if _judged(500, ["P1", "P2"], {}, 90) == _silent

test_no_server_at_all if _judged(51, [], {}, 0) == _silent

test_no_server_at_all_where_it_may_be_large if _judged(50, [], {}, 9) == _silent

_too_few(actual) := {
	"violation": {{
		"msg": sprintf("Site Leeds has %s for its 51 clients; the house wants 2 above 50 clients", [actual]),
		"resource": _leeds,
		"expected": "at least 2 package servers",
		"actual": actual,
	}},
	"unknown": set(),
}

test_too_few if _judged(51, ["P1"], {}, 0) == _too_few("1 package server")

test_too_few_even_with_one_that_may_be_there if {
	_judged(51, [], {"P9": true}, 0) == _too_few("at most 1 package server")
}

test_two_may_be_there if _judged(51, [], {"P8": true, "P9": true}, 0) == _unknown("all sites of 2 package servers")

test_too_few_whatever_others_do if count(_judged(51, ["P1"], {"P1": true}, 9).violation) == 1

test_another_server_may_be_there if {
	_judged(51, ["P1"], {"P9": true}, 0) == _unknown("all sites of 1 package server")
}

test_it_may_be_large if _judged(50, ["P1"], {}, 1) == _unknown("the site of 1 client")

test_it_cannot_be_large if _judged(40, ["P1"], {"P9": true}, 10) == _silent

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

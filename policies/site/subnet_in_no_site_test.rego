package nscheck.site.subnet_in_no_site_test

import data.nscheck.site.subnet_in_no_site as rule

_estate := {"subnets": [
	{"guid": "N1", "cidr": "10.4.0.0/24"},
	{"guid": "N2", "cidr": "10.9.0.0/24"},
]}

_judged(subnet_sites, changes) := judged if {
	totals := object.union({"clients": 20, "unlocated_clients": 1}, changes)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as _estate
		with data.index as {"subnet_sites": subnet_sites}
		with data.totals as totals
}

_silent := {"violation": set(), "unknown": set()}

test_every_subnet_in_a_site if {
	_judged(
		{"N1": ["LEEDS"], "N2": ["YORK"]},
		{"subnets": {"N1": {"clients": 6}, "N2": {"clients": 13}}, "uncovered_networks": {}},
	) == _silent
}

test_subnet_in_no_site if {
	_judged(
		{"N1": ["LEEDS"], "N2": []},
		{"subnets": {"N1": {"clients": 5}, "N2": {"clients": 14}}},
	) == {
		"violation": {{
			"msg": "Subnet 10.9.0.0/24 is in no site, and neither is a subnet around it; it has 14 clients",
			"resource": {"type": "subnet", "guid": "N2", "name": "10.9.0.0/24"},
			"path": "subnets[10.9.0.0/24].sites",
			"expected": "a site of its own or of an encompassing subnet",
			"actual": "none",
			"affects": [{"subnet": "N2", "certainty": "possible"}],
		}},
		"unknown": set(),
	}
}

test_one_client if {
	one := {"subnets": {"N2": {"clients": 1}}}
	{v.msg | some v in _judged({"N1": ["LEEDS"], "N2": []}, one).violation} == {concat("", [
		"Subnet 10.9.0.0/24 is in no site, ",
		"and neither is a subnet around it; it has 1 client",
	])}
	count(_judged({"N1": ["LEEDS"]}, one).unknown) == 1
}

test_subnet_without_clients if {
	_judged({"N1": ["LEEDS"], "N2": []}, {"subnets": {"N1": {"clients": 19}}}) == _silent
	_judged({"N1": ["LEEDS"], "N2": []}, {"subnets": {"N2": {"clients": 0}}}) == _silent
}

test_uncovered_network_without_clients if {
	_judged(
		{"N1": ["LEEDS"], "N2": ["LEEDS"]},
		{"uncovered_networks": {"10.99.1.0/24": {"clients": 0}}},
	) == _silent
}

test_uncovered_network if {
	_judged(
		{"N1": ["LEEDS"], "N2": ["LEEDS"]},
		{"uncovered_networks": {"10.99.1.0/24": {"clients": 1}}},
	) == {
		"violation": {{
			"msg": "Network 10.99.1.0/24 is covered by no subnet, so it is in no site; it has 1 client",
			"resource": {"type": "network", "guid": null, "name": "10.99.1.0/24"},
			"expected": "a subnet that covers it",
			"actual": "none",
			"affects": [{"network": "10.99.1.0/24", "certainty": "possible"}],
		}},
		"unknown": set(),
	}
}

test_unknown_site if {
	_judged({"N1": []}, {"subnets": {"N2": {"clients": 4}}}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It has clients, and it is unknown whether it is in a site",
			"resource": {"type": "subnet", "guid": "N2", "name": "10.9.0.0/24"},
		}},
	}
}

test_unknown_site_without_clients if {
	_judged({"N1": []}, {"subnets": {}}) == _silent
	_judged({"N1": []}, {"subnets": {"N2": {"clients": 0}}}) == _silent
}

test_no_client_has_a_known_address if {
	_judged({"N1": [], "N2": []}, {"unlocated_clients": 20}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown which subnets have clients: no address is known of 20 clients",
			"resource": {"type": "estate", "guid": null, "name": "subnets"},
		}},
	}
}

test_missing if {
	totals := {
		"clients": 1,
		"unlocated_clients": 1,
		"uncovered_networks": {"10.99.1.0/24": {"clients": 1}},
		"perhaps_empty": {"uncovered_networks": {"10.99.2.0/24": true}},
	}
	count(rule.violation) == 0 with data.estate as {} with data.index as {} with data.totals as totals
	count(rule.unknown) == 0 with data.estate as {} with data.index as {} with data.totals as totals
}

test_only_client_may_be_the_notification_server if {
	perhaps := {
		"unrecognised_servers": 1,
		"perhaps_empty": {
			"subnets": {"N1": true, "N2": true},
			"uncovered_networks": {"10.99.1.0/24": true},
		},
	}
	_judged({"N1": ["LEEDS"], "N2": []}, perhaps) == {
		"violation": set(),
		"unknown": {
			{
				"msg": concat("", [
					"It is not known to be in a site; ",
					"unknown: whether it has clients besides the Notification Server",
				]),
				"resource": {"type": "subnet", "guid": "N2", "name": "10.9.0.0/24"},
			},
			{
				"msg": "No subnet covers it; unknown: whether it has clients besides the Notification Server",
				"resource": {"type": "network", "guid": null, "name": "10.99.1.0/24"},
			},
		},
	}
}

_unknown_in(sites, subnet_sites, counted) := {u.msg | some u in unknown} if {
	unknown := rule.unknown with data.estate as {"subnets": [{"guid": "N1", "cidr": "10.4.0.0/24", "sites": sites}]}
		with data.index as {"sites": {"LEEDS": {}}, "subnet_sites": subnet_sites}
		with data.totals as {"clients": 4, "unlocated_clients": 0, "subnets": counted}
}

test_lost_site if {
	four := {"N1": {"clients": 4}}
	lost := "It has clients, and it is assigned to a site that is not among the sites"
	_unknown_in(["GONE"], {}, four) == {lost}
	_unknown_in(["GONE", "LEEDS"], {}, four) == {lost}
	_unknown_in(["LEEDS"], {}, four) == {"It has clients, and it is unknown whether it is in a site"}
	_unknown_in(["GONE", "LEEDS"], {"N1": ["LEEDS"]}, four) == set()
	_unknown_in(["GONE"], {}, {"N1": {"clients": 0}}) == set()
	_unknown_in(["GONE"], {}, {}) == set()
}

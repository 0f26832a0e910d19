package nscheck.lib.sites_test

import data.nscheck.lib.sites

test_resource if {
	sites.resource({"guid": "LEEDS", "name": "Leeds", "prevent_downloads": []}) == {
		"type": "site",
		"guid": "LEEDS",
		"name": "Leeds",
	}
}

_totals := {
	"clients": 5,
	"unlocated_clients": 1,
	"sites": {"LEEDS": {"clients": 4}},
	"subnets": {"N1": {"clients": 4}},
}

test_may_have_clients if {
	index := {"subnet_sites": {"N1": ["LEEDS"]}}
	sites.may_have_clients("LEEDS") with data.totals as _totals with data.index as index
	not sites.may_have_clients("YORK") with data.totals as _totals with data.index as index
}

test_clients_of_unknown_site_may_be_anywhere if {
	sites.may_have_clients("YORK") with data.totals as _totals
		with data.index as {"subnet_sites": {}}
}

test_sites_that_are_not_among_the_sites if {
	estate := {"subnets": [
		{"guid": "N1", "sites": ["LEEDS"]},
		{"guid": "N2", "sites": ["GONE"]},
		{"guid": "N3"},
	]}
	index := {"sites": {"LEEDS": {"guid": "LEEDS"}}, "subnet_sites": {"N1": ["LEEDS"]}}
	clients := {"clients": 5, "unlocated_clients": 0, "subnets": {"N2": {"clients": 5}}}
	lost := sites.unknown_of_lost with data.estate as estate
		with data.index as index
		with data.totals as clients
	lost == {{
		"msg": "A subnet is assigned to it, it is not among the sites, and it may have clients",
		"resource": {"type": "site", "guid": "GONE", "name": "GONE"},
	}}
	count(sites.unknown_of_lost) == 0 with data.estate as estate
		with data.index as index
		with data.totals as {"clients": 5, "unlocated_clients": 0, "subnets": {"N1": {"clients": 5}}}
}

test_perhaps_empty if {
	totals := {"clients": 1, "unlocated_clients": 0, "perhaps_empty": {"sites": {"LEEDS": true}}}
	sites.may_have_clients("LEEDS") with data.totals as totals with data.index as {}
	not sites.may_have_clients("YORK") with data.totals as totals with data.index as {}
}

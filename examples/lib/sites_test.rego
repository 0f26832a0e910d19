package nscheck_examples.lib.sites_test

import data.nscheck_examples.lib.sites

_leeds := {"guid": "LEEDS", "name": "Leeds"}

_york := {"guid": "YORK", "name": "York"}

_index := {
	"site_package_servers": {"LEEDS": ["P1", "P2"], "YORK": []},
	"package_servers": {"P1": {"name": "LDS-PS01"}, "P2": {"name": "LDS-PS02"}},
	"unplaced_package_servers": {"P2": true, "P3": true},
	"subnet_sites": {"N1": ["LEEDS"]},
}

test_resource if sites.resource(_leeds) == {"type": "site", "guid": "LEEDS", "name": "Leeds"}

test_clients if {
	sites.clients(_leeds) == 7 with data.totals as {"sites": {"LEEDS": {"clients": 7}}}
	sites.clients(_york) == 0 with data.totals as {"sites": {"LEEDS": {"clients": 7}}}
}

test_unplaced_clients if {
	totals := {"clients": 9, "unlocated_clients": 1, "subnets": {"N1": {"clients": 5}, "N2": {"clients": 3}}}
	sites.unplaced_clients == 3 with data.totals as totals with data.index as _index
}

test_no_address_is_known if {
	totals := {"clients": 9, "unlocated_clients": 9, "subnets": {}}
	sites.unplaced_clients == 9 with data.totals as totals with data.index as _index
}

test_servers if {
	[server.name | some server in sites.servers(_leeds)] == ["LDS-PS01", "LDS-PS02"] with data.index as _index
	count(sites.servers(_york)) == 0 with data.index as _index
}

test_stray_servers if {
	sites.stray_servers(_leeds) == 1 with data.index as _index
	sites.stray_servers(_york) == 2 with data.index as _index
}

test_questions if {
	unplaced := {"clients": 2, "unlocated_clients": 2}
	sites.questions(_york) == {"all sites of 2 package servers", "the site of 2 clients"} with data.index as _index
		with data.totals as unplaced
	placed := {"clients": 2, "unlocated_clients": 0, "subnets": {"N1": {"clients": 2}}}
	sites.questions(_leeds) == set() with data.index as object.union(_index, {"unplaced_package_servers": null})
		with data.totals as placed
}

test_count_of if {
	sites.count_of(1, "client") == "1 client"
	sites.count_of(0, "client") == "0 clients"
}

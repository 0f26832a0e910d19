package nscheck.lib.package_servers_test

import data.nscheck.lib.package_servers

_index := {
	"site_package_servers": {"LEEDS": ["P1", "P2"], "YORK": ["P2"], "HULL": []},
	"package_server_sites": {"P1": ["LEEDS"], "P2": ["LEEDS", "YORK"], "P3": []},
	"unplaced_package_servers": {},
}

_with_stray := object.union(_index, {"unplaced_package_servers": {"P3": true}})

test_resource if {
	package_servers.resource({"guid": "P1", "name": "LDS-PS01", "fqdn": null}) == {
		"type": "package_server",
		"guid": "P1",
		"name": "LDS-PS01",
	}
}

test_sites_with if {
	package_servers.sites_with({"P1"}) == {"LEEDS"} with data.index as _index
	package_servers.sites_with({"P2", "P3"}) == {"LEEDS", "YORK"} with data.index as _index
	package_servers.sites_with(set()) == set() with data.index as _index
}

test_strays if {
	package_servers.strays({"P1", "P3"}) == {"P3"} with data.index as _with_stray
	package_servers.strays({"P1"}) == set() with data.index as _with_stray
}

test_certainty if {
	package_servers.certainty("LEEDS", {"P1", "P2"}) == "sure" with data.index as _index
	package_servers.certainty("LEEDS", {"P2"}) == "possible" with data.index as _index
	package_servers.certainty("YORK", {"P2"}) == "sure" with data.index as _index
	package_servers.certainty("HULL", set()) == "sure" with data.index as _index
}

test_certainty_beside_a_stray if {
	package_servers.certainty("LEEDS", {"P1", "P2"}) == "possible" with data.index as _with_stray
	package_servers.certainty("LEEDS", {"P1", "P2", "P3"}) == "sure" with data.index as _with_stray
}

test_hosts if {
	hosts := package_servers.hosts({
		"name": "LDS-PS01",
		"fqdn": "LDS-PS01.corp.example",
		"addresses": ["10.4.0.10/24"],
	})
	hosts == {"lds-ps01", "lds-ps01.corp.example", "10.4.0.10"}
}

test_hosts_of_a_server_known_by_name_only if {
	package_servers.hosts({"name": "LDS-PS01", "fqdn": null}) == {"lds-ps01"}
}

test_none if {
	count(package_servers.none) == 1 with data.estate as {"package_servers": []}
	count(package_servers.none) == 0 with data.estate as {"package_servers": [{"guid": "P1"}]}
	count(package_servers.none) == 0 with data.estate as {}
}

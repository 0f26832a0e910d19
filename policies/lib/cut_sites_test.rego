package nscheck.lib.cut_sites_test

import data.nscheck.lib.cut_sites

_of(servers) := said if {
	said := {"settings": cut_sites.settings(servers), "reasons": cut_sites.reasons(servers)} with data.estate as {
		"package_servers": [
			{"guid": "P1", "constrained": false},
			{"guid": "P2", "constrained": true},
			{"guid": "P3", "constrained": true},
			{"guid": "P4", "constrained": true},
		],
		"vendor_policies": [{
			"name": "Vendor",
			"enabled": true,
			"package_assignment": {"type": "individual", "package_servers": ["P2", "P3"]},
		}],
	}
		with data.index as {
			"names": {"P1": "LDS-PS01", "P2": "LDS-PS02", "P3": "LDS-PS03"},
			"site_package_servers": {"LEEDS": ["P1", "P2", "P3", "P4"]},
			"package_server_sites": {},
			"unplaced_package_servers": {},
		}
		with data.params as {"other_vendors": []}
}

_list := "vendor_policies[Vendor].package_assignment.package_servers"

test_one_of_each if {
	_of({"P1", "P2"}) == {
		"settings": ["package_servers[LDS-PS02].constrained", _list],
		"reasons": concat("; ", [
			"LDS-PS01 is not enabled in the vendor policy",
			"LDS-PS02 is enabled but constrained",
		]),
	}
}

test_several if {
	_of({"P1", "P2", "P3", "P4"}) == {
		"settings": [
			"package_servers[LDS-PS02].constrained",
			"package_servers[LDS-PS03].constrained",
			_list,
		],
		"reasons": concat("; ", [
			"LDS-PS01, P4 are not enabled in the vendor policy",
			"LDS-PS02, LDS-PS03 are enabled but constrained",
		]),
	}
}

test_none if _of(set()) == {"settings": [], "reasons": ""}

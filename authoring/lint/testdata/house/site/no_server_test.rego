package acme.site.no_server_test

import data.acme.site.no_server as rule

_estate := {"sites": [{"guid": "LEEDS", "name": "Leeds"}]}

_index(unplaced) := {"site_package_servers": {"LEEDS": []}, "unplaced_package_servers": unplaced}

test_no_package_server if {
	count(rule.violation) == 1 with data.estate as _estate with data.index as _index({})
}

test_a_package_server_without_a_known_site if {
	count(rule.violation) == 0 with data.estate as _estate with data.index as _index({"P1": true})
	count(rule.unknown) == 1 with data.estate as _estate with data.index as _index({"P1": true})
}

package nscheck.packages.no_usable_codebase_test

import data.nscheck.packages.no_usable_codebase as rule

_servers := [
	{"guid": "P1", "name": "LDS-PS01", "fqdn": "lds-ps01.corp.example", "addresses": []},
	{"guid": "P9", "name": "STRAY", "fqdn": null},
]

_estate(prevented) := {
	"server": {"name": "NS01", "version": "8.5.5032"},
	"sites": [object.union({"guid": "LEEDS", "name": "Leeds"}, prevented)],
	"package_servers": _servers,
}

_index(strays) := {
	"names": {"scan": "Scan"},
	"site_package_servers": {"LEEDS": ["P1"]},
	"package_server_sites": {"P1": ["LEEDS"], "P9": []},
	"unplaced_package_servers": strays,
	"subnet_sites": {"N1": ["LEEDS"]},
}

_totals := {
	"clients": 48,
	"unlocated_clients": 0,
	"sites": {"LEEDS": {"clients": 48}},
	"subnets": {"N1": {"clients": 48}},
}

_scan := {"guid": "S", "name": "Scan"}

_judged_with(prevented, hosts, index, totals) := judged if {
	estate := _estate(prevented)
	scan := object.union(_scan, {"codebases": [{"host": host} | some host in hosts]})
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.index as object.union(
		index,
		{"packages": {"scan": scan}, "sites": {site.guid: site | some site in estate.sites}},
	)
		with data.estate as estate
		with data.totals as totals
		with data.params as {"required_packages": ["scan"]}
}

_judged(prevented, hosts) := _judged_with(prevented, hosts, _index({}), _totals)

_open := {"prevent_downloads": []}

_shut := {"prevent_downloads": ["Ns"]}

_leeds := {"type": "site", "guid": "LEEDS", "name": "Leeds"}

_silent := {"violation": set(), "unknown": set()}

_violation(why) := {
	"violation": {{
		"msg": sprintf("Site Leeds has no codebase of Scan that its 48 clients may use: %s", [why]),
		"resource": _leeds,
		"expected": "a codebase of Scan",
		"actual": "none",
		"affects": [{"site": "LEEDS", "package": "scan", "certainty": "sure"}],
	}},
	"unknown": set(),
}

_unknown(question) := {"violation": set(), "unknown": {{"msg": msg, "resource": _leeds}}} if {
	known := "No package server of this site is known to have a codebase of Scan"
	msg := sprintf("%s; unknown: %s", [known, question])
}

test_on_a_package_server_of_the_site if {
	_judged(_shut, ["lds-ps01.corp.example"]) == _silent
	_judged({}, ["LDS-PS01"]) == _silent
}

test_on_the_notification_server if {
	_judged(_open, ["ns01.corp.example"]) == _silent
	_judged({"prevent_downloads": ["ExtPs"]}, ["NS01"]) == _silent
}

test_downloads_prevented if {
	_judged(_shut, ["ns01.corp.example"]) == _violation(concat("", [
		"its package servers have none, ",
		"and downloads from the Notification Server are prevented",
	]))
}

test_only_on_servers_of_other_sites if {
	_judged(_open, ["stray.corp.example"]) == _violation(concat("", [
		"neither its package servers nor the Notification Server have one",
	]))
}

test_no_codebase_at_all if {
	_judged(_open, []) == {
		"violation": {{
			"msg": "Scan has no codebase on any host",
			"resource": {"type": "package", "guid": "S", "name": "Scan"},
			"path": "packages[Scan].codebases",
			"expected": "at least 1 codebase",
			"actual": "none",
			"affects": [{"all": true, "package": "scan", "certainty": "sure"}],
		}},
		"unknown": set(),
	}
}

test_site_without_clients if {
	totals := {"clients": 0, "unlocated_clients": 0, "sites": {}, "subnets": {}}
	_judged_with(_shut, ["ns01"], _index({}), totals) == _silent
}

test_unknown_whether_it_has_clients if {
	totals := {
		"clients": 9,
		"unlocated_clients": 0,
		"sites": {},
		"subnets": {"N2": {"clients": 9}},
	}
	_judged_with(_shut, ["ns01"], _index({}), totals) == _unknown("whether it has clients")
}

test_unknown_whether_prevented if {
	_judged({}, ["ns01.corp.example"]) == _unknown(concat("", [
		"whether downloads from the Notification Server are prevented",
	]))
}

test_a_server_whose_sites_are_unknown if {
	judged := _judged_with(_shut, ["ns01", "stray.corp.example"], _index({"P9": true}), _totals)
	judged == _unknown("all sites of 1 package server with one")
}

test_a_host_that_nobody_knows if {
	_judged(_shut, ["ns01", "altiris.corp.example"]) == _unknown("what 1 host of its codebases is")
}

test_unknown_codebases if {
	estate := _estate(_open)
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as object.union(_index({}), {"packages": {"scan": _scan}})
		with data.totals as _totals
		with data.params as {"required_packages": ["scan", "tools"]}
	judged == {"violation": set(), "unknown": {{
		"msg": "Its codebases were not collected",
		"resource": {"type": "package", "guid": "S", "name": "Scan"},
	}}}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
		with data.index as {"packages": {}}
		with data.totals as {}
		with data.params as {"required_packages": ["scan"]}
	count(rule.unknown) == 0 with data.estate as {}
		with data.index as {"packages": {}}
		with data.totals as {}
		with data.params as {"required_packages": ["scan"]}
}

test_several_packages_of_one_role if {
	several := {"packages": {}, "several_packages": {"scan": [_scan, {"guid": "S2", "name": "Scan"}]}}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as _estate({})
		with data.index as object.union(_index({}), several)
		with data.totals as _totals
		with data.params as {"required_packages": ["scan"]}
	judged.violation == set()
	{[u.msg, u.resource.guid] | some u in judged.unknown} == {
		["It is unknown which of 2 packages is Scan", "S"],
		["It is unknown which of 2 packages is Scan", "S2"],
	}
}

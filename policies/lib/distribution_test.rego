package nscheck.lib.distribution_test

import data.nscheck.lib.distribution

_params := {"required_packages": ["scan"], "other_vendors": ["Red Hat"]}

_microsoft := {"guid": "V1", "name": "Microsoft Vendor Policy"}

_red_hat := {"guid": "V2", "name": "red hat vendor policy"}

# Leeds has nothing, York the scan on one of two servers, Hull everything.
_estate := {"server": {"name": "NS01"}, "package_servers": [
	{"guid": "P1", "name": "LDS-PS01", "fqdn": null, "packages": {}},
	{"guid": "P2", "packages": {"scan": {"status": "ready"}}},
	{"guid": "P3", "packages": {}},
	{"guid": "P4", "packages": {"scan": {"status": null}}},
]}

_index := {
	"site_package_servers": {"LEEDS": ["P1"], "YORK": ["P2", "P3"], "HULL": ["P4"], "BARE": []},
	"package_server_sites": {"P1": ["LEEDS"], "P2": ["YORK"], "P3": ["YORK"], "P4": ["HULL"]},
	"unplaced_package_servers": {},
	"packages": {"scan": {"codebases": [{"host": "ns01.corp.example"}]}},
}

_index_with(scan) := object.union(object.remove(_index, ["packages"]), {"packages": {"scan": scan}})

test_resource if {
	distribution.resource(_microsoft) == {
		"type": "vendor_policy",
		"guid": "V1",
		"name": "Microsoft Vendor Policy",
	}
}

test_settings if {
	policy := {"package_assignment": {"type": "site", "automatic_site_assignment": true}}
	distribution.assignment(policy) == "site"
	distribution.automatic(policy) == true
	distribution.assignment({}) == null
	distribution.automatic({}) == null
}

test_other_vendors if {
	distribution.serves_windows(_microsoft) with data.params as _params
	not distribution.serves_windows(_red_hat) with data.params as _params
}

test_windows_policies if {
	policies := distribution.windows_policies with data.params as _params
		with data.estate as {"vendor_policies": [_red_hat, _microsoft]}
	{policy.guid | some policy in policies} == {"V1"}
	none := distribution.windows_policies with data.params as _params with data.estate as {}
	none == []
}

test_starved if {
	starved := distribution.starved_by("V1") with data.estate as _estate
		with data.index as _index
		with data.params as _params
	starved == [
		{"site": "LEEDS", "package": "scan", "certainty": "sure"},
		{"site": "YORK", "package": "scan", "certainty": "possible"},
	]
}

# Rows are lost: without codebases a missing one makes nothing sure.
test_starved_where_codebases_are_unknown if {
	starved := distribution.starved_by("V1") with data.estate as _estate
		with data.index as _index_with({})
		with data.params as _params
	starved == [
		{"site": "LEEDS", "package": "scan", "certainty": "possible"},
		{"site": "YORK", "package": "scan", "certainty": "possible"},
	]
}

test_served_without_a_status if {
	starved := distribution.starved_by("V1") with data.estate as _estate
		with data.index as _index_with({"codebases": [{"host": "lds-ps01.corp.example"}]})
		with data.params as _params
	{selector.site | some selector in starved} == {"YORK"}
}

test_everywhere if {
	possible := [{"all": true, "package": "scan", "certainty": "possible"}]
	distribution.everywhere_by("V1") == possible with data.estate as _estate
		with data.index as _index
		with data.params as _params
	distribution.everywhere_by("V1") == possible with data.estate as {"package_servers": []}
		with data.index as _index
		with data.params as _params

	sure := [{"all": true, "package": "scan", "certainty": "sure"}]
	nothing := {
		"server": {"name": "NS01"},
		"package_servers": [{"guid": "P1", "packages": {}}],
	}
	distribution.everywhere_by("V1") == sure with data.estate as nothing
		with data.index as _index
		with data.params as _params
	distribution.everywhere_by("V1") == possible with data.estate as nothing
		with data.index as _index_with({})
		with data.params as _params
}

_second(enabled, kind, servers) := {
	"guid": "V3",
	"name": "Second",
	"enabled": enabled,
	"package_assignment": {
		"type": kind,
		"automatic_site_assignment": false,
		"package_servers": servers,
	},
}

_beside(second, strays) := {"site": site, "everywhere": everywhere} if {
	servers := [{"guid": "P1", "packages": {}}, {"guid": "P2", "packages": {}}]
	estate := {
		"server": {"name": "NS01"},
		"package_servers": servers,
		"vendor_policies": [_microsoft, second],
	}
	index := object.union(object.remove(_index, ["site_package_servers"]), {
		"site_package_servers": {"LEEDS": ["P1"]},
		"unplaced_package_servers": strays,
	})
	starved := distribution.starved_by("V1") with data.estate as estate
		with data.index as index
		with data.params as _params
	lacking := distribution.everywhere_by("V1") with data.estate as estate
		with data.index as index
		with data.params as _params
	site := starved[0].certainty
	everywhere := lacking[0].certainty
}

test_another_policy_may_assign if {
	possible := {"site": "possible", "everywhere": "possible"}
	every second in [
		_second(true, "all", []),
		_second(null, "all", []),
		_second(true, null, []),
		_second(true, "individual", ["P1"]),
		{"guid": "V3", "name": "Second", "enabled": true, "package_assignment": {"type": "individual"}},
		{"guid": "V3", "name": "Second", "enabled": true},
	] {
		_beside(second, {}) == possible
	}
	_beside(_second(true, "individual", ["P2"]), {"P2": true}) == possible
}

test_another_policy_does_not_assign if {
	sure := {"site": "sure", "everywhere": "sure"}
	automatic := {"package_assignment": {"type": "all", "automatic_site_assignment": true}}
	every second in [
		_second(false, "all", []),
		_second(true, "site", []),
		object.union(_second(true, "all", []), automatic),
		_second(true, "individual", []),
		object.union(_second(true, "all", []), {"name": "Red Hat"}),
	] {
		_beside(second, {}) == sure
	}
	_beside(_second(true, "individual", ["P2"]), {}) == {"site": "sure", "everywhere": "possible"}
}

test_everywhere_by_all_policies if {
	selectors := distribution.everywhere_by(null) with data.estate as {
		"server": {"name": "NS01"},
		"package_servers": [{"guid": "P1", "packages": {}}],
		"vendor_policies": [_microsoft, _second(true, "all", [])],
	}
		with data.index as _index
		with data.params as _params
	{selector.certainty | some selector in selectors} == {"sure"}
}

# A policy does not make up for its own fault.
test_a_policy_is_no_other_one if {
	policy := object.union(_microsoft, {"enabled": true, "package_assignment": {"type": "all"}})
	servers := [{"guid": "P1", "name": "LDS-PS01", "fqdn": null, "packages": {}}]
	estate := {"server": {"name": "NS01"}, "package_servers": servers, "vendor_policies": [policy]}
	every guid, certainty in {"V1": "sure", "V9": "possible"} {
		distribution.everywhere_by(guid) == [{"all": true, "package": "scan", "certainty": certainty}] with data.estate as estate
			with data.index as _index
			with data.params as _params
	}
}

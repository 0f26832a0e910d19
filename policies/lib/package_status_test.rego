package nscheck.lib.package_status_test

import data.nscheck.lib.package_status

_servers := [
	_server("P1", {"packages": {"scan": {"status": "ready", "revision": "1.10"}}}),
	_server("P2", {"packages": {"scan": {"status": "ready", "revision": "1.1"}}}),
	_server("P3", {"packages": {"scan": {"status": "pending", "revision": "1.1"}}}),
	_server("P4", {"packages": {"scan": {"status": null, "revision": null}}}),
	_server("P5", {"packages": {}}),
	_server("P6", {}),
]

_server(guid, changes) := object.union(
	{"guid": guid, "name": guid, "fqdn": sprintf("%s.corp.example", [lower(guid)])},
	changes,
)

_of(scan) := status if {
	status := {
		"ready": package_status.ready.scan,
		"unready": package_status.unready.scan,
		"unserved": package_status.unserved.scan,
		"stale": package_status.stale.scan,
		"serving": object.get(package_status.serving, "scan", "unknown"),
		"strange": object.get(package_status.strange, "scan", "unknown"),
	} with data.estate as {"server": {"name": "NS01"}, "package_servers": _servers}
		with data.index as {"packages": {"scan": scan}}
		with data.params as {"required_packages": ["scan"]}
}

_scan(revision, hosts) := {
	"revision": revision,
	"codebases": [{"host": host} | some host in hosts],
}

test_status if {
	_of(_scan("1.10", ["ns01.corp.example", "p1.corp.example"])) == {
		"ready": {"P1", "P2"},
		"unready": {"P3", "P5"},
		"unserved": {"P5"},
		"stale": {"P2"},
		"serving": {"P1"},
		"strange": 0,
	}
}

# The host may be any server by another name, or by an address that is not known.
test_a_host_that_nobody_knows if {
	every host in ["p5.dmz.example", "10.4.0.15", "packages.corp.example"] {
		status := _of(_scan("1.10", ["ns01", host]))
		status.strange == 1
		status.unserved == set()
		status.unready == {"P3"}
	}
}

test_a_codebase_without_a_status if {
	_of(_scan("1.10", ["P5"])).unserved == set()
}

test_unknown_codebases if {
	status := _of({"revision": "1.10"})
	status.serving == "unknown"
	status.unserved == set()
	status.unready == {"P3"}
}

test_revisions_compare_as_numbers if _of(_scan("1.10.0", [])).stale == {"P2"}

test_revisions_that_are_no_numbers if {
	_of(_scan("b4f1", [])).stale == {"P1", "P2"}
	text := [_server("P1", {"packages": {"scan": {"status": "ready", "revision": "b4f1 "}}})]
	package_status.stale.scan == set() with data.estate as {"package_servers": text}
		with data.index as {"packages": {"scan": {"revision": " b4f1"}}}
		with data.params as {"required_packages": ["scan"]}
}

test_unknown_revision if {
	_of(_scan(null, [])).stale == set()
	unread := [_server("P1", {"packages": {"scan": {"status": "ready", "revision": null}}})]
	package_status.stale.scan == set() with data.estate as {"package_servers": unread}
		with data.index as {"packages": {"scan": {"revision": "1.10"}}}
		with data.params as {"required_packages": ["scan"]}
}

test_a_server_of_unknown_domain if {
	serving := package_status.serving with data.estate as {"package_servers": [
		{"guid": "P1", "name": "P1", "fqdn": null},
		{"guid": "P11", "name": "P11", "fqdn": null},
	]}
		with data.index as {"packages": {"scan": _scan("1", ["p1.corp.example"])}}
		with data.params as {"required_packages": ["scan"]}
	serving == {"scan": {"P1"}}
}

test_missing if {
	package_status.unready == {"scan": set()} with data.estate as {}
		with data.index as {"packages": {}}
		with data.params as {"required_packages": ["scan"]}
}

test_others_are_required_packages_that_are_not_ready if {
	servers := [_server("P1", {"packages": {
		"scan": {"status": "ready"},
		"tools": {"status": null},
		"plugin": {"status": "pending"},
	}})]
	others := package_status.others with data.estate as {"package_servers": servers}
		with data.params as {"required_packages": ["scan", "tools"]}
	{[other.server.guid, other.role, other.row.status] | some other in others} == {["P1", "tools", null]}
}

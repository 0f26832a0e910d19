package nscheck.site.desktop_package_server_test

import data.nscheck.site.desktop_package_server as rule

_server(guid, os_name) := {"guid": guid, "name": guid, "os_name": os_name}

_totals := {
	"clients": 90,
	"unlocated_clients": 0,
	"sites": {"LEEDS": {"clients": 41}, "YORK": {"clients": 10}},
	"subnets": {"N1": {"clients": 41}},
}

_index := {
	"names": {"LEEDS": "Leeds", "YORK": "York", "HULL": "Hull"},
	"site_package_servers": {"LEEDS": ["P1", "P2"], "YORK": ["P3", "P4"], "HULL": ["P4"]},
	"package_server_sites": {
		"P1": ["LEEDS"],
		"P2": ["LEEDS"],
		"P3": ["YORK"],
		"P4": ["HULL", "YORK"],
		"P9": [],
	},
	"unplaced_package_servers": {},
	"subnet_sites": {"N1": ["LEEDS"]},
}

_judged_by(index, totals, servers) := judged if {
	estate := {"package_servers": servers}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.index as object.union(_index, index)
		with data.totals as object.union(_totals, totals)
		with data.params as {"desktop_server_max_clients": 20}
}

_judged(servers) := _judged_by({}, {}, servers)

_resource(guid) := {"type": "package_server", "guid": guid, "name": guid}

_silent := {"violation": set(), "unknown": set()}

_unknown(guid, question) := {"violation": set(), "unknown": {{
	"msg": sprintf("It may have too many clients for a desktop Windows; unknown: %s", [question]),
	"resource": _resource(guid),
}}}

test_server_windows if {
	every name in ["Microsoft Windows SERVER 2008 R2", "Windows 10 SERVER Edition"] {
		_judged([_server("P1", name)]) == _silent
	}
}

test_other_systems if _judged([_server("P1", "Red Hat Enterprise Linux")]) == _silent

test_desktop_with_few_clients if {
	_judged([_server("P3", "Windows 7 Professional"), _server("P4", null)]) == _silent
}

test_desktop_with_too_many_clients if {
	_judged([_server("P1", "Windows 7 Professional"), _server("P2", "Windows Server")]) == {
		"violation": {{
			"msg": "Package server P1 runs on Windows 7 Professional and has 21 clients to serve in Leeds, more than 20",
			"resource": _resource("P1"),
			"expected": "at most 20 clients",
			"actual": 21,
		}},
		"unknown": set(),
	}
}

test_clients_of_several_sites_add_up if {
	totals := {"sites": {"HULL": {"clients": 16}}}
	{v.msg | some v in _judged_by({}, totals, [_server("P4", "Windows XP")]).violation} == {
		"Package server P4 runs on Windows XP and has 21 clients to serve in Hull and York, more than 20",
	}
}

test_sites_without_clients_are_not_named if {
	totals := {"sites": {"YORK": {"clients": 50}}}
	{v.msg | some v in _judged_by({}, totals, [_server("P4", "Windows XP")]).violation} == {
		"Package server P4 runs on Windows XP and has 25 clients to serve in York, more than 20",
	}
}

test_unknown_system if {
	_judged([_server("P1", null)]) == _unknown("P1", "whether its Windows is a desktop one")
}

# Before 2008, the name of a server Windows need not say that it is one.
test_a_name_that_does_not_tell if {
	every name in ["Windows 2003 Standard Edition", "Windows 2000", "Windows 7even"] {
		_judged([_server("P1", name)]) == _unknown("P1", "whether its Windows is a desktop one")
	}
}

test_desktops if {
	every name in ["Windows XP", "Windows Vista Business", "Windows 8.1 Pro", "Microsoft Windows 11"] {
		count(_judged([_server("P1", name)]).violation) == 1
	}
}

test_others_may_share_the_clients if {
	strays := {"unplaced_package_servers": {"P9": true}}
	_judged_by(strays, {}, [_server("P1", "Windows 7")]) == _unknown(
		"P1",
		"all sites of 1 package server",
	)
	many := {"sites": {"LEEDS": {"clients": 400}}}
	count(_judged_by(strays, many, [_server("P1", "Windows 7")]).violation) == 1
}

test_it_may_serve_more_sites if {
	strays := {"unplaced_package_servers": {"P9": true}}
	_judged_by(strays, {}, [_server("P9", "Windows 7")]) == _unknown(
		"P9",
		"all sites of 1 package server",
	)
	_judged_by(strays, {"clients": 20}, [_server("P9", "Windows 7")]) == _silent
}

test_clients_of_unknown_site if {
	totals := {"subnets": {"N2": {"clients": 18}}}
	_judged_by({}, totals, [_server("P3", "Windows 7")]) == _unknown("P3", "the sites of 18 clients")
	one := {"sites": {"YORK": {"clients": 40}}, "subnets": {"N2": {"clients": 1}}}
	_judged_by({}, one, [_server("P3", "Windows 7")]) == _unknown("P3", "the sites of 1 client")
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

test_no_package_servers if {
	count(rule.not_applicable) == 1 with data.estate as {"package_servers": []}
}

test_notification_server_unknown if {
	server := _server("P1", "Windows 7 Professional")
	question := "whether the Notification Server is among the clients"
	_judged_by({}, {"unrecognised_servers": 1}, [server]) == _unknown("P1", question)
	few := {
		"unrecognised_servers": 1,
		"sites": {"LEEDS": {"clients": 40}},
		"perhaps_empty": {"sites": {"HULL": true}},
	}
	both := {"package_server_sites": {"P1": ["HULL", "LEEDS"]}}
	_judged_by(both, few, [server]) == _unknown("P1", question)
	_judged_by({}, few, [server]) == _silent
}

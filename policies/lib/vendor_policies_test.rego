package nscheck.lib.vendor_policies_test

import data.nscheck.lib.vendor_policies

_individual := {
	"name": "Microsoft Vendor Policy",
	"enabled": true,
	"package_assignment": {"type": "individual", "package_servers": ["P1"]},
}

_all := {"name": "Other", "enabled": true, "package_assignment": {"type": "all"}}

_judged(policies) := judged if {
	judged := {
		"left_out": vendor_policies.left_out,
		"maybe": vendor_policies.maybe_left_out,
	} with data.estate as {
		"package_servers": [{"guid": "P1"}, {"guid": "P2"}],
		"vendor_policies": policies,
	}
		with data.params as {"other_vendors": ["Red Hat"]}
}

_nobody := {"left_out": set(), "maybe": set()}

test_all_package_servers if _judged([_all]) == _nobody

test_individually if _judged([_individual]) == {"left_out": {"P2"}, "maybe": {"P2"}}

test_policies_that_are_off_do_not_count if {
	off := {"enabled": false}
	_judged([object.union(_individual, off)]) == _nobody
	_judged([_individual, object.union(_all, off)]) == {"left_out": {"P2"}, "maybe": {"P2"}}
}

test_several_policies if {
	_judged([_individual, _all]) == {"left_out": set(), "maybe": {"P2"}}
	_judged([_individual, _listing(["P2"])]) == {"left_out": set(), "maybe": {"P1", "P2"}}
	_judged([_individual, _listing([])]) == {"left_out": {"P2"}, "maybe": {"P1", "P2"}}
}

_listing(servers) := object.union(_individual, {"package_assignment": {"package_servers": servers}})

test_unknown_list if {
	unread := object.remove(_individual, ["package_assignment"])
	_judged([object.union(unread, {"package_assignment": {"type": "individual"}})]) == {
		"left_out": set(),
		"maybe": {"P1", "P2"},
	}
}

test_unknown_whether_on if {
	_judged([object.union(_individual, {"enabled": null})]) == {"left_out": set(), "maybe": {"P2"}}
}

test_unknown_assignment if {
	_judged([object.union(_individual, {"package_assignment": {"type": null}})]) == {
		"left_out": set(),
		"maybe": {"P2"},
	}
	_judged([{"name": "Other", "enabled": true}]) == {"left_out": set(), "maybe": {"P1", "P2"}}
}

test_no_policies if _judged([]) == _nobody

test_policies_of_other_vendors_do_not_count if {
	_judged([object.union(_individual, {"name": "RED HAT vendor policy"})]) == _nobody
	_judged([_individual, object.union(_all, {"name": "Red Hat Vendor Policy"})]) == {
		"left_out": {"P2"},
		"maybe": {"P2"},
	}
}

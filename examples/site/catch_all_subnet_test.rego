package nscheck_examples.site.catch_all_subnet_test

import data.nscheck_examples.site.catch_all_subnet as rule

_judged(cidr, index, totals) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"subnets": [{"guid": "N1", "cidr": cidr}]}
		with data.index as index
		with data.params as {"office_prefix_bits": 20}
		with data.totals as object.union({"clients": 9, "unlocated_clients": 0, "subnets": {}}, totals)
}

_index := {"subnet_sites": {"N1": ["LEEDS"]}, "names": {"LEEDS": "Leeds"}}

_some := {"subnets": {"N1": {"clients": 4}}}

_silent := {"violation": set(), "unknown": set()}

_resource := {"type": "subnet", "guid": "N1", "name": "10.0.0.0/8"}

test_an_office if _judged("10.0.0.0/20", _index, _some) == _silent

test_no_clients if _judged("10.0.0.0/8", _index, {}) == _silent

test_in_no_site if _judged("10.0.0.0/8", {"subnet_sites": {"N1": []}}, _some) == _silent

test_catch_all if {
	_judged("10.0.0.0/8", _index, _some) == {
		"violation": {{
			"msg": "Subnet 10.0.0.0/8 takes 4 clients into Leeds, for no closer subnet is defined",
			"resource": _resource,
			"path": "subnets[10.0.0.0/8].cidr",
			"expected": "a prefix of at least 20 bits",
			"actual": 8,
		}},
		"unknown": set(),
	}
}

test_a_site_without_a_name if {
	judged := _judged("10.0.0.0/8", {"subnet_sites": {"N1": ["LEEDS"]}, "names": {}}, _some)
	{contains(v.msg, "LEEDS") | some v in judged.violation} == {true}
}

test_unknown_site if {
	_judged("10.0.0.0/8", {"subnet_sites": {}}, _some) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is wide and has clients, and it is unknown in which site it is",
			"resource": _resource,
		}},
	}
}

test_unknown_clients if {
	_judged("10.0.0.0/8", _index, {"unlocated_clients": 9}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is wide, and it is unknown whether it has clients: no address of any is known",
			"resource": _resource,
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

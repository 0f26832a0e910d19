package nscheck.site.overlapping_subnets_test

import data.nscheck.site.overlapping_subnets as rule

_subnet(guid, cidr, own) := object.union({"guid": guid, "cidr": cidr}, own)

_in(sites) := {"sites": sites}

_judged(subnets, effective) := judged if {
	index := {
		"subnets": {subnet.guid: subnet | some subnet in subnets},
		"subnet_sites": effective,
		"names": {"LEEDS": "Leeds", "YORK": "York"},
	}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.index as index
		with data.estate as {"subnets": subnets}
}

_outer(own) := _subnet("N1", "10.4.0.0/16", own)

_inner(own) := _subnet("N2", "10.4.8.0/24", own)

_resource := {"type": "subnet", "guid": "N2", "name": "10.4.8.0/24"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_side_by_side if {
	other := _subnet("N2", "10.5.0.0/16", _in(["YORK"]))
	_judged([_outer(_in(["LEEDS"])), other], {"N1": ["LEEDS"], "N2": ["YORK"]}) == _silent
}

test_within_a_subnet_of_the_same_site if {
	effective := {"N1": ["LEEDS"], "N2": ["LEEDS"]}
	_judged([_outer(_in(["LEEDS"])), _inner(_in(["LEEDS"]))], effective) == _silent
	_judged([_outer(_in(["LEEDS"])), _inner(_in([]))], effective) == _silent
}

test_within_a_subnet_of_another_site if {
	subnets := [_outer(_in(["LEEDS"])), _inner(_in(["YORK"]))]
	_judged(subnets, {"N1": ["LEEDS"], "N2": ["YORK"]}) == {
		"violation": {{
			"msg": "Subnet 10.4.8.0/24 of York lies within 10.4.0.0/16 of Leeds",
			"resource": _resource,
			"path": "subnets[10.4.8.0/24].sites",
			"expected": "Leeds",
			"actual": "York",
		}},
		"unknown": set(),
	}
}

# Of several subnets of one network, the one with the smallest GUID is named.
test_networks_that_are_defined_twice_within_each_other if {
	subnets := [
		_subnet("N4", "10.4.8.1/24", _in(["YORK"])),
		_inner(_in(["YORK"])),
		_subnet("N3", "10.4.0.1/16", _in(["LEEDS"])),
		_outer(_in(["LEEDS"])),
	]
	effective := {"N1": ["LEEDS"], "N2": ["YORK"], "N3": ["LEEDS"], "N4": ["YORK"]}
	{[v.msg, v.resource] | some v in _judged(subnets, effective).violation} == {[
		"Subnet 10.4.8.0/24 of York lies within 10.4.0.0/16 of Leeds",
		_resource,
	]}
}

test_within_a_subnet_in_no_site if {
	subnets := [_outer(_in([])), _inner(_in(["YORK"]))]
	_judged(subnets, {"N1": [], "N2": ["YORK"]}) == _silent
	_judged([_outer(_in([])), _inner({})], {"N1": []}) == _silent
}

test_assigned_to_what_is_not_among_the_sites if {
	subnets := [_outer(_in(["LEEDS"])), _inner(_in(["LOST"]))]
	judged := _judged(subnets, {"N1": ["LEEDS"]})
	judged.violation == set()
	count(judged.unknown) == 1
	_judged([_outer(_in([])), _inner(_in(["LOST"]))], {"N1": []}) == _silent
	twice := array.concat([_subnet("N3", "10.4.8.0/24", _in([]))], subnets)
	{u.resource | some u in _judged(twice, {"N1": ["LEEDS"]}).unknown} == {_resource}
}

test_duplicates_in_different_sites if {
	subnets := [_inner(_in(["YORK"])), _subnet("N3", "10.4.8.0/24", _in(["LEEDS", "LOST"]))]
	_judged(subnets, {"N2": ["LEEDS", "LOST", "YORK"], "N3": ["LEEDS", "LOST", "YORK"]}) == {
		"violation": {{
			"msg": concat("", [
				"Subnet 10.4.8.0/24 is defined 2 times, in different sites: ",
				"Leeds and LOST and York",
			]),
			"resource": _resource,
			"path": "subnets[10.4.8.0/24].sites",
			"expected": "1 subnet, or all in the same site",
			"actual": 2,
		}},
		"unknown": set(),
	}
}

test_duplicates_in_the_same_site if {
	effective := {"N2": ["YORK"], "N3": ["YORK"]}
	every own in [["YORK"], []] {
		_judged([_inner(_in(["YORK"])), _subnet("N3", "10.4.8.0/24", _in(own))], effective) == _silent
	}
}

test_unknown_site_of_the_inner_one if {
	expected := _unknown(concat("", [
		"It lies within another subnet, ",
		"and it is unknown whether both are in the same site",
	]))
	_judged([_outer(_in(["LEEDS"])), _inner({})], {"N1": ["LEEDS"]}) == expected
	_judged([_outer({}), _inner({})], {}) == expected
}

test_unknown_site_of_the_outer_one if {
	count(_judged([_outer({}), _inner(_in(["YORK"]))], {"N2": ["YORK"]}).unknown) == 1
	_judged([_outer({}), _inner(_in([]))], {}) == _silent
}

test_duplicate_of_an_unknown_site if {
	expected := _unknown(concat("", [
		"It is defined more than once, ",
		"and it is unknown whether always in the same site",
	]))
	_judged([_inner(_in(["YORK"])), _subnet("N3", "10.4.8.0/24", {})], {}) == expected
	_judged([_inner({}), _subnet("N3", "10.4.8.0/24", {})], {}) == expected
}

# The known sites show the fault, so an unknown one changes nothing.
test_found_and_not_unknown if {
	found := [
		_inner(_in(["YORK"])),
		_subnet("N3", "10.4.8.0/24", _in(["LEEDS"])),
		_subnet("N4", "10.4.8.0/24", {}),
	]
	every subnets in [
		found,
		array.concat(found, [_outer(_in(["LEEDS"]))]),
		array.concat(found, [_outer({})]),
		array.concat(array.slice(found, 0, 2), [_outer({})]),
	] {
		judged := _judged(subnets, {"N1": ["LEEDS"]})
		judged.unknown == set()
		{v.resource.guid | some v in judged.violation} == {"N2"}
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {} with data.index as {}
	count(rule.unknown) == 0 with data.estate as {} with data.index as {}
}

package nscheck.licence.same_name_holders_test

import data.nscheck.licence.same_name_holders as rule

_product := "Altiris Patch Management Solution"

_judged(licences) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"licences": licences}
}

_group(domain) := {
	"product": _product,
	"same_name": [{"name": "LDS-WS001", "domain": domain, "holders": ["C1", "C2"]}],
}

_resource := {"type": "computer", "guid": null, "name": "LDS-WS001"}

test_none if {
	_judged({"product": _product, "same_name": []}) == {"violation": set(), "unknown": set()}
}

test_two_computers if {
	_judged(_group("CORP")) == {
		"violation": {{
			"msg": "2 computers named LDS-WS001 in domain CORP hold a licence each: C1, C2",
			"resource": _resource,
			"path": "licences.same_name",
			"expected": 1,
			"actual": 2,
		}},
		"unknown": set(),
	}
}

test_unknown_domain if {
	_judged(_group(null)) == {
		"violation": set(),
		"unknown": {{
			"msg": concat("", [
				"Several computers of this name hold a licence, ",
				"but it is unknown whether in the same domain",
			]),
			"resource": _resource,
		}},
	}
}

test_unknown if {
	_judged({"product": _product}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown which computers that hold a licence have the same name",
			"resource": {"type": "product", "guid": null, "name": _product},
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

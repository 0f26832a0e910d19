package nscheck.licence.inactive_holder_test

import data.nscheck.licence.inactive_holder as rule

_judged(licences) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"licences": licences}
}

_product := "Altiris Patch Management Solution"

_holding(holder) := {"product": _product, "inactive_holders": [holder]}

_finding(msg, name, status) := {
	"violation": {{
		"msg": msg,
		"resource": {"type": "computer", "guid": "C1", "name": name},
		"path": "licences.inactive_holders",
		"expected": "Active",
		"actual": status,
	}},
	"unknown": set(),
}

test_none if {
	_judged({"product": _product, "inactive_holders": []}) == {"violation": set(), "unknown": set()}
}

test_disposed if {
	holder := {"guid": "C1", "name": "OLD-WS001", "status": "Disposed"}
	msg := "OLD-WS001 is Disposed and holds a licence"
	_judged(_holding(holder)) == _finding(msg, "OLD-WS001", "Disposed")
}

test_status_not_recorded if {
	holder := {"guid": "C1", "name": "OLD-WS001", "status": null}
	_judged(_holding(holder)) == {"violation": set(), "unknown": {{
		"msg": "It holds a licence, but its status is not recorded",
		"resource": {"type": "computer", "guid": "C1", "name": "OLD-WS001"},
	}}}
	_judged(_holding(object.remove(holder, ["status"]))) == _judged(_holding(holder))
}

test_active if {
	holder := {"guid": "C1", "name": "NEW-WS001", "status": "Active"}
	_judged(_holding(holder)) == {"violation": set(), "unknown": set()}
}

test_no_longer_exists if {
	holder := {"guid": "C1", "name": null, "status": null}
	msg := "Resource C1 no longer exists and holds a licence"
	_judged(_holding(holder)) == _finding(msg, "C1", null)
}

test_unknown if {
	_judged({"product": _product}) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown which computers hold a licence without being Active",
			"resource": {"type": "product", "guid": null, "name": _product},
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

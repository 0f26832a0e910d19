package nscheck.licence.more_than_owned_test

import data.nscheck.licence.more_than_owned as rule

_judged(in_use, owned) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"licences": {
		"product": "Altiris Patch Management Solution",
		"in_use": in_use,
		"owned": owned,
	}}
}

_resource := {"type": "product", "guid": null, "name": "Altiris Patch Management Solution"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_enough if {
	_judged(412, 500) == _silent
	_judged(412, 412) == _silent
}

test_more_than_owned if {
	_judged(412, 400) == {
		"violation": {{
			"msg": "In use: 412 licences; owned: 400",
			"resource": _resource,
			"path": "licences.in_use",
			"expected": 400,
			"actual": 412,
			"affects": [{"all": true, "certainty": "possible"}],
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged(412, null) == _unknown("It is unknown how many licences are owned")
	_judged(null, 400) == _unknown("It is unknown how many licences are in use")
	_judged(null, null) == _unknown(concat("", [
		"It is unknown how many licences are in use, ",
		"and how many licences are owned",
	]))
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

package nscheck.licence.more_than_owned_test

import data.nscheck.licence.more_than_owned as rule

_judged(in_use, owned) := _by_parameter(in_use, owned, null)

_by_parameter(in_use, owned, parameter) := judged if {
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as {"licences": {
		"product": "Altiris Patch Management Solution",
		"in_use": in_use,
		"owned": owned,
	}}
		with data.params as {"licences_owned": parameter}
}

_owned_unknown := "how many licences are owned (the parameter licences_owned can tell)"

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
			"expected": "at most 400",
			"actual": 412,
			"affects": [{"all": true, "certainty": "possible"}],
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged(412, null) == _unknown(sprintf("It is unknown %s", [_owned_unknown]))
	_judged(null, 400) == _unknown("It is unknown how many licences are in use")
	_judged(null, null) == _unknown(concat("", [
		"It is unknown how many licences are in use, ",
		sprintf("and %s", [_owned_unknown]),
	]))
}

test_owned_by_parameter if {
	_by_parameter(412, null, 412) == _silent
	some violation in _by_parameter(412, null, 400).violation
	violation.msg == "In use: 412 licences; owned: 400"
}

test_what_the_snapshot_knows_goes_before_the_parameter if {
	_by_parameter(412, 500, 400) == _silent
	count(_by_parameter(412, 400, 500).violation) == 1
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

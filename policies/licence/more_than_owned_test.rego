package nscheck.licence.more_than_owned_test

import data.nscheck.licence.more_than_owned as rule

_judged(in_use, owned) := _by_parameter(in_use, owned, null)

_by_parameter(in_use, owned, parameter) := judged if {
	judged := {
		"violation": rule.violation,
		"unknown": rule.unknown,
		"no_source": rule.no_source,
	} with data.estate as {"licences": {
		"product": "Altiris Patch Management Solution",
		"in_use": in_use,
		"owned": owned,
	}}
		with data.params as {"licences_owned": parameter}
}

_resource := {"type": "product", "guid": null, "name": "Altiris Patch Management Solution"}

_silent := {"violation": set(), "unknown": set(), "no_source": set()}

_in_use_unknown := {{
	"msg": "It is unknown how many licences are in use",
	"resource": _resource,
}}

_owned_unknown := {concat(" ", [
	"the number of licences owned: no source has it;",
	"give it with the parameter licences_owned",
])}

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
		"no_source": set(),
	}
}

test_unknown if {
	_judged(412, null) == object.union(_silent, {"no_source": _owned_unknown})
	_judged(null, 400) == object.union(_silent, {"unknown": _in_use_unknown})
	_judged(null, null) == object.union(_silent, {
		"unknown": _in_use_unknown,
		"no_source": _owned_unknown,
	})
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

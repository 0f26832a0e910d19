package nscheck.platform.outside_article_scope_test

import data.nscheck.platform.outside_article_scope as rule

_judged(version) := judged if {
	estate := {"server": {"guid": "NS", "name": "NS01", "version": version}}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.params as {"article_versions": ["7.1", "7.5"]}
}

_resource := {"type": "server", "guid": "NS", "name": "NS01"}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_within_the_scope if {
	every version in ["7.1.8400", "7.5.3153", "7.5"] {
		_judged(version) == {"violation": set(), "unknown": set()}
	}
}

_violation(version, care) := {
	"violation": {{
		"msg": sprintf("Version %s is outside the scope of the article (7.1, 7.5); %s", [version, care]),
		"resource": _resource,
		"path": "server.version",
		"expected": ["7.1", "7.5"],
		"actual": version,
	}},
	"unknown": set(),
}

test_before_7 if {
	_judged("6.2") == _violation("6.2", concat("", [
		"read NS-LIC-003 (which status gives a licence back), ",
		"NS-PKG-005 and NS-PKG-006 (folders) and all remediations with care",
	]))
}

test_other_7 if {
	every version in ["7.0", "7.6.1383", "7.10.1", "7.51.1"] {
		_judged(version) == _violation(version, "read remediations with care")
	}
}

test_from_8_on if {
	every version in ["8.0.2240", "10.1"] {
		_judged(version) == _violation(version, concat("", [
			"read NS-POL-001 to NS-POL-008 (policies carry other names) ",
			"and remediations with care",
		]))
	}
}

test_unknown if {
	_judged(null) == _unknown("The version of the platform is unknown")
	_judged("seven") == _unknown("The version of the platform, seven, is not written in numbers")
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

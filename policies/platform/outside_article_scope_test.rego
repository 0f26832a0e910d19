package nscheck.platform.outside_article_scope_test

import data.nscheck.platform.outside_article_scope as rule

_judged(version) := _judged_with(version, null)

_judged_with(version, pack) := judged if {
	estate := {"server": {"guid": "NS", "name": "NS01", "version": version}}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
		with data.params as {"article_versions": _articles, "service_pack": pack}
}

_articles := ["7.1 SP1", "7.1 SP2", "7.1 MP1", "7.5"]

_none := {"violation": set(), "unknown": set()}

_resource := {"type": "server", "guid": "NS", "name": "NS01"}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

test_within_the_scope if {
	every version in ["7.1.8400", "7.5.3153", "7.5", "7.1 SP1", "7.1 SP2 MP1.1", "7.1 MP1.2", "7.5 SP1"] {
		_judged(version) == _none
	}
	every pack in ["SP1", "SP2", "SP2 MP1.1", "MP1.2", "sp2 mp1.1"] {
		_judged_with("7.1.8400", pack) == _none
	}
	_judged_with("7.5.3153", "none") == _none
	_judged_with("7.1 SP1", "none") == _none
}

_violation(version, care) := {
	"violation": {{
		"msg": sprintf("Version %s is outside the scope of the article (7.1 SP1, 7.1 SP2, 7.1 MP1, 7.5); %s", [version, care]),
		"resource": _resource,
		"path": "server.version",
		"expected": _articles,
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

test_service_pack if {
	care := "read remediations with care"
	_judged_with("7.1 none", null) == _violation("7.1 none", care)
	_judged_with("7.1 SP3", "SP1") == _violation("7.1 SP3", care)
	every pack in ["none", "SP3", "MP2"] {
		judged := _judged_with("7.1.8400", pack)
		{finding.actual | some finding in judged.violation} == {"7.1.8400"}
		{finding.msg | some finding in judged.violation} == {sprintf("%s (service pack %s) is %s; %s", [
			"Version 7.1.8400",
			pack,
			"outside the scope of the article (7.1 SP1, 7.1 SP2, 7.1 MP1, 7.5)",
			care,
		])}
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

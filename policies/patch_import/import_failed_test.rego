package nscheck.patch_import.import_failed_test

import data.nscheck.patch_import.import_failed as rule

_violations := {object.union(v, {"affects": rule.affects(v)}) | some v in rule.violation}

_import(run_at, succeeded, success_at, age) := {
	"last_run_at": run_at,
	"last_run_succeeded": succeeded,
	"last_success_at": success_at,
	"last_success_age_days": age,
}

_judged(child, patch_import) := judged if {
	estate := {
		"server": {"guid": "NS", "name": "NS01", "hierarchy_child": child},
		"patch_import": patch_import,
	}
	judged := {"violation": _violations, "unknown": rule.unknown} with data.estate as estate
		with data.index as {"packages": {"scan": {"guid": "S"}}}
		with data.params as {"required_packages": ["plugin", "scan", "tools"]}
}

_resource := {"type": "server", "guid": "NS", "name": "NS01"}

_silent := {"violation": set(), "unknown": set()}

_unknown(msg) := {"violation": set(), "unknown": {{"msg": msg, "resource": _resource}}}

_violation(msg) := {
	"violation": {{
		"msg": msg,
		"resource": _resource,
		"path": "patch_import.last_run_succeeded",
		"expected": true,
		"actual": false,
		"affects": [
			{"all": true, "package": "scan", "certainty": "possible"},
			{"all": true, "package": "tools", "certainty": "sure"},
		],
	}},
	"unknown": set(),
}

_never := _import("2014-03-02T01:00:00Z", false, null, null)

test_succeeded if {
	_judged(false, _import("2014-03-02T01:00:00Z", true, "2014-03-02T01:00:00Z", 1)) == _silent
}

test_last_run_failed if {
	failed := _import("2014-03-02T01:00:00Z", false, "2014-02-01T01:00:00Z", 30)
	every child in [false, null] {
		_judged(child, failed) == _violation(concat("", [
			"The last patch management import failed; ",
			"the last success is 30 days old",
		]))
	}
}

test_never_succeeded if {
	_judged(false, _never) == _violation(concat("", [
		"The last patch management import failed; ",
		"no success is recorded",
	]))
}

test_child_in_a_hierarchy if {
	reason := concat(" ", [
		"the Notification Server is a child in a hierarchy: its patch data is replicated to it,",
		"and NS-IMP-002 evaluates it by its bulletins",
	])
	every child, reasons in {true: {reason}, false: set(), null: set()} {
		rule.not_applicable == reasons with data.estate as {"server": {"hierarchy_child": child}}
	}
}

test_no_history if {
	_judged(null, _import(null, null, null, null)) == _unknown(concat("", [
		"No run of the patch management import is recorded",
	]))
}

test_a_last_run_that_is_the_last_success if {
	_judged(false, _import("2014-03-02T01:00:00Z", null, "2014-03-02T01:00:00Z", 1)) == _silent
}

test_a_success_and_an_unknown_last_run if {
	expected := _unknown("The result of the last patch management import is unknown")
	_judged(false, _import(null, null, "2014-03-02T01:00:00Z", 1)) == expected
	_judged(false, _import("2014-03-03T01:00:00Z", null, "2014-03-02T01:00:00Z", 1)) == expected
}

test_unknown_result if {
	_judged(false, _import("2014-03-02T01:00:00Z", null, null, null)) == _unknown(concat("", [
		"The result of the last patch management import is unknown",
	]))
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

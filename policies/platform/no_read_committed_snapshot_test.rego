package nscheck.platform.no_read_committed_snapshot_test

import data.nscheck.platform.no_read_committed_snapshot as rule

_judged(on) := judged if {
	estate := {"server": {"guid": "NS", "name": "NS01", "read_committed_snapshot": on}}
	judged := {"violation": rule.violation, "unknown": rule.unknown} with data.estate as estate
}

_resource := {"type": "server", "guid": "NS", "name": "NS01"}

test_on if _judged(true) == {"violation": set(), "unknown": set()}

test_off if {
	_judged(false) == {
		"violation": {{
			"msg": "READ_COMMITTED_SNAPSHOT is off for the CMDB, although the vendor recommends it",
			"resource": _resource,
			"path": "server.read_committed_snapshot",
			"expected": true,
			"actual": false,
		}},
		"unknown": set(),
	}
}

test_unknown if {
	_judged(null) == {
		"violation": set(),
		"unknown": {{
			"msg": "It is unknown whether READ_COMMITTED_SNAPSHOT is on for the CMDB",
			"resource": _resource,
		}},
	}
}

test_missing if {
	count(rule.violation) == 0 with data.estate as {}
	count(rule.unknown) == 0 with data.estate as {}
}

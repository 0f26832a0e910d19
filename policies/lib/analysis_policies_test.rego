package nscheck.lib.analysis_policies_test

import data.nscheck.lib.analysis_policies

_scan := {"guid": "A1", "name": "Scan", "role": "vulnerability_analysis"}

test_all if {
	policies := [{"guid": "A2", "name": "Install", "role": "plugin_install"}, _scan]
	guids := {policy.guid | some policy in analysis_policies.all} with data.estate as {"policies": policies}
	guids == {"A1"}
}

_params := {"plugin_filter": "F1"}

test_targets_filter if {
	hits := {"target_filters": ["F1", "F2"]}
	analysis_policies.targets_filter(hits) with data.params as _params
	not analysis_policies.misses_filter(hits) with data.params as _params
}

test_misses_filter if {
	misses := {"target_filters": ["F2"]}
	analysis_policies.misses_filter(misses) with data.params as _params
	not analysis_policies.targets_filter(misses) with data.params as _params
}

test_unknown_target if {
	not analysis_policies.misses_filter(_scan) with data.params as _params
	not analysis_policies.targets_filter(_scan) with data.params as _params
}

test_filter_name if {
	analysis_policies.filter_name == "Mine" with data.params as _params
		with data.index as {"names": {"F1": "Mine"}}
	analysis_policies.filter_name == concat(" ", [
		"Computers with Software Update",
		"Plug-in Installed",
	]) with data.params as _params with data.index as {"names": {}}
}

_unrecognised(policies) := unrecognised if {
	unrecognised := analysis_policies.unrecognised with data.estate as {"policies": policies}
}

test_unrecognised if {
	_unrecognised([_scan]) == set()
	every policies in [[], [{"guid": "A2", "name": "Install", "role": "plugin_install"}]] {
		{none.resource.name | some none in _unrecognised(policies)} == {"policies"}
	}
	analysis_policies.unrecognised == set() with data.estate as {}
}

package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// gateEstate is an estate of a version in which nothing is wrong and everything is
// known.
func gateEstate(version string) string {
	return strings.ReplaceAll(healthyGateEstate, "VERSION", version)
}

const healthyGateEstate = `
estate:
  server: {guid: 00000000-0000-0000-0000-000000000001, name: NS01, version: VERSION, plugin_version: VERSION, hierarchy_child: false, read_committed_snapshot: true}
  licences: {product: Altiris Patch Management Solution, in_use: 2, inactive_holders: [], owned: 9, same_name: []}
  vendor_policies:
    - {guid: 00000000-0000-0000-0000-000000000002, name: Microsoft Vendor Policy, enabled: true, package_assignment: {type: all, automatic_site_assignment: false, package_servers: []}}
    - {guid: 00000000-0000-0000-0000-000000000022, name: SUSE Vendor Policy, enabled: true, package_assignment: {type: all, automatic_site_assignment: false, package_servers: []}}
  policies:
    - {guid: 00000000-0000-0000-0000-000000000003, name: Plug-in, role: plugin_policy, enabled: true, target_filters: [D3BA9CA7-5E71-4D76-B961-1BA0B436AACB], target_count: 2, schedules: []}
    - {guid: 00000000-0000-0000-0000-000000000004, name: Analysis, role: vulnerability_analysis, enabled: true, target_filters: [D3BA9CA7-5E71-4D76-B961-1BA0B436AACB], target_count: 2, schedules: [{type: daily, repeat_minutes: 240}]}
    - {guid: 00000000-0000-0000-0000-000000000005, name: Install, role: plugin_install, enabled: true, target_filters: [00000000-0000-0000-0000-0000000000FF], target_count: 0, schedules: [{type: daily, repeat_minutes: 0}]}
  filters:
    - {guid: D3BA9CA7-5E71-4D76-B961-1BA0B436AACB, name: With, members: 2}
    - {guid: 00000000-0000-0000-0000-0000000000FF, name: Without, members: 0}
  packages:
    - {guid: 00000000-0000-0000-0000-000000000006, name: Software Update Plug-in, role: plugin, enabled: true, revision: "1", codebases: [{host: ns01.x, snapshot: true}, {host: ps1.x, snapshot: true}]}
    - {guid: 6D417916-467C-46A7-A870-6D86D9345B61, name: Scan, role: scan, enabled: true, revision: "1", codebases: [{host: ns01.x, snapshot: true}, {host: ps1.x, snapshot: true}]}
    - {guid: 832C527C-B9C9-46FB-B1F1-2F35434FF90D, name: Tools, role: tools, enabled: true, revision: "1", codebases: [{host: ns01.x, snapshot: true}, {host: ps1.x, snapshot: true}]}
  package_servers:
    - {guid: 00000000-0000-0000-0000-000000000007, name: PS1, fqdn: ps1.x, constrained: false, task_service: true, sites: [], addresses: [10.1.1.10/24], os_name: Windows Server 2008, agent_version: VERSION, basic_inventory_age_days: 0, task_registration_age_days: 0, packages: {plugin: {status: ready, status_age_days: 3, revision: "1"}, scan: {status: ready, status_age_days: 3, revision: "1"}, tools: {status: ready, status_age_days: 3, revision: "1"}}}
  sites: [{guid: 00000000-0000-0000-0000-000000000009, name: Alpha, prevent_downloads: []}]
  subnets:
    - {guid: 00000000-0000-0000-0000-00000000000A, cidr: 10.1.1.0/24, sites: [00000000-0000-0000-0000-000000000009]}
  patch_import: {last_success_at: 2014-03-01T13:11:30Z, last_success_age_days: 1, last_run_at: 2014-03-01T13:11:30Z, last_run_succeeded: true, newest_bulletin_at: 2014-02-11T18:50:36Z, newest_bulletin_age_days: 19, bulletins_without_packages: []}
clients:
  - &c {guid: 00000000-0000-0000-0000-00000000000C, name: PC1, domain: CORP, status: Active, managed: true, os_name: Windows 7, agent: {version: VERSION}, plugin: {installed: true, version: VERSION}, licence: {in_use: true}, addresses: [10.1.1.21/24], filters: [D3BA9CA7-5E71-4D76-B961-1BA0B436AACB], plugin_policies: [00000000-0000-0000-0000-000000000003], packages: {plugin: &d {status: downloaded, status_age_days: 20, last_run: {started_at: 2014-03-02T04:22:33Z, age_days: 1, return_code: 0, succeeded: true}}, scan: *d, tools: *d}, inventory: {basic_at: 2014-03-03T00:04:17Z, basic_age_days: 0, patch_at: 2014-03-02T02:05:02Z, patch_age_days: 1, patch_returned: true}, task_agent: {registered_at: 2014-03-03T02:40:24Z, registration_age_days: 0}}
  - {<<: *c, guid: 00000000-0000-0000-0000-00000000000D, name: PC2, addresses: [10.1.1.22/24]}
`

// clonedPolicies adds a second plug-in policy, which targets PC2 alone.
func clonedPolicies(version string) string {
	return strings.NewReplacer(
		"  filters:\n", "    - {guid: 00000000-0000-0000-0000-0000000000FD, name: Clone, role: plugin_policy, enabled: true, target_filters: [D3BA9CA7-5E71-4D76-B961-1BA0B436AACB], target_count: null, schedules: []}\n  filters:\n",
		"name: PC2,", "name: PC2, plugin_policies: [00000000-0000-0000-0000-0000000000FD],",
	).Replace(gateEstate(version))
}

// TestGate_uncovered checks which changed settings some rule reads: the same field of
// another object may be read, or of an object with another role.
func TestGate_uncovered(t *testing.T) {
	for overlay, want := range map[string]bool{
		"policies: {Plug-in: {enabled: false}}":                                          false,
		"policies: {Plug-in: {target_filters: [Without]}}":                               false,
		"policies: {Plug-in: {schedules: [{type: daily, repeat_minutes: 0}]}}":           true,
		"policies: {Install: {enabled: false}}":                                          false,
		"policies: {Install: {target_filters: [With]}}":                                  false,
		"policies: {Install: {schedules: []}}":                                           false,
		"policies: {Analysis: {enabled: false}}":                                         false,
		"policies: {Analysis: {target_filters: []}}":                                     false,
		"policies: {Analysis: {schedules: []}}":                                          false,
		"policies: {Analysis: {name: Scan}}":                                             false,
		"vendor_policies: {Microsoft Vendor Policy: {enabled: false}}":                   false,
		"vendor_policies: {Microsoft Vendor Policy: {package_assignment: {type: site}}}": false,
		"vendor_policies: {SUSE Vendor Policy: {enabled: false}}":                        true,
		"vendor_policies: {SUSE Vendor Policy: {package_assignment: {type: site}}}":      true,
		"remove: {vendor_policies: [SUSE Vendor Policy]}":                                true,
		"packages: {Scan: {enabled: false}}":                                             false,
		"packages: {Tools: {enabled: false}}":                                            false,
		"packages: {Software Update Plug-in: {enabled: false}}":                          false,
		"package_servers: {PS1: {constrained: true}}":                                    false,
		"package_servers: {PS1: {task_service: false}}":                                  false,
		"package_servers: {PS1: {sites: [Alpha]}}":                                       false,
		"package_servers: {PS1: {addresses: [10.9.1.10/24]}}":                            false,
		"sites: {Alpha: {prevent_downloads: [Ns]}}":                                      false,
		"subnets: {10.1.1.0/24: {sites: []}}":                                            false,
		"server: {read_committed_snapshot: false}":                                       false,
		"add: {subnets: {10.1.9.0/24: {sites: [Alpha]}}}":                                false,
	} {
		d := gate(t, gateEstate("8.5.3073"), overlay, GateLimits{FailOnUncovered: true})
		if got := d.CountRemarks(RemarkUncovered) > 0; got != want {
			t.Errorf("%s: not covered by a rule: %t, want %t", overlay, got, want)
		}
		if status := d.ExitStatus(rule.Medium, true); want && status != result.ExitFindings {
			t.Errorf("%s: exit status %d", overlay, status)
		}
	}
}

// TestGate_pluginPolicy checks changes of plug-in policies in versions that need one and
// in versions of which that is unknown.
func TestGate_pluginPolicy(t *testing.T) {
	const critical = rule.Critical
	for _, c := range []struct {
		version, overlay string
		document         func(version string) string
		sure, possible   int64
		status           int // when only critical findings count
	}{
		{"7.5.3153", "policies: {Plug-in: {enabled: false}}", gateEstate, 0, 2, result.ExitIncomplete},
		{"7.5.3153", "policies: {Plug-in: {target_filters: []}}", gateEstate, 0, 2, result.ExitIncomplete},
		{"7.5.3153", "policies: {Plug-in: {enabled: null}}", gateEstate, 0, 0, result.ExitIncomplete},
		{"7.5.3153", "remove: {policies: [Plug-in]}", gateEstate, 0, 0, result.ExitIncomplete},
		{"7.5.3153", "remove: {filters: [With]}", gateEstate, 2, 0, result.ExitFindings}, // of the analysis policy too
		{"7.5.3153", "policies: {Plug-in: {enabled: false}}", clonedPolicies, 0, 0, result.ExitClean},
		{"7.5.3153", "remove: {policies: [Plug-in]}", clonedPolicies, 0, 0, result.ExitClean},
		{"7.5.3153", "policies: {Plug-in: {name: Other}}", gateEstate, 0, 0, result.ExitClean},
		{"8.5.3073", "policies: {Plug-in: {enabled: false}}", gateEstate, 2, 0, result.ExitFindings},
		{"8.5.3073", "policies: {Plug-in: {enabled: false}}", clonedPolicies, 1, 0, result.ExitFindings},
		{"8.5.3073", "policies: {Plug-in: {target_filters: [Without]}}", gateEstate, 2, 0, result.ExitFindings},
		{"8.5.3073", "remove: {policies: [Plug-in]}", gateEstate, 2, 0, result.ExitFindings},
		{"8.5.3073", "remove: {policies: [Clone]}", clonedPolicies, 1, 0, result.ExitFindings},
	} {
		d := gate(t, c.document(c.version), c.overlay, GateLimits{})
		if h := d.Clients.Harmed; h.Sure != c.sure || h.Possible != c.possible {
			t.Errorf("%s %s: %d newly affected, possibly %d; want %d and %d", c.version, c.overlay, h.Sure, h.Possible, c.sure, c.possible)
		}
		if got := d.ExitStatus(critical, false); got != c.status {
			t.Errorf("%s %s: exit status %d, want %d; %v %v", c.version, c.overlay, got, c.status, d.Failures(critical), d.Doubts())
		}
		for i := range d.Remarks {
			if r := &d.Remarks[i]; r.Kind == RemarkAffected && !slices.ContainsFunc(r.Settings, func(s SettingRef) bool { return s.Section == "policies" }) {
				t.Errorf("%s %s: no policy is named behind %s: %+v", c.version, c.overlay, r.Msg, r.Settings)
			}
		}
	}
}

// TestGate_blamesPolicies names the policies and filters that a change takes away from
// clients.
func TestGate_blamesPolicies(t *testing.T) {
	for overlay, want := range map[string]string{
		"policies: {Clone: {enabled: false}}":            "policies[Clone].enabled",
		"policies: {Clone: {target_filters: [Without]}}": "policies[Clone].target_filters",
		"remove: {policies: [Clone]}":                    "policies[Clone]",
	} {
		d := gate(t, clonedPolicies("8.5.3073"), overlay+"\npackage_servers: {PS1: {sites: [Alpha]}}", GateLimits{})
		found := false
		for c, err := range d.All() {
			if err != nil {
				t.Fatal(err)
			}
			if c.Rule != "NS-POL-009" {
				continue
			}
			found = true
			if len(c.Settings) != 1 || c.Settings[0].Path != want {
				t.Errorf("%s: behind the finding about %s: %+v, want %s", overlay, c.Resource.Name, c.Settings, want)
			}
		}
		if !found {
			t.Errorf("%s: nothing is found", overlay)
		}
	}
}

// TestGate_unknownNeverPasses checks that no change that makes an answer unknown ends
// with 0: settings without a value, and the last object with a role.
func TestGate_unknownNeverPasses(t *testing.T) {
	for _, overlay := range []string{
		"policies: {Plug-in: {enabled: null}}", "policies: {Install: {enabled: null}}", "policies: {Analysis: {enabled: null}}",
		"policies: {Install: {schedules: [{type: daily, repeat_minutes: null}]}}", "policies: {Install: {schedules: [{type: null, repeat_minutes: 0}]}}",
		"packages: {Scan: {enabled: null}}", "server: {read_committed_snapshot: null}",
		"package_servers: {PS1: {constrained: null}}", "package_servers: {PS1: {task_service: null}}",
		"vendor_policies: {Microsoft Vendor Policy: {enabled: null}}",
		"vendor_policies: {Microsoft Vendor Policy: {package_assignment: {type: null}}}",
		"vendor_policies: {Microsoft Vendor Policy: {package_assignment: {automatic_site_assignment: null}}}",
		"remove: {policies: [Plug-in]}", "remove: {policies: [Install]}", "remove: {policies: [Analysis]}",
		"remove: {packages: [Scan]}", "remove: {packages: [Tools]}", "remove: {packages: [Software Update Plug-in]}",
	} {
		for _, version := range []string{"7.5.3153", "8.5.3073"} {
			if status := gate(t, gateEstate(version), overlay, GateLimits{}).ExitStatus(rule.Medium, false); status == result.ExitClean {
				t.Errorf("%s, %s: exit status 0", version, overlay)
			}
		}
	}
}

// TestGate_tallyUnknown: a rule that reads what clients tally, and does not know of a
// policy after the change, leaves the answer incomplete.
func TestGate_tallyUnknown(t *testing.T) {
	for _, overlay := range []string{"policies: {Install: {enabled: null}}", "remove: {policies: [Install]}"} {
		d := gate(t, gateEstate("7.5.3153"), overlay, GateLimits{})
		if got := incompleteRules(d, "unknown of"); !slices.Contains(got, "NS-POL-013") {
			t.Errorf("%s: NS-POL-013 is complete; incomplete are %v", overlay, got)
		}
	}
}

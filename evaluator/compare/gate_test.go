package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// gate compares a document with itself after a change.
func gate(t *testing.T, document, overlay string, limits GateLimits) *Difference {
	t.Helper()
	read := func() *snapshot.Reader {
		reader, err := snapshot.NewReader(strings.NewReader(document), "base.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return reader
	}
	_, raw := read().Estate()
	out, err := settings.Apply(raw, []settings.File{{Name: "o.yaml", Text: []byte(overlay)}})
	if err != nil {
		t.Fatal(err)
	}
	evaluate := func(snap evaluator.Snapshot) *Side {
		r, err := EvaluateSide(t.Context(), builtin(t), snap, evaluator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	limits.FullBase = true
	d, err := Compare(t.Context(), evaluate(read()), evaluate(editedSide{read(), out}), out.Settings, limits)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// deliveryEstate has a site with two package servers, an old fault of one of them,
// and a second site whose only package server is constrained.
var deliveryEstate = strings.NewReplacer(
	"clients:\n", `  packages:
    - {guid: 00000000-0000-0000-0000-000000000901, name: Software Update Plug-in, role: plugin, enabled: true, revision: null, codebases: [{host: ns01}]}
    - {guid: 00000000-0000-0000-0000-000000000902, name: Scan, role: scan, enabled: true, revision: null, codebases: [{host: ns01}]}
    - {guid: 00000000-0000-0000-0000-000000000903, name: Tools, role: tools, enabled: true, revision: null, codebases: [{host: ns01}]}
clients:
`,
	"name: Leeds}]", "name: Leeds}, {guid: 00000000-0000-0000-0000-000000000502, name: York}]",
	"os_name: Windows Server 2008 R2}\n    - {guid: 00000000-0000-0000-0000-000000000702", "os_name: Windows Server 2008 R2, packages: {plugin: {status: ready}, scan: {status: ready}, tools: {status: ready}}}\n    - {guid: 00000000-0000-0000-0000-000000000702",
	"constrained: true, task_service: true, sites: [], addresses: [10.4.0.11/24], os_name: Windows Server 2008 R2}", `constrained: false, task_service: true, sites: [], addresses: [10.4.0.11/24], os_name: Windows Server 2008 R2, packages: {plugin: {status: ready}, scan: {status: pending}, tools: {status: ready}}}
    - {guid: 00000000-0000-0000-0000-000000000703, name: YRK-PS01, constrained: true, task_service: true, sites: [00000000-0000-0000-0000-000000000502], addresses: [], os_name: Windows Server 2008 R2, packages: {plugin: {status: ready}, scan: {status: ready}, tools: {status: ready}}}`,
).Replace(compareEstate)

func TestGate_clients(t *testing.T) {
	cut := strings.Replace(deliveryEstate, "scan: {status: ready}", "scan: {status: pending}", 1) // on both servers of Leeds
	for name, c := range map[string]struct {
		document, overlay string
		sure, possible    int64
		fails             bool
	}{
		"a name":                               {deliveryEstate, "sites: {York: {name: Hull}}", 0, 0, false},
		"a possible cause becomes decisive":    {deliveryEstate, "remove: {package_servers: [LDS-PS01]}", 3, 0, true}, // and the computer that was the package server
		"the last unconstrained one":           {deliveryEstate, "package_servers: {LDS-PS01: {constrained: true}, LDS-PS02: {constrained: true}}", 2, 0, true},
		"into the reach of a fault":            {strings.Replace(deliveryEstate, "cidr: 10.4.0.0/24", "cidr: 10.4.0.0/25", 1), "add: {subnets: {10.4.0.16/28: {sites: [York]}}}", 2, 0, true},
		"an old fault hides nothing before it": {cut, "package_servers: {LDS-PS01: {constrained: true}, LDS-PS02: {constrained: true}}", 2, 0, true},
		"and what comes after it":              {strings.ReplaceAll(cut, "constrained: false", "constrained: true"), "remove: {package_servers: [LDS-PS02]}", 0, 0, false},
		"a site nobody is in":                  {deliveryEstate, "remove: {package_servers: [YRK-PS01]}", 0, 0, false},
		"known to be wrong only after":         {strings.ReplaceAll(deliveryEstate, "constrained: false", "constrained: null"), "package_servers: {LDS-PS01: {constrained: true}, LDS-PS02: {constrained: true}}", 2, 0, true},
	} {
		d := gate(t, c.document, c.overlay, GateLimits{})
		if h := d.Clients.Harmed; h.Sure != c.sure || h.Possible != c.possible {
			t.Errorf("%s: newly affected %+v, want %d and possibly %d", name, h, c.sure, c.possible)
		}
		if got := slices.ContainsFunc(d.Failures(rule.Critical), func(s string) bool { return strings.Contains(s, "newly affected") }); got != c.fails {
			t.Errorf("%s: fails by its clients: %t", name, got)
		}
		if c.fails {
			if status := gate(t, c.document, c.overlay, GateLimits{}).ExitStatus(rule.Critical, true); status != result.ExitFindings {
				t.Errorf("%s: exit status %d", name, status)
			}
		}
	}
}

// incompleteRules are the rules that leave a comparison incomplete, with a word in
// their reasons.
func incompleteRules(d *Difference, word string) (out []string) {
	for _, r := range d.Rules {
		if strings.Contains(strings.Join(r.Incomplete, "; "), word) {
			out = append(out, r.ID)
		}
	}
	return out
}

func TestGate_incomplete(t *testing.T) {
	const doubtful = "  - {guid: 00000000-0000-0000-0000-000000000013, name: PC4, status: null, addresses: [10.4.0.23/24]}\n"
	const harmless = "package_servers: {LDS-PS02: {task_service: false}}"
	if got := incompleteRules(gate(t, deliveryEstate+doubtful, harmless, GateLimits{}), "status is unknown"); len(got) > 0 {
		t.Errorf("one computer of unknown status beside clients leaves the answer open: %v", got)
	}
	lonely := strings.ReplaceAll(deliveryEstate, "status: Active", "status: Retired") + doubtful +
		"  - {guid: 00000000-0000-0000-0000-000000000014, name: PC5, status: Active, addresses: [10.9.0.1/24]}\n"
	if got := incompleteRules(gate(t, lonely, "package_servers: {LDS-PS01: {constrained: true}, LDS-PS02: {constrained: true}}", GateLimits{}), "unknown"); len(got) == 0 {
		t.Error("the only computer of a site that is cut off may be a client, and the answer is complete")
	}
	d := gate(t, deliveryEstate, "package_servers: {LDS-PS01: {task_service: null}}", GateLimits{})
	if d.CountRemarks(RemarkUnknown) != 1 || !d.Incomplete() {
		t.Errorf("a setting is made unknown: %+v", d.Remarks)
	}
}

// TestGate_moved counts a client at another site: nobody is worse off.
func TestGate_moved(t *testing.T) {
	const filter = "D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"
	document := strings.NewReplacer("clients:\n", "  filters: [{guid: "+filter+", name: Computers with Software Update Plug-in Installed, members: 2}]\nclients:\n",
		"licence: {in_use: true}", "licence: {in_use: false}, filters: ["+filter+"]", "constrained: true", "constrained: false").Replace(deliveryEstate)
	d := gate(t, document, "subnets: {10.4.0.0/24: {sites: [York]}}", GateLimits{})
	found := false
	for f := range gateHead(t, d) {
		found = found || f == "NS-LIC-002 York"
	}
	if got := said(t, d, "NS-LIC-002"); got != "" || !found {
		t.Errorf("found %t, new %q", found, got)
	}
}

// gateHead are the rules and objects of the unchanged findings of the head.
func gateHead(t *testing.T, d *Difference) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for f, err := range d.Outcome().Findings() {
		if err != nil {
			t.Fatal(err)
		}
		out[f.Rule+" "+f.Resource.Name] = f.BaselineState == result.Unchanged
	}
	return out
}

// TestDiff_onlyWhereBothCould compares with a base that could not evaluate a rule.
func TestDiff_onlyWhereBothCould(t *testing.T) {
	without := strings.ReplaceAll(compareEstate, ", licence: {in_use: true}", "")
	unknown := strings.ReplaceAll(compareEstate, "licence: {in_use: true}", "licence: {in_use: null}")
	if got := incompleteRules(differ(t, without, unknown), "of which it was known"); len(got) > 0 {
		t.Errorf("%v", got)
	}
	if got := incompleteRules(differ(t, compareEstate, unknown), "of which it was known"); !slices.Contains(got, "NS-LIC-001") {
		t.Errorf("what was known is unknown: %v", got)
	}
}

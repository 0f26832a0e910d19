package evaluator

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestClauses checks that a fault is found from the sections that are there,
// and that nothing passes for one that is not.
func TestClauses(t *testing.T) {
	rl := acme.Rule + `
violation contains {"msg": sprintf("%v Xs", [count(_xs)]), "resource": {"type": "estate"}} if {
	count(_xs) > 1
	every server in data.estate.package_servers {
		server.name != "X"
	}
}

unknown contains {"msg": "no idea", "resource": {"type": "site", "name": site.name}} if {
	some site in data.estate.sites
	site.name == "Y"
}

unknown contains {"msg": "no idea", "resource": {"type": "subnet", "name": subnet.cidr}} if {
	some subnet in data.estate.subnets
	subnet.cidr == "10.0.0.0/8"
}

_xs := [site | some site in data.estate.sites; site.name == "X"]
`
	pack := packtest.Must(t, map[string]string{"a.rego": rl})
	missing := []result.Reason{
		{Section: "package_servers", Msg: "section package_servers is not in the snapshot"},
		{Section: "subnets", Msg: "section subnets is not in the snapshot"},
	}
	noSites := append(missing[:1:1], result.Reason{Section: "sites", Msg: "section sites is not in the snapshot"}, missing[1])
	for _, tt := range []struct {
		name, doc string
		verdict   result.Verdict
		reasons   []result.Reason
		findings  []string
		unknown   int64
	}{
		{"all is there", "estate: {sites: [" + acme.SiteX + "," + siteX2 + "], package_servers: [], subnets: []}", result.Fail, nil, []string{"X", "2 Xs"}, 0},
		{"the fault is known", "estate: {sites: [" + acme.SiteX + "," + siteX2 + "," + acme.SiteY + "]}", result.Fail, missing, []string{"X"}, 1},
		{"no fault is known", "estate: {sites: [" + acme.SiteY + "]}", result.NotEvaluated, missing, nil, 1},
		{"nothing is known", "estate: {}", result.NotEvaluated, noSites, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := evaluate(t, pack, tt.doc)
			got := r.Rules[0]
			if got.Verdict != tt.verdict || got.UnknownCount() != tt.unknown {
				t.Errorf("%s with %d unknown, want %s with %d", got.Verdict, got.UnknownCount(), tt.verdict, tt.unknown)
			}
			if diff := cmp.Diff(tt.reasons, got.Reasons, cmpopts.IgnoreUnexported(result.Reason{})); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
			var found []string
			for f := range r.Findings() {
				found = append(found, f.Msg)
			}
			if diff := cmp.Diff(tt.findings, found); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

const siteX2 = "{guid: 00000000-0000-0000-0000-000000000503, name: X}"

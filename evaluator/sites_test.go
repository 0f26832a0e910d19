package evaluator

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
)

// TestSites: the result has every site with its clients, and every finding the
// sites that it is about.
func TestSites(t *testing.T) {
	const leeds, york = "00000000-0000-0000-0000-000000000501", "00000000-0000-0000-0000-000000000502"
	const subnetOfLeeds = "00000000-0000-0000-0000-000000000601"
	client := "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}"
	for name, tt := range map[string]struct {
		affects string
		want    []string // of the finding about York
	}{
		"its own site":       {`{"all": true}`, []string{york}},
		"a site it harms":    {`{"site": "` + leeds + `"}`, []string{leeds, york}},
		"a subnet it harms":  {`{"subnet": "` + subnetOfLeeds + `"}`, []string{leeds, york}},
		"twice the same one": {`{"site": site.guid}, {"site": site.guid, "package": "scan"}`, []string{york}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"client.rego": acme.ClientRule, "fault.rego": faultRule("F-001", 100, tt.affects)}
			r := evaluate(t, packtest.Must(t, files), causesEstate+client)
			got := map[string][]string{}
			for f, err := range r.Findings() {
				if err != nil {
					t.Fatal(err)
				}
				got[f.Resource.Name] = f.Sites
			}
			if diff := cmp.Diff(tt.want, got["York"]); diff != "" {
				t.Errorf("York (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{leeds}, got["X"]); diff != "" {
				t.Errorf("client (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]result.Site{{GUID: leeds, Name: "Leeds", Clients: 1}, {GUID: york, Name: "York"}}, r.Sites); diff != "" {
				t.Errorf("sites (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSitesOfPackageServers: a package server is where its address is, and
// where it was assigned by hand.
func TestSitesOfPackageServers(t *testing.T) {
	const rl = `# METADATA
# title: Package server
# description: Every one.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: F-001
#   severity: high
#   scope: estate
#   step: "5"
#   remediation: [{text: Mend it.}]
package acme.server

violation contains {"msg": "fault", "resource": {"type": "package_server", "guid": ps.guid, "name": ps.name}} if {
	some ps in data.estate.package_servers
}
`
	r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": rl}), `
estate:
  sites:
    - {guid: 00000000-0000-0000-0000-000000000501, name: Leeds}
    - {guid: 00000000-0000-0000-0000-000000000502, name: ""}
  subnets: [{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, sites: [00000000-0000-0000-0000-000000000501]}]
  package_servers:
    - {guid: 00000000-0000-0000-0000-000000000701, name: PS, addresses: [10.1.0.2/24], sites: [00000000-0000-0000-0000-000000000502]}
clients: []
`)
	for f := range r.Findings() {
		if diff := cmp.Diff([]string{"00000000-0000-0000-0000-000000000501", "00000000-0000-0000-0000-000000000502"}, f.Sites); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	want := []result.Site{{GUID: "00000000-0000-0000-0000-000000000502", Name: "00000000-0000-0000-0000-000000000502"}, {GUID: "00000000-0000-0000-0000-000000000501", Name: "Leeds"}}
	if diff := cmp.Diff(want, r.Sites); diff != "" || len(r.Rules) != 1 || r.Rules[0].Findings != 1 {
		t.Errorf("%d findings; sites (-want +got):\n%s", r.Rules[0].Findings, diff)
	}
}

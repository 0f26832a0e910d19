package evaluator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
)

// faultRule is an estate rule that finds every site and harms its clients.
func faultRule(id string, chain int, affects string) string {
	name := strings.ToLower(strings.ReplaceAll(id, "-", "_"))
	return fmt.Sprintf(`# METADATA
# title: Fault %[1]s
# description: A fault.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: %[1]s
#   severity: high
#   scope: estate
#   step: "5"
#   explains: [ACME-CLI-001]
#   chain: %[2]d
#   remediation: [{text: Mend it.}]
package acme.fault.%[3]s

violation contains {
	"msg": sprintf("fault of %%s", [site.name]),
	"resource": {"type": "site", "guid": site.guid, "name": site.name},
	"affects": [%[4]s],
} if {
	some site in data.estate.sites
}
`, id, chain, name, affects)
}

const ownRule = `# METADATA
# title: The client's own trouble
# description: Own trouble.
# schemas: [{input: schema.client}]
# custom:
#   id: ACME-CLI-002
#   severity: high
#   scope: client
#   step: "3"
#   explains: [ACME-CLI-001]
#   chain: 600
#   remediation: [{text: Mend it.}]
package acme.client.own

violation contains {"msg": "own"} if input.domain == "OWN"
`

const causesEstate = `
estate:
  sites:
    - {guid: 00000000-0000-0000-0000-000000000501, name: Leeds}
    - {guid: 00000000-0000-0000-0000-000000000502, name: York}
  subnets:
    - {guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, sites: [00000000-0000-0000-0000-000000000501]}
    - {guid: 00000000-0000-0000-0000-000000000602, cidr: 10.2.0.0/24, sites: [00000000-0000-0000-0000-000000000502]}
clients:
`

func TestCauses(t *testing.T) {
	const site = `{"site": site.guid}`
	possible := `{"site": site.guid, "certainty": "possible"}`
	packageOf := func(role string) string { return fmt.Sprintf(`{"site": site.guid, "package": %q}`, role) }
	tests := []struct {
		name   string
		rules  []string
		domain string
		want   string
	}{
		{"no rule explains it", nil, "", ""},
		{"the client's site is at fault", []string{faultRule("F-001", 100, site)}, "", "F-001 Leeds sure"},
		{"the earlier link of two", []string{faultRule("F-001", 200, site), faultRule("F-002", 100, site)}, "", "F-002 Leeds sure"},
		{"of one link, the lower id", []string{faultRule("F-002", 100, site), faultRule("F-001", 100, site)}, "", "F-001 Leeds sure"},
		{"a sure cause before a possible one", []string{faultRule("F-001", 100, possible), faultRule("F-002", 200, site)}, "", "F-002 Leeds sure"},
		{"a possible cause where none is sure", []string{faultRule("F-001", 100, possible)}, "", "F-001 Leeds possible"},
		{"another subnet", []string{faultRule("F-001", 100, `{"subnet": "00000000-0000-0000-0000-000000000602"}`)}, "", ""},
		{"its subnet", []string{faultRule("F-001", 100, `{"subnet": "00000000-0000-0000-0000-000000000601"}`)}, "", "F-001 Leeds sure"},
		{"its network", []string{faultRule("F-001", 100, `{"network": "10.1.0.0/24"}`)}, "", "F-001 Leeds sure"},
		{"all keys must match", []string{faultRule("F-001", 100, `{"network": "10.1.0.0/24", "site": "00000000-0000-0000-0000-000000000502"}`)}, "", ""},
		{"the client itself", []string{faultRule("F-001", 100, `{"client": "00000000-0000-0000-0000-000000000001"}`)}, "", "F-001 Leeds sure"},
		{"everybody", []string{faultRule("F-001", 100, `{"all": true}`)}, "", "F-001 Leeds sure"},
		{"its own trouble", []string{ownRule}, "OWN", "ACME-CLI-002  sure"},
		{"the estate's trouble is earlier than its own", []string{ownRule, faultRule("F-001", 100, site)}, "OWN", "F-001 Leeds sure"},
		{"its own trouble is earlier than the estate's", []string{ownRule, faultRule("F-001", 800, site)}, "OWN", "ACME-CLI-002  sure"},
		{"an earlier possible cause before its own trouble", []string{ownRule, faultRule("F-001", 100, possible)}, "OWN", "F-001 Leeds possible"},
		{"its own trouble before a later possible cause", []string{ownRule, faultRule("F-001", 800, possible)}, "OWN", "ACME-CLI-002  sure"},
		{"the package has not arrived", []string{acme.EvidenceLibrary, faultRule("F-001", 400, packageOf("tools"))}, "SCAN", "F-001 Leeds sure"},
		{"the package arrived", []string{acme.EvidenceLibrary, faultRule("F-001", 400, packageOf("scan"))}, "SCAN", ""},
		{"links shown to hold are no cause", []string{acme.EvidenceLibrary, faultRule("F-001", 400, site)}, "BOTH", ""},
		{"later links can be", []string{acme.EvidenceLibrary, faultRule("F-001", 600, site)}, "BOTH", "F-001 Leeds sure"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"client.rego": acme.ClientRule}
			for i, text := range tt.rules {
				files[fmt.Sprintf("%d.rego", i)] = text
			}
			r := evaluate(t, packtest.Must(t, files), causesEstate+"  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, "+
				"domain: \""+tt.domain+"\", addresses: [10.1.0.7/24]}")
			got := ""
			for f, err := range r.Findings() {
				if err != nil {
					t.Fatal(err)
				}
				if f.Rule == "ACME-CLI-001" && f.Cause != "" {
					got = describeCause(r, f)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if missed := len(r.Unexplained) > 0; missed != (tt.want == "" && tt.rules != nil) {
				t.Errorf("unexplained: %+v", r.Unexplained)
			}
		})
	}
}

// describeCause finds the cause that a finding names.
func describeCause(r *result.Result, f result.Finding) string {
	for _, c := range r.Causes {
		if c.ID == f.Cause && c.Certainty == f.Certainty {
			name := ""
			if c.Resource != nil {
				name = c.Resource.Name
			}
			return fmt.Sprintf("%s %s %s", c.Rule, name, c.Certainty)
		}
	}
	return "the result does not list cause " + f.Cause
}

// TestOwnStepsThatTheRowsDisprove holds the client's own findings to the
// evidence too.
func TestOwnStepsThatTheRowsDisprove(t *testing.T) {
	library := strings.Replace(acme.EvidenceLibrary, "reached := 600 if", "reached := 700 if", 1)
	files := map[string]string{
		"client.rego": acme.ClientRule, "lib.rego": library,
		"own.rego": strings.Replace(ownRule, `"OWN"`, `"BOTH"`, 1),
	}
	r := evaluate(t, packtest.Must(t, files), causesEstate+
		"  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, domain: BOTH, addresses: [10.1.0.7/24]}\n")
	if len(r.Causes) != 0 || len(r.Unexplained) != 1 {
		t.Errorf("causes %+v, unexplained %+v", r.Causes, r.Unexplained)
	}
}

// TestCausesOfOnePackage keeps the fault of one package from explaining that
// another did not arrive.
func TestCausesOfOnePackage(t *testing.T) {
	files := map[string]string{
		"client.rego": strings.Replace(acme.ClientRule, `{"msg": "X"}`, `{"msg": "X", "path": "packages.tools.status"}`, 1),
		"scan.rego":   faultRule("F-001", 400, `{"site": site.guid, "package": "scan"}`),
	}
	const client = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}\n"
	if r := evaluate(t, packtest.Must(t, files), causesEstate+client); len(r.Causes) != 0 {
		t.Errorf("causes %+v", r.Causes)
	}
	files["scan.rego"] = faultRule("F-001", 400, `{"site": site.guid, "package": "tools"}`)
	if r := evaluate(t, packtest.Must(t, files), causesEstate+client); len(r.Causes) != 1 {
		t.Errorf("causes %+v", r.Causes)
	}
}

func TestCausesCountClients(t *testing.T) {
	files := map[string]string{
		"client.rego": strings.Replace(acme.ClientRule, `input.name == "X"`, `input.name != "fine"`, 1),
		"fault.rego":  faultRule("F-001", 100, `{"site": site.guid}`),
	}
	doc := causesEstate
	for i := range 10 {
		network, name := 1, fmt.Sprintf("C%d", i)
		if i >= 7 {
			network = 2
		}
		if i == 9 {
			name = "fine"
		}
		doc += fmt.Sprintf("  - {guid: 00000000-0000-0000-0000-0000000000%02d, name: %s, status: Active, addresses: [10.%d.0.%d/24]}\n", i, name, network, i+1)
	}
	doc += "  - {guid: 00000000-0000-0000-0000-000000000099, name: elsewhere, status: Active, addresses: [10.9.0.1/24]}\n"
	r := evaluate(t, packtest.Must(t, files), doc)
	var got []string
	for _, c := range r.Causes {
		got = append(got, fmt.Sprintf("%s: %d, %d named, explains %v", c.Msg, c.Clients, len(c.Sample), c.Explains))
	}
	want := []string{"fault of Leeds: 7, 5 named, explains [ACME-CLI-001]", "fault of York: 2, 2 named, explains [ACME-CLI-001]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(r.Unexplained) != 1 || r.Unexplained[0].Clients != 1 || r.Unexplained[0].Sample[0].Name != "elsewhere" {
		t.Errorf("unexplained: %+v", r.Unexplained)
	}
	if r.Summary.ClientsWithFindings != 10 {
		t.Errorf("%d clients with findings, want 10", r.Summary.ClientsWithFindings)
	}
}

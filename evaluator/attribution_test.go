package evaluator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
)

// causesOf lists the causes that a result counts, in its order.
func causesOf(r *result.Result) []string {
	var out []string
	for _, c := range r.Causes {
		out = append(out, fmt.Sprintf("%s: %s, %s for %d", c.ID, c.Msg, c.Certainty, c.Clients))
	}
	return out
}

const (
	leeds = "00000000-0000-0000-0000-000000000501"
	york  = "00000000-0000-0000-0000-000000000502"
)

// inBoth is a client with a network card in Leeds and one in York.
const inBoth = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24, 10.2.0.7/24]}\n"

func TestClientInSeveralSites(t *testing.T) {
	ofEach := faultRule("F-001", 100, `{"site": site.guid}`)
	ofLeeds := strings.Replace(ofEach, "some site in data.estate.sites", "some site in data.estate.sites\n\tsite.name == \"Leeds\"", 1)
	ofBoth := strings.Replace(ofLeeds, `"affects": [{"site": site.guid}]`, `"affects": [{"site": "`+leeds+`"}, {"site": "`+york+`"}]`, 1)
	halfSure := strings.Replace(ofLeeds, `"affects": [{"site": site.guid}]`, `"affects": [{"site": "`+leeds+`"}, {"site": "`+york+`", "certainty": "possible"}]`, 1)
	tests := []struct {
		name  string
		rules []string
		want  []string
	}{
		{"a fault of one of its sites leaves it the other", []string{ofLeeds},
			[]string{"F-001:" + leeds + ":possible: fault of Leeds, possible for 1"}},
		{"one fault of all its sites", []string{ofBoth}, []string{"F-001:" + leeds + ": fault of Leeds, sure for 1"}},
		{"one fault, which may leave it the other", []string{halfSure},
			[]string{"F-001:" + leeds + ":possible: fault of Leeds, possible for 1"}},
		{"a later fault that is sure goes first", []string{ofLeeds, faultRule("F-002", 200, `{"all": true}`)},
			[]string{"F-002:" + leeds + ": fault of Leeds, sure for 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"client.rego": acme.ClientRule}
			for i, text := range tt.rules {
				files[fmt.Sprintf("%d.rego", i)] = text
			}
			r := evaluate(t, packtest.Must(t, files), causesEstate+inBoth)
			if diff := cmp.Diff(tt.want, causesOf(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// One object may have several faults, and one fault may be sure for some
// clients only: each cause has an id of its own, and findings name it.
func TestCauseIDsAreUnique(t *testing.T) {
	const two = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, domain: SCAN, addresses: [10.1.0.7/24]}\n" +
		"  - {guid: 00000000-0000-0000-0000-000000000002, name: X, status: Active, addresses: [10.1.0.8/24]}\n"
	ofLeeds := strings.Replace(faultRule("F-001", 400, `{"site": site.guid, "package": role}`), "some site in data.estate.sites",
		"some site in data.estate.sites\n\tsite.name == \"Leeds\"", 1)
	perPackage := strings.NewReplacer(`sprintf("fault of %s", [site.name])`, `sprintf("no %s in %s", [role, site.name])`,
		`site.name == "Leeds"`, "site.name == \"Leeds\"\n\tsome role in [\"scan\", \"tools\"]").Replace(ofLeeds)
	perPath := strings.NewReplacer(`, "package": role`, ``, `"resource"`, "\"path\": role,\n\t\"resource\"").Replace(perPackage)
	alike := strings.Replace(perPackage, `, "package": role`, ``, 1)
	tests := []struct {
		name, rule, clients string
		want                []string
	}{
		{"by package", perPackage, two, []string{"F-001:" + leeds + ":scan: no scan in Leeds, sure for 1", "F-001:" + leeds + ":tools: no tools in Leeds, sure for 1"}},
		{"by setting", perPath, two, []string{"F-001:" + leeds + ":scan: no scan in Leeds, sure for 2"}},
		{"by number", alike, two, []string{"F-001:" + leeds + ": no scan in Leeds, sure for 2"}},
		{"by certainty", strings.Replace(ofLeeds, `, "package": role`, ``, 1), two + strings.NewReplacer("001, name", "003, name", "0.7/24", "0.9/24").Replace(inBoth),
			[]string{"F-001:" + leeds + ": fault of Leeds, sure for 2", "F-001:" + leeds + ":possible: fault of Leeds, possible for 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := evaluate(t, packtest.Must(t, map[string]string{"client.rego": acme.ClientRule, "a.rego": tt.rule, "e.rego": acme.EvidenceLibrary}), causesEstate+tt.clients)
			if diff := cmp.Diff(tt.want, causesOf(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			known := map[string]int{}
			for _, c := range r.Causes {
				known[c.ID]++
			}
			for f, err := range r.Findings() {
				if err != nil {
					t.Fatal(err)
				}
				if f.Rule == "ACME-CLI-001" && known[f.Cause] != 1 {
					t.Errorf("%d causes have the id %q", known[f.Cause], f.Cause)
				}
			}
		})
	}
}

// Which cause is the best must not hang on faults of other clients' objects.
func TestOthersFaultsDoNotChangeTheOrder(t *testing.T) {
	files := map[string]string{
		"client.rego": acme.ClientRule,
		"own.rego":    ownRule,
		"a.rego":      faultRule("F-001", 100, `{"site": site.guid, "certainty": "possible"}`),
		"b.rego":      faultRule("F-002", 800, `{"subnet": "00000000-0000-0000-0000-000000000602"}`),
	}
	r := evaluate(t, packtest.Must(t, files), causesEstate+"  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, domain: OWN, addresses: [10.1.0.7/24]}\n")
	if diff := cmp.Diff([]string{"F-001:" + leeds + ":possible: fault of Leeds, possible for 1"}, causesOf(r)[:1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCauseIDsOfOneObject(t *testing.T) {
	object := result.Resource{Type: "site", Name: "Leeds"}
	got := causeIDs(&rule.Rule{ID: "F-001"}, []result.Finding{
		{Resource: object}, {Resource: object},
		{Resource: object, Path: "setting"},
		{Resource: object, Path: "setting", Affects: []result.Selector{{Package: "scan"}}},
		{Resource: object, Path: "setting", Affects: []result.Selector{{Package: "scan"}, {Package: "tools"}}},
	})
	want := []string{"F-001:Leeds", "F-001:Leeds#2", "F-001:Leeds:setting", "F-001:Leeds:scan", "F-001:Leeds:setting#2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

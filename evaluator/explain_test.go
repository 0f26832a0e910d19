package evaluator

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

// explainX judges causesEstate with some clients and explains client X.
func explainX(t *testing.T, files map[string]string, clients string) *result.Explanation {
	t.Helper()
	snap, err := snapshot.NewReader(strings.NewReader(causesEstate+clients), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(context.Background(), packtest.Must(t, files), snap, Options{
		Watch: func(c *snapshot.Client) bool { return c.Name == "X" },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.Watched
}

func TestExplain(t *testing.T) {
	const x = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, domain: %q, addresses: [10.1.0.7/24]}\n"
	const other = "  - {guid: 00000000-0000-0000-0000-000000000002, name: other, status: Active, addresses: [10.2.0.7/24]}\n"
	unsure := strings.Replace(faultRule("F-001", 100, `{"site": site.guid}`), "violation contains", "unknown contains", 1) +
		"\nviolation contains {} if false\n"
	unsure = strings.Replace(unsure, "\t\"affects\": [{\"site\": site.guid}],\n", "", 1)
	leeds := strings.Replace(faultRule("F-001", 100, `{"site": site.guid}`), "some site in data.estate.sites", "some site in data.estate.sites\n\tsite.name == \"York\"", 1)
	tests := []struct {
		name   string
		rules  []string
		domain string
		want   []string
		cause  string
	}{
		{"a fault of its site", []string{faultRule("F-001", 100, `{"site": site.guid}`)}, "",
			[]string{"1 ACME-CLI-001 fail X", "5 F-001 fail fault of Leeds"}, "F-001"},
		{"a fault of another site is none of its", []string{leeds}, "",
			[]string{"1 ACME-CLI-001 fail X", "5 F-001 pass elsewhere"}, ""},
		{"a fault of the whole estate", []string{strings.Replace(strings.Replace(faultRule("F-001", 100, "x"), "\t\"affects\": [x],\n", "", 1), `"type": "site"`, `"type": "policy"`, 1)}, "",
			[]string{"1 ACME-CLI-001 fail X", "5 F-001 fail fault of Leeds; fault of York"}, ""},
		{"a fault that its own rows disprove", []string{acme.EvidenceLibrary, faultRule("F-001", 100, `{"site": site.guid}`)}, "BOTH",
			[]string{"1 ACME-CLI-001 fail X", "5 F-001 fail fault of Leeds disproved"}, ""},
		{"its site cannot be judged", []string{unsure}, "",
			[]string{"1 ACME-CLI-001 fail X", "5 F-001 not_evaluated Leeds: fault of Leeds"}, ""},
		{"its own earlier step", []string{ownRule}, "OWN",
			[]string{"1 ACME-CLI-001 fail X", "3 ACME-CLI-002 fail own"}, "ACME-CLI-002"},
		{"a rule that was not evaluated", []string{strings.NewReplacer("ACME-SITE-001", "ACME-POL-001", "data.estate.sites", "data.estate.policies").Replace(acme.Rule)}, "",
			[]string{"1 ACME-CLI-001 fail X", "+ ACME-POL-001 not_evaluated section policies is not in the snapshot"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"client.rego": strings.Replace(acme.ClientRule, `step: "+"`, `step: "1"`, 1)}
			for i, text := range tt.rules {
				files[fmt.Sprintf("%d.rego", i)] = text
			}
			e := explainX(t, files, fmt.Sprintf(x, tt.domain)+other)
			var got []string
			for _, c := range e.Checks {
				line := fmt.Sprintf("%s %s %s %s", c.Step, c.Rule, c.Verdict, strings.Join(c.Msgs, "; "))
				if c.Disproved {
					line += " disproved"
				}
				if c.Elsewhere {
					line += "elsewhere"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			cause := ""
			if e.Cause != nil {
				cause = e.Cause.Rule
			}
			if cause != tt.cause {
				t.Errorf("the chain breaks at %q, want %q", cause, tt.cause)
			}
		})
	}
}

func TestExplainOfAClientInNoKnownPlace(t *testing.T) {
	files := map[string]string{"client.rego": acme.ClientRule, "fault.rego": faultRule("F-001", 100, `{"site": site.guid}`)}
	e := explainX(t, files, "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: []}\n")
	for _, c := range e.Checks {
		if c.Rule == "F-001" && c.Verdict != result.NotEvaluated {
			t.Errorf("%+v", c)
		}
	}
}

// TestExplainNoKnownSite: what is said of computers in no known site concerns
// those alone.
func TestExplainNoKnownSite(t *testing.T) {
	text := strings.NewReplacer("\t\"affects\": [x],\n", "", `"guid": site.guid`, `"guid": null`).Replace(faultRule("F-001", 100, "x"))
	files := map[string]string{"client.rego": acme.ClientRule, "fault.rego": text}
	for address, want := range map[string]result.Verdict{"[10.1.0.7/24]": result.Pass, "[10.9.0.7/24]": result.Fail, "[]": result.Fail} {
		e := explainX(t, files, "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: "+address+"}\n")
		for _, c := range e.Checks {
			if c.Rule == "F-001" && c.Verdict != want {
				t.Errorf("%s: %+v, want %s", address, c, want)
			}
		}
	}
}

// TestExplainWithoutAPackageServer: what is unknown of package servers elsewhere
// is no pass for a client without one.
func TestExplainWithoutAPackageServer(t *testing.T) {
	text := strings.NewReplacer("violation contains", "unknown contains", `"type": "site"`, `"type": "package_server"`, "\t\"affects\": [x],\n", "").
		Replace(faultRule("F-001", 100, "x")) + "\nviolation contains {} if false\n"
	files := map[string]string{"client.rego": acme.ClientRule, "fault.rego": text}
	e := explainX(t, files, "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.9.0.7/24]}\n")
	for _, c := range e.Checks {
		if c.Rule == "F-001" && (c.Verdict != result.NotApplicable || len(c.Msgs) != 1) {
			t.Errorf("%+v", c)
		}
	}
}

func TestTheChainBreaks(t *testing.T) {
	files := map[string]string{
		"client.rego": acme.ClientRule + "\nunknown contains {\"msg\": \"?\"} if input.domain == null\n",
		"fault.rego":  faultRule("F-001", 100, `{"site": site.guid}`),
	}
	for client, want := range map[string]result.Verdict{
		`{guid: 00000000-0000-0000-0000-000000000001, name: X, domain: D}`:                result.Fail,
		`{guid: 00000000-0000-0000-0000-000000000001, name: Y, domain: D}`:                result.Pass,
		`{guid: 00000000-0000-0000-0000-000000000001, name: Y}`:                           result.NotEvaluated,
		`{guid: 00000000-0000-0000-0000-000000000001, name: X, addresses: [10.1.0.7/24]}`: result.Fail,
	} {
		snap, err := snapshot.NewReader(strings.NewReader(causesEstate+"  - "+client+"\n"), "doc.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r, err := Evaluate(context.Background(), packtest.Must(t, files), snap, Options{Watch: func(*snapshot.Client) bool { return true }})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Watched.Breaks(); got != want {
			t.Errorf("%s: %s, want %s", client, got, want)
		}
		r.Close()
	}
}

func TestExplainOfNobody(t *testing.T) {
	files := map[string]string{"client.rego": acme.ClientRule}
	if e := explainX(t, files, "  - {guid: 00000000-0000-0000-0000-000000000002, name: other}\n"); e != nil {
		t.Errorf("got %+v", e)
	}
}

func TestFrees(t *testing.T) {
	files := map[string]string{
		"client.rego": acme.ClientRule,
		"a.rego":      faultRule("F-001", 100, `{"site": site.guid}`),
		"b.rego":      faultRule("F-002", 200, `{"subnet": "00000000-0000-0000-0000-000000000601"}`),
	}
	const clients = `
  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}
  - {guid: 00000000-0000-0000-0000-000000000002, name: X, status: Active, addresses: [10.2.0.7/24]}
`
	for _, tt := range [][2]string{
		{"", "F-001 Leeds frees 0 of 1, F-001 York frees 1 of 1"},
		{"possible", "F-001 Leeds frees 1 of 1, F-001 York frees 1 of 1"},
	} {
		certainty, want := tt[0], tt[1]
		if certainty != "" {
			files["b.rego"] = strings.Replace(files["b.rego"], `601"}`, `601", "certainty": "possible"}`, 1)
		}
		r := evaluate(t, packtest.Must(t, files), causesEstate+clients)
		var got []string
		for _, c := range r.Causes {
			got = append(got, fmt.Sprintf("%s %s frees %d of %d", c.Rule, c.Resource.Name, c.Frees, c.Clients))
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("certainty %q (-want +got):\n%s", certainty, diff)
		}
	}
}

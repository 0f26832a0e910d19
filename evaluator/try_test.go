package evaluator

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nscheck/nscheck/snapshot"
)

func tryOn(t *testing.T, p *rule.Pack, id, doc string, opts TryOptions) *Trial {
	t.Helper()
	snap, err := snapshot.NewReader(strings.NewReader(doc), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rule, ok := p.Rule(id)
	if !ok {
		t.Fatalf("there is no rule %s", id)
	}
	if opts.Limit == 0 {
		opts.Limit = 5
	}
	trial, err := Try(t.Context(), p, snap, rule, opts)
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

// TestTryingSaysWhatEvaluatingSays holds trials of all rules to a real evaluation,
// with findings, unknown objects and totals, and with sections that are missing.
func TestTryingSaysWhatEvaluatingSays(t *testing.T) {
	p, text := packtest.Builtin(t), demoSnapshot(t)
	docs := map[string][]byte{"demo": text, "bare": []byte("estate: {sites: [" + acme.SiteX + "]}\nclients: [" + acme.ClientX + "]")}
	for name, doc := range docs {
		open := func() *snapshot.Reader {
			snap, err := snapshot.NewReader(bytes.NewReader(doc), name+".yaml")
			if err != nil {
				t.Fatal(err)
			}
			return snap
		}
		res, err := Evaluate(t.Context(), p, open(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Close()
		for i, r := range res.Rules {
			trial, err := Try(t.Context(), p, open(), p.Rules[i], TryOptions{Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			want := Trial{Verdict: r.Verdict, Reasons: r.Reasons, AffectsUnknown: r.AffectsUnknown, Unknown: r.Unknown, UnknownCount: r.UnknownCount(), FindingCount: r.Findings, Findings: []result.Finding{}}
			for f, err := range res.Findings() {
				if err != nil {
					t.Fatal(err)
				}
				if f.Rule == r.ID {
					f.Cause, f.Certainty = "", ""
					want.Findings = append(want.Findings, f)
				}
			}
			got := Trial{Verdict: trial.Verdict, Reasons: trial.Reasons, AffectsUnknown: trial.AffectsUnknown, Unknown: trial.Unknown, UnknownCount: trial.UnknownCount, FindingCount: trial.FindingCount, Findings: trial.Findings}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(result.Reason{})); diff != "" {
				t.Errorf("%s of %s (-evaluated +tried):\n%s", r.ID, name, diff)
			}
		}
	}
}

// TestTryingOnOneClient holds trials on single clients to what explaining says of them.
func TestTryingOnOneClient(t *testing.T) {
	p, text := packtest.Builtin(t), demoSnapshot(t)
	for _, name := range []string{"LDS-PC030", "RTM-NEW01"} {
		choose := func(c *snapshot.Client) bool { return c.Name == name }
		snap, err := snapshot.NewReader(bytes.NewReader(text), "demo")
		if err != nil {
			t.Fatal(err)
		}
		result, err := Evaluate(t.Context(), p, snap, Options{Watch: choose})
		if err != nil {
			t.Fatal(err)
		}
		defer result.Close()
		for _, check := range result.Watched.Checks {
			rl, _ := p.Rule(check.Rule)
			if rl.Scope != rule.ClientScope {
				continue
			}
			trial := tryOn(t, p, check.Rule, string(text), TryOptions{Client: choose, Limit: 50})
			var msgs []string
			for _, f := range trial.Findings {
				msgs = append(msgs, f.Msg)
			}
			for _, u := range trial.Unknown {
				msgs = append(msgs, u.Msg)
			}
			for _, r := range trial.Reasons {
				msgs = append(msgs, r.Msg)
			}
			if trial.Verdict != check.Verdict || !cmp.Equal(msgs, check.Msgs, cmpopts.EquateEmpty()) {
				t.Errorf("%s of %s: tried: %s %q; explained: %s %q", check.Rule, name, trial.Verdict, msgs, check.Verdict, check.Msgs)
			}
		}
	}
}

// TestWhereAClauseStopped shows for single expressions what is told of them.
func TestWhereAClauseStopped(t *testing.T) {
	const doc = `
estate:
  sites: [` + acme.SiteX + `, ` + acme.SiteY + `]
  filters: []
  package_servers: []
clients: [` + acme.ClientX + `]
`
	tests := []struct{ name, body, helper, want string }{
		{"a comparison", `site.name > "Z"`, "", `site.name > "Z" | site "X": false; site.name = "X" | site "Y": false; site.name = "Y"`},
		{"a call", `count(site.name) == 2`, "", `count(site.name) == 2 | site "X": false; count(site.name) = 1, site.name = "X" | site "Y": false; count(site.name) = 1, site.name = "Y"`},
		{"a field that is not there", `site.prevent_downloads[_] == "Ns"`, "", `site.prevent_downloads[_] == "Ns" | site "X": undefined: site has no "prevent_downloads" | site "Y": undefined: site has no "prevent_downloads"`},
		{"a key that is not there", `data.index.filters[site.guid].name`, "", `data.index.filters[site.guid].name | site "X": undefined: data.index.filters is empty; site.guid = "00000000-0000-0000-0000-000000000501" | site "Y": undefined: data.index.filters is empty; site.guid = "00000000-0000-0000-0000-000000000502"`},
		{"nothing to go through", `some s in data.estate.package_servers`, "", `some s in data.estate.package_servers | site "X": undefined: data.estate.package_servers is empty | site "Y": undefined: data.estate.package_servers is empty`},
		{"not", `not site.name`, "", `not site.name | site "X": false: what stands behind not holds; site.name = "X" | site "Y": false: what stands behind not holds; site.name = "Y"`},
		{"every", `every x in [1, 2] { x < 2 }`, "", `every x in [1, 2] { x < 2 } | site "X": false: it does not hold for every element (x < 2 | false; x = 2) | site "Y": false: it does not hold for every element (x < 2 | false; x = 2)`},
		{"a function", `_far(site)`, `_far(s) if s.name == "Z"`, `_far(site) | site "X": undefined: _far has no value here (_far s.name == "Z" | false; s.name = "X") | site "Y": undefined: _far has no value here (_far s.name == "Z" | false; s.name = "Y")`},
		{"a function of other arguments", `_far(site.name)`, `_far("Z")`, `_far(site.name) | site "X": undefined: _far has no value here; site.name = "X" (_far  | it is for other arguments) | site "Y": undefined: _far has no value here; site.name = "Y" (_far  | it is for other arguments)`},
		{"a function that says false", `_far(site)`, `_far(s) := s.name == "Z"`, `_far(site) | site "X": false: _far has another value | site "Y": false: _far has another value`},
		{"a helper that is asked once", `_any`, `_any if some s in data.estate.package_servers`, `_any | site "X": undefined: _any has no value here (_any some s in data.estate.package_servers | undefined: data.estate.package_servers is empty) | site "Y": undefined: _any has no value here (_any some s in data.estate.package_servers | undefined: data.estate.package_servers is empty)`},
		{"a helper that is empty", `some s in _silent`, `_silent := {s | some s in data.estate.sites; s.name == "Q"}`, `some s in _silent | site "X": undefined: _silent is empty (_silent s.name == "Q" | false; s.name = "X") | site "Y": undefined: _silent is empty (_silent s.name == "Q" | false; s.name = "X")`},
		{"a helper that lacks the key", `_named[site.guid]`, `_named := {"a": 1}`, `_named[site.guid] | site "X": undefined: _named has no "00000000-0000-0000-0000-000000000501"; site.guid = "00000000-0000-0000-0000-000000000501" | site "Y": undefined: _named has no "00000000-0000-0000-0000-000000000502"; site.guid = "00000000-0000-0000-0000-000000000502"`},
		{"a set that holds nothing", `some s in _silent`, `_silent contains s if { some s in data.estate.sites; s.name == "Q" }`, `some s in _silent | site "X": undefined: _silent[_] has no value here (_silent s.name == "Q" | s "X": false; s.name = "X") | site "Y": undefined: _silent[_] has no value here (_silent s.name == "Q" | s "X": false; s.name = "X")`},
		{"an assignment", `x := site.name; x == "Q"`, "", `x == "Q" | site "X": false; x = "X" | site "Y": false; x = "Y"`},
		{"a long text", fmt.Sprintf("x := %q; x == site.name", strings.Repeat("a", 100)), "", `x == site.name | site "X": false; x = "` + strings.Repeat("a", 60) + `…", site.name = "X" | site "Y": false; x = "` + strings.Repeat("a", 60) + `…", site.name = "Y"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(acme.Rule, `site.name == "X"`, strings.ReplaceAll(tt.body, "; ", "\n\t"), 1) + "\n" + tt.helper + "\n"
			trial := tryOn(t, packtest.Must(t, map[string]string{"a.rego": text}), "ACME-SITE-001", doc, TryOptions{Explain: true})
			if len(trial.Clauses) != 1 || len(trial.Clauses[0].Stops) == 0 {
				t.Fatalf("%+v", trial)
			}
			if diff := cmp.Diff(tt.want, stopText(trial.Clauses[0].Stops[0])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// stopText is a stop on one line.
func stopText(s Stop) string {
	parts := []string{strings.TrimSpace(s.Helper + " " + s.Source)}
	if s.Source == "" {
		parts[0] = s.Helper + " "
	}
	for _, i := range s.Samples {
		text := i.Why
		for n, v := range i.Of {
			if n == 0 {
				text = v.Name + " " + v.Value + ": " + text
			}
		}
		for n, v := range i.Values {
			text += map[bool]string{true: "; ", false: ", "}[n == 0] + v.Name + " = " + v.Value
		}
		var helpers []string
		for _, h := range i.Helpers {
			helpers = append(helpers, stopText(h))
		}
		if helpers != nil {
			text += " (" + strings.Join(helpers, " ") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " | ")
}

// TestTrialListsAreBounded checks that what is left out is counted.
func TestTrialListsAreBounded(t *testing.T) {
	var clients []string
	for i := range 20 {
		clients = append(clients, fmt.Sprintf("{guid: 00000000-0000-0000-0000-0000000000%02d, name: X, status: Active}", i+10))
	}
	doc := "estate: {sites: []}\nclients: [" + strings.Join(clients, ",") + "]"
	text := strings.Replace(acme.ClientRule, `if input.name == "X"`, "if {\n\tprint(input.guid)\n\tinput.name == \"X\"\n}", 1) + "\ntally contains [input.guid]\n"
	trial := tryOn(t, packtest.Must(t, map[string]string{"a.rego": text}), "ACME-CLI-001", doc, TryOptions{Limit: 3})
	if len(trial.Findings) != 3 || trial.FindingCount != 20 || len(trial.Tally) != 3 || trial.TallyCount != 20 ||
		len(trial.Printed) != 3 || trial.PrintedMore != 0 || trial.PrintedClients != 3 {
		t.Errorf("%+v", trial)
	}
	if p := trial.Printed[0]; p.Text != "00000000-0000-0000-0000-000000000010" || p.Client.GUID != p.Text || p.Line == 0 || !strings.HasSuffix(p.File, "a.rego") {
		t.Errorf("%+v", p)
	}
}

// TestTheClientThatIsExplained checks that it is the one that the verdict names, be
// it the last of many.
func TestTheClientThatIsExplained(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"the first that nothing is found about", `input.name != "PC04"`, "PC04"},
		{"the first where something is found about all", `input.name`, "PC01"},
		{"the one that the rule breaks on", `lower(object.get({"PC04": null}, input.name, "x"))`, "PC04"},
		{"the first that it breaks on, behind findings", `upper(object.get({"PC03": null, "PC04": 1}, input.name, "x"))`, "PC03"},
	}
	var clients []string
	for i := range 5 {
		clients = append(clients, fmt.Sprintf("{guid: 00000000-0000-0000-0000-00000000000%d, name: PC0%d, status: Active}", i+1, i+1))
	}
	doc := "estate: {}\nclients: [" + strings.Join(clients, ",") + "]"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(acme.ClientRule, `input.name == "X"`, tt.body, 1)
			trial := tryOn(t, packtest.Must(t, map[string]string{"a.rego": text}), "ACME-CLI-001", doc, TryOptions{Explain: true, Limit: 1})
			if trial.ClausesClient == nil || trial.ClausesClient.Name != tt.want {
				t.Errorf("client %v, want %s; verdict %s, %v", trial.ClausesClient, tt.want, trial.Verdict, trial.Reasons)
			}
			if trial.Verdict == result.Errored && !strings.HasPrefix(trial.Reasons[0].Msg, "the rule broke on client "+tt.want) {
				t.Error(trial.Reasons)
			}
		})
	}
}

// TestPrintingNeedsNothing checks that what is only printed does not decide about
// the verdict.
func TestPrintingNeedsNothing(t *testing.T) {
	text := strings.Replace(acme.Rule, `site.name == "X"`, "print(data.estate.filters)\n\tsite.name == \"X\"", 1)
	trial := tryOn(t, packtest.Must(t, map[string]string{"a.rego": text}), "ACME-SITE-001", "estate: {sites: ["+acme.SiteX+"]}", TryOptions{})
	if trial.Verdict != result.Fail || len(trial.Printed) != 1 || trial.Printed[0].Text != "<undefined>" {
		t.Errorf("%+v", trial)
	}
}

// TestStoppedForWantOfASection checks that a clause that was not evaluated says so.
func TestStoppedForWantOfASection(t *testing.T) {
	text := acme.Rule + `
violation contains {"msg": "f", "resource": {"type": "filter", "name": f.name}} if {
	some f in data.estate.filters
	f.name == "F"
}
`
	trial := tryOn(t, packtest.Must(t, map[string]string{"a.rego": text}), "ACME-SITE-001", "estate: {sites: ["+acme.SiteX+"]}", TryOptions{Explain: true})
	if trial.Verdict != result.Fail || len(trial.Clauses) != 2 || len(trial.Clauses[0].Reasons) != 0 || len(trial.Clauses[1].Reasons) != 1 || trial.Clauses[1].Reasons[0].Section != "filters" {
		t.Errorf("%+v", trial)
	}
}

func TestAnEstateRuleHasNoClient(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule})
	snap, err := snapshot.NewReader(strings.NewReader("estate: {sites: []}"), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Try(t.Context(), p, snap, p.Rules[0], TryOptions{Client: func(*snapshot.Client) bool { return true }, Limit: 1})
	if err == nil || err.Error() != "ACME-SITE-001 judges the estate, and not one client; leave the client out" {
		t.Error(err)
	}
}

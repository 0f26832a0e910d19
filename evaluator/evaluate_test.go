package evaluator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

// evaluate judges a document written as YAML.
func evaluate(t *testing.T, p *rule.Pack, doc string) *result.Result {
	t.Helper()
	snap, err := snapshot.NewReader(strings.NewReader(doc), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(context.Background(), p, snap, Options{ToolVersion: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestVerdicts(t *testing.T) {
	withVersions := strings.Replace(acme.Rule, `step: "+"`, `step: "+"`+"\n"+`#   versions: ">=8"`, 1)
	withUnknown := acme.Rule + `
unknown contains {"msg": "no idea", "resource": {"type": "site", "name": site.name}} if {
	some site in data.estate.sites
	site.name == "Y"
}
`
	counting := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.clients > 1`, 1)
	breaking := strings.Replace(acme.Rule, `site.name == "X"`, `to_number(site.name) == 1`, 1)
	badShape := strings.Replace(acme.Rule, `"name": site.name`, `"title": site.name`, 1)
	noResource := strings.Replace(acme.Rule, `, "resource": {"type": "site", "name": site.name}`, ``, 1)
	licence := strings.Replace(acme.ClientRule, `input.name == "X"`, `input.licence.in_use == false`, 1)
	clientBreaks := strings.Replace(acme.ClientRule, `input.name == "X"`, `to_number(input.name) == 1`, 1)
	named := strings.Replace(acme.ClientRule, `{"msg": "X"}`, `{"msg": "X", "resource": {"type": "a", "name": "b"}}`, 1)

	tests := []struct {
		name, rule, doc string
		verdict         result.Verdict
		reason          string // of the first reason
		exit            int
	}{
		{"nothing found", acme.Rule, "estate: {sites: [" + acme.SiteY + "]}", result.Pass, "", result.ExitClean},
		{"no sites is an answer", acme.Rule, "estate: {sites: []}", result.Pass, "", result.ExitClean},
		{"found", acme.Rule, "estate: {sites: [" + acme.SiteX + "]}", result.Fail, "", result.ExitClean}, // low, below the limit
		{"section absent", acme.Rule, "estate: {subnets: []}", result.NotEvaluated, "section sites is not in the snapshot", result.ExitIncomplete},
		{"unknown alone", withUnknown, "estate: {sites: [" + acme.SiteY + "]}", result.NotEvaluated, "", result.ExitIncomplete},
		{"unknown beside a finding", withUnknown, "estate: {sites: [" + acme.SiteX + "," + acme.SiteY + "]}", result.Fail, "", result.ExitIncomplete},
		{"version too old", withVersions, "estate: {server: {name: NS, version: 7.5.3153}, sites: [" + acme.SiteX + "]}", result.NotApplicable, "the rule is for versions >=8; this is 7.5.3153", result.ExitIncomplete},
		{"version right", withVersions, "estate: {server: {name: NS, version: 8.10.1}, sites: [" + acme.SiteX + "]}", result.Fail, "", result.ExitClean},
		{"version unknown", withVersions, "estate: {sites: [" + acme.SiteX + "]}", result.NotEvaluated, "the rule is for versions >=8 and the platform's version is unknown", result.ExitIncomplete},
		{"totals without clients", counting, "estate: {sites: [" + acme.SiteX + "], package_servers: []}", result.NotEvaluated, "the snapshot has no clients", result.ExitIncomplete},
		{"totals", counting, "estate: {sites: [" + acme.SiteX + "], package_servers: []}\nclients: [" + acme.ClientX + "," + acme.ClientY + "]", result.Fail, "", result.ExitClean},
		{"totals leave package servers out", counting, "estate: {sites: [" + acme.SiteX + "], package_servers: [{guid: 00000000-0000-0000-0000-000000000001, name: X}]}\nclients: [" + acme.ClientX + "," + acme.ClientY + "]", result.Pass, "", result.ExitClean},
		{"totals with an unknown status", counting, "estate: {sites: [" + acme.SiteX + "], package_servers: []}\nclients: [{guid: 00000000-0000-0000-0000-000000000009, name: Z}]", result.NotEvaluated, "not counted as clients, for their status is unknown: 1 computer", result.ExitIncomplete},
		{"a rule that breaks", breaking, "estate: {sites: [" + acme.SiteX + "]}", result.Errored, "the rule broke on the estate: house/a.rego:15: eval_builtin_error: to_number: strconv.ParseFloat: parsing \"X\": invalid syntax", result.ExitTrouble},
		{"a violation of odd shape", badShape, "estate: {sites: [" + acme.SiteX + "]}", result.Errored, "the rule broke on the estate: violation holds something that is not of the rule contract: unknown field \"title\"", result.ExitTrouble},
		{"a violation without a resource", noResource, "estate: {sites: [" + acme.SiteX + "]}", result.Errored, "the rule broke on the estate: violation holds an object without the type of its resource: \"X\"", result.ExitTrouble},
		{"client found", acme.ClientRule, "estate: {}\nclients: [" + acme.ClientX + "]", result.Fail, "", result.ExitFindings},
		{"client not found", acme.ClientRule, "estate: {}\nclients: [" + acme.ClientY + "]", result.Pass, "", result.ExitClean},
		{"no clients", acme.ClientRule, "estate: {}\nclients: []", result.NotEvaluated, "the snapshot has no clients", result.ExitIncomplete},
		{"client section absent", licence, "estate: {}\nclients: [" + acme.ClientX + "]", result.NotEvaluated, "", result.ExitIncomplete},
		{"a client rule that breaks", clientBreaks, "estate: {}\nclients: [" + acme.ClientX + "]", result.Errored, "the rule broke on client X: house/a.rego:13: eval_builtin_error: to_number: strconv.ParseFloat: parsing \"X\": invalid syntax", result.ExitTrouble},
		{"a client rule that names a resource", named, "estate: {}\nclients: [" + acme.ClientX + "]", result.Errored, "the rule broke on client X: violation names a resource; in a rule of scope client the resource is the client", result.ExitTrouble},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": tt.rule}), tt.doc)
			rl := r.Rules[0]
			if rl.Verdict != tt.verdict {
				t.Errorf("verdict %s, want %s (%+v)", rl.Verdict, tt.verdict, rl)
			}
			reason := ""
			if len(rl.Reasons) > 0 {
				reason = rl.Reasons[0].Msg
			}
			if reason != tt.reason {
				t.Errorf("reason %q\nwant   %q", reason, tt.reason)
			}
			if exit := r.ExitStatus(rule.Medium, false); exit != tt.exit {
				t.Errorf("exit status %d, want %d", exit, tt.exit)
			}
			if exit := r.ExitStatus(rule.Medium, true); tt.exit == result.ExitIncomplete && exit != result.ExitClean {
				t.Errorf("exit status %d with --allow-incomplete, want 0", exit)
			}
		})
	}
}

// snapshotWith writes a snapshot with a manifest and opens it again.
func snapshotWith(t *testing.T, sections []snapshot.Section, estate *snapshot.Estate, clients ...*snapshot.Client) *snapshot.Reader {
	t.Helper()
	var b strings.Builder
	w := snapshot.NewWriter(&b)
	m := &snapshot.Manifest{Format: snapshot.FormatVersion, Tool: "test", Source: snapshot.Origin{Kind: "demo"}, Sections: sections}
	if err := m.CollectedAt.UnmarshalText([]byte("2014-03-03T06:00:00Z")); err != nil {
		t.Fatal(err)
	}
	steps := []func() error{func() error { return w.WriteManifest(m) }, func() error { return w.WriteEstate(estate) }}
	for _, c := range clients {
		steps = append(steps, func() error { return w.WriteClient(c) })
	}
	for _, step := range append(steps, w.Close) {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := snapshot.NewReader(strings.NewReader(b.String()), "test.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestManifestDecidesWhatIsEvaluated(t *testing.T) {
	active := "Active"
	client := &snapshot.Client{GUID: "00000000-0000-0000-0000-000000000001", Name: "X", Status: &active}
	whole := strings.Replace(acme.ClientRule, `input.name`, `object.get(input, ["name"], "")`, 1)
	tests := []struct {
		name    string
		rule    string
		section snapshot.Section
		verdict result.Verdict
		reason  string
	}{
		{"collected", acme.Rule, snapshot.Section{Name: "sites", Status: snapshot.Collected}, result.Pass, ""},
		{"denied", acme.Rule, snapshot.Section{Name: "sites", Status: snapshot.Denied, Error: "ask for SELECT"}, result.NotEvaluated, "section sites: denied: ask for SELECT"},
		{"partial", acme.Rule, snapshot.Section{Name: "sites", Status: snapshot.Partial}, result.NotEvaluated, "section sites: partial"},
		{"not in the manifest", acme.Rule, snapshot.Section{Name: "subnets", Status: snapshot.Collected}, result.NotEvaluated, "section sites is not in the snapshot's manifest"},
		{"clients in part, nothing found", acme.ClientRule, snapshot.Section{Name: "clients", Status: snapshot.Partial}, result.NotEvaluated, "section clients: partial"},
		{"clients denied", acme.ClientRule, snapshot.Section{Name: "clients", Status: snapshot.Denied}, result.NotEvaluated, "section clients: denied"},
		{"the client as a whole, a part denied", whole, snapshot.Section{Name: "clients.addresses", Status: snapshot.Denied}, result.NotEvaluated, "section clients.addresses: denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := packtest.Must(t, map[string]string{"a.rego": strings.Replace(tt.rule, `== "X"`, `== "Z"`, 1)})
			snap := snapshotWith(t, []snapshot.Section{tt.section}, &snapshot.Estate{Sites: []snapshot.Site{}}, client)
			r, err := Evaluate(context.Background(), p, snap, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got := ""
			if len(r.Rules[0].Reasons) > 0 {
				got = r.Rules[0].Reasons[0].Msg
			}
			if r.Rules[0].Verdict != tt.verdict || got != tt.reason {
				t.Errorf("got %s %q, want %s %q", r.Rules[0].Verdict, got, tt.verdict, tt.reason)
			}
		})
	}
}

func TestTalliesReachEstateRules(t *testing.T) {
	reader := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.tally.named[site.name].often == 2`, 1)
	counter := strings.Replace(acme.ClientRule, `violation contains {"msg": "X"} if input.name == "X"`,
		"violation contains {\"msg\": \"Z\"} if input.name == \"Z\"\n\ntally contains [\"named\", input.name, \"often\"]", 1)
	p := packtest.Must(t, map[string]string{"a.rego": reader, "b.rego": counter})
	r := evaluate(t, p, "estate: {sites: ["+acme.SiteX+","+acme.SiteY+"], package_servers: []}\nclients: ["+acme.ClientX+","+
		strings.Replace(acme.ClientX, "0001", "0003", 1)+","+acme.ClientY+"]")
	var got []string
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f.Rule+" "+f.Resource.Name)
	}
	if diff := cmp.Diff([]string{"ACME-SITE-001 X"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTalliesOfARuleThatWasNotEvaluated(t *testing.T) {
	reader := strings.Replace(acme.Rule, `site.name == "X"`, `not data.totals.tally.named`, 1)
	counter := strings.Replace(acme.ClientRule, `step: "+"`, `step: "+"`+"\n"+`#   versions: ">=8"`, 1) + "\ntally contains [\"named\", input.name]\n"
	p := packtest.Must(t, map[string]string{"a.rego": reader, "b.rego": counter})
	r := evaluate(t, p, "estate: {server: {name: NS, version: 7.5.3153}, sites: ["+acme.SiteX+"]}\nclients: ["+acme.ClientX+"]")
	rule := r.Rules[1]
	if rule.Verdict != result.NotEvaluated || rule.Reasons[0].Msg != "ACME-CLI-001, which counts for this rule, was not evaluated" {
		t.Errorf("%+v", rule)
	}
}

func TestTalliesThatLeftClientsOut(t *testing.T) {
	reader := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.tally.licensed > 5`, 1)
	counter := acme.ClientRule + "\ntally contains [\"licensed\"] if input.licence.in_use == true\n"
	p := packtest.Must(t, map[string]string{"a.rego": reader, "b.rego": counter})
	r := evaluate(t, p, "estate: {sites: ["+acme.SiteX+"]}\nclients: ["+acme.ClientX+"]")
	rule := r.Rules[1]
	if rule.Verdict != result.NotEvaluated || rule.Reasons[0].Msg != "not counted, for what is counted of them was not collected: 1 computer" {
		t.Errorf("%+v", rule)
	}
}

func TestClashingTalliesBreakTheRule(t *testing.T) {
	rl := acme.ClientRule + "\ntally contains [\"a\"]\n\ntally contains [\"a\", \"b\"]\n"
	r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": rl}), "estate: {}\nclients: ["+acme.ClientX+"]")
	if r.Rules[0].Verdict != result.Errored {
		t.Errorf("verdict %s, want error", r.Rules[0].Verdict)
	}
}

func TestUnknownsAreGroupedAndBounded(t *testing.T) {
	rl := acme.ClientRule + "\nunknown contains {\"msg\": sprintf(\"no idea about %s\", [input.name])}\n"
	var clients []string
	for i := range 70 {
		clients = append(clients, fmt.Sprintf("{guid: 00000000-0000-0000-0000-0000000%05d, name: N%d, status: Active}", i, i%60))
	}
	r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": rl}), "estate: {}\nclients: ["+strings.Join(clients, ",")+"]")
	rule0 := r.Rules[0]
	if n := rule0.UnknownCount(); n != 70 {
		t.Errorf("%d unknown objects, want 70", n)
	}
	if n := len(rule0.Unknown); n != maxUnknownMessages+1 {
		t.Errorf("%d messages, want %d", n, maxUnknownMessages+1)
	}
}

func TestCancelledEvaluationStops(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	p := packtest.Must(t, map[string]string{"a.rego": acme.ClientRule})
	snap, err := snapshot.NewReader(strings.NewReader("estate: {}\nclients: ["+acme.ClientX+","+acme.ClientY+"]"), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Evaluate(ctx, p, snap, Options{Progress: func(int64) { cancel(stop) }})
	if !errors.Is(err, stop) {
		t.Errorf("got %v, want it to say %q", err, stop)
	}
}

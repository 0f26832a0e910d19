package evaluator

import (
	"context"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nscheck/nscheck/snapshot"
)

// serverRule finds package servers called X, and says by a function whom that
// harms; whom rests on subnets, the fault does not.
var serverRule = strings.NewReplacer(
	"low\n", "low\n#   explains: [ACME-CLI-001]\n#   chain: 10\n",
	`"type": "site", "name": site.name`, `"type": "package_server", "guid": site.guid, "name": site.name`,
	"data.estate.sites", "data.estate.package_servers",
).Replace(acme.Rule) + `
affects(finding) := [{"site": site, "certainty": "sure"} |
	some site in data.index.package_server_sites[finding.resource.guid]
]
`

const (
	serverX = "{guid: 00000000-0000-0000-0000-000000000301, name: X, addresses: [10.1.0.1/24], sites: []}"
	subnetX = "{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, sites: [00000000-0000-0000-0000-000000000501]}"
)

func TestAffects(t *testing.T) {
	pack := packtest.Must(t, map[string]string{"a.rego": serverRule, "b.rego": acme.ClientRule})
	rule, _ := pack.Rule("ACME-SITE-001")
	if diff := cmp.Diff([]string{"package_servers"}, rule.Needs); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"package_servers.addresses", "package_servers.sites", "subnets", "subnets.sites"}, rule.AffectsNeeds); diff != "" {
		t.Errorf("needs of affects (-want +got):\n%s", diff)
	}
	clients := "\nclients: [{guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.9/24]}]"

	t.Run("known", func(t *testing.T) {
		r := evaluate(t, pack, "estate: {package_servers: ["+serverX+"], sites: ["+acme.SiteX+"], subnets: ["+subnetX+"]}"+clients)
		if len(r.Causes) != 1 || r.Causes[0].Rule != "ACME-SITE-001" || r.Causes[0].Clients != 1 {
			t.Errorf("causes %+v, want one of ACME-SITE-001 for one client", r.Causes)
		}
		if got := r.Rules[1]; got.AffectsUnknown != nil || r.Incomplete() {
			t.Errorf("whom it affects is unknown: %+v", got)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		r := evaluate(t, pack, "estate: {package_servers: ["+serverX+"]}"+clients)
		got := r.Rules[1]
		want := result.RuleResult{ID: "ACME-SITE-001", Verdict: result.Fail, Findings: 1, AffectsUnknown: []result.Reason{
			{Section: "subnets", Msg: "section subnets is not in the snapshot"},
		}}
		seen := result.RuleResult{ID: got.ID, Verdict: got.Verdict, Findings: got.Findings, Reasons: got.Reasons, AffectsUnknown: got.AffectsUnknown}
		if diff := cmp.Diff(want, seen, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(result.Reason{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !r.Incomplete() {
			t.Error("the result is complete although it is not known whom the fault harms")
		}
		if len(r.Causes) != 0 || len(r.Unexplained) != 1 {
			t.Errorf("causes %+v, unexplained %+v; want no count of clients for a fault that harms nobody knows whom", r.Causes, r.Unexplained)
		}
		for f := range r.Findings() {
			if want := f.Rule == "ACME-SITE-001"; f.AffectsUnknown != want {
				t.Errorf("%s: affects unknown %v, want %v", f.Rule, f.AffectsUnknown, want)
			}
		}
	})
	t.Run("nothing found", func(t *testing.T) {
		r := evaluate(t, pack, "estate: {package_servers: []}")
		if got := r.Rules[1]; got.Verdict != result.Pass || got.AffectsUnknown != nil {
			t.Errorf("verdict %s, affects unknown %v; want a pass", got.Verdict, got.AffectsUnknown)
		}
	})
	t.Run("explained", func(t *testing.T) {
		snap, err := snapshot.NewReader(strings.NewReader("estate: {package_servers: ["+serverX+"]}"+clients), "doc.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r, err := Evaluate(context.Background(), pack, snap, Options{Watch: func(*snapshot.Client) bool { return true }})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, c := range r.Watched.Checks {
			if c.Rule == "ACME-SITE-001" && (c.Verdict != result.NotEvaluated || !cmp.Equal(c.Msgs, []string{"it is unknown whom it harms: X"})) {
				t.Errorf("check %+v, want that it is unknown whom it harms", c)
			}
		}
	})
}

// TestAffectsInPlace checks that the function is not asked of a violation that
// says itself whom it harms.
func TestAffectsInPlace(t *testing.T) {
	said := strings.Replace(serverRule, `violation contains {`, `violation contains {"affects": [{"all": true}], `, 1)
	r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": said, "b.rego": acme.ClientRule}), "estate: {package_servers: ["+serverX+"]}")
	for f := range r.Findings() {
		if diff := cmp.Diff([]result.Selector{{All: true, Certainty: result.Sure}}, f.Affects); diff != "" || f.AffectsUnknown {
			t.Errorf("affects unknown %v (-want +got):\n%s", f.AffectsUnknown, diff)
		}
	}
	if got := r.Rules[1]; got.Findings != 1 || got.AffectsUnknown != nil {
		t.Errorf("%d findings, affects unknown %v", got.Findings, got.AffectsUnknown)
	}
}

// TestAffectsInPart checks that a section which was got in part makes whom a
// fault harms unknown in part, and not the fault.
func TestAffectsInPart(t *testing.T) {
	estate := &snapshot.Estate{
		PackageServers: []snapshot.PackageServer{{GUID: "00000000-0000-0000-0000-000000000301", Name: "X", Addresses: []string{}, Sites: []string{}}},
		Subnets:        []snapshot.Subnet{},
	}
	r, err := Evaluate(context.Background(), packtest.Must(t, map[string]string{"a.rego": serverRule, "b.rego": acme.ClientRule}),
		snapshotWith(t, []snapshot.Section{
			{Name: "package_servers", Status: snapshot.Collected},
			{Name: "subnets", Status: snapshot.Collected},
			{Name: "subnets.sites", Status: snapshot.Denied, Error: "no permission"},
			{Name: "clients", Status: snapshot.Collected},
		}, estate), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := r.Rules[1]
	want := []result.Reason{{Section: "subnets.sites", Status: "denied", Msg: "section subnets.sites: denied: no permission"}}
	if diff := cmp.Diff(want, got.AffectsUnknown, cmpopts.IgnoreUnexported(result.Reason{})); diff != "" || got.Verdict != result.Fail || len(got.Reasons) > 0 {
		t.Errorf("%s %v, affects unknown (-want +got):\n%s", got.Verdict, got.Reasons, diff)
	}
}

func TestAffectsRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ rule, want string }{
		"a set":          {acme.Rule + "\naffects contains {\"all\": true} if true\n", "affects must be a function of a finding"},
		"two arguments":  {acme.Rule + "\naffects(a, b) := [a, b]\n", "affects must be a function of a finding"},
		"a client rule":  {acme.ClientRule + "\naffects(finding) := [finding]\n", "only rules of scope estate have affects"},
		"counts":         {acme.Rule + "\naffects(finding) := [finding] if data.totals.clients > 0\n", "affects cannot read data.totals"},
		"input":          {acme.Rule + "\naffects(finding) := [finding] if input.name\n", "a rule of scope estate has no input"},
		"a misspelt one": {acme.Rule + "\neffects(finding) := [finding]\n", "a rule defines violation, unknown, tally, affects, not_applicable, no_source, and not effects"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := packtest.Load(map[string]string{"a.rego": tt.rule}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	for name, tt := range map[string]struct{ rule, want string }{
		"an odd selector": {acme.Rule + "\naffects(finding) := [{\"stie\": finding.msg}]\n", `unknown field "stie"`},
		"no list":         {acme.Rule + "\naffects(finding) := finding.msg\n", "violation holds something that is not of the rule contract"},
	} {
		t.Run(name, func(t *testing.T) {
			r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": tt.rule}), "estate: {sites: ["+acme.SiteX+"]}")
			if got := r.Rules[0]; got.Verdict != result.Errored || !strings.Contains(got.Reasons[0].Msg, tt.want) {
				t.Errorf("%s %+v, want an error about %q", got.Verdict, got.Reasons, tt.want)
			}
		})
	}
}

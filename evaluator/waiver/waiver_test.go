package waiver

import (
	"context"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

const (
	guidClientX = "00000000-0000-0000-0000-000000000001"
	placedX     = "{guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.1/24]}"
	placedY     = "{guid: 00000000-0000-0000-0000-000000000002, name: Y, status: Active, addresses: [10.2.0.1/24]}"
	placedBoth  = "{guid: 00000000-0000-0000-0000-000000000003, name: Both, status: Active, addresses: [10.1.0.9/24, 10.2.0.9/24]}"
	places      = "estate: {sites: [" + acme.SiteX + "," + acme.SiteY + "], subnets: [" +
		"{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, sites: [" + acme.GUIDSiteX + "]}," +
		"{guid: 00000000-0000-0000-0000-000000000602, cidr: 10.2.0.0/24, sites: [00000000-0000-0000-0000-000000000502]}]}\n" +
		"clients: [" + placedX + "," + placedY + "," + placedBoth + "]\n"
)

// evaluate evaluates a document with waivers.
func evaluate(t *testing.T, p *rule.Pack, doc, waivers string, o evaluator.Options) *result.Result {
	t.Helper()
	if waivers != "" {
		w, err := Read("w.yaml", []byte(waivers), Settings{WarnDays: 14})
		if err != nil {
			t.Fatal(err)
		}
		o.Annotators = []result.Annotator{w}
	}
	snap, err := snapshot.NewReader(strings.NewReader(doc), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := evaluator.Evaluate(context.Background(), p, snap, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestReadWaiversRefuses(t *testing.T) {
	const good = "rule: A-001, object: {name: x}, reason: r"
	tests := []struct{ name, text, want string }{
		{"not YAML", "waivers: [", "w.yaml:1:1: "},
		{"a syntax error further down", "waivers:\n  - rule: A\n bad", "w.yaml:2:3: not valid YAML: did not find expected key"},
		{"a list", "- a", "w.yaml:1:1: a waiver file must have the keys waivers"},
		{"another key", "waiver: []", `w.yaml:1:1: a waiver file has no key "waiver"; known are waivers`},
		{"no list", "waivers: {a: b}", "w.yaml:1:10: waivers must be a list"},
		{"two documents", "waivers: []\n---\nwaivers: []", "w.yaml:2:1: a second YAML document begins here"},
		{"a text for a waiver", "waivers: [a]", "w.yaml:1:11: a waiver must have the keys rule, object"},
		{"an unknown key", "waivers:\n  - {" + good + ", expiry: 2026-01-01}", `w.yaml:2:49: a waiver has no key "expiry"`},
		{"a key twice", "waivers:\n  - {" + good + ", reason: s}", `w.yaml:2:49: the key "reason" is repeated, it is first in line 2; remove one`},
		{"no rule", "waivers:\n  - {object: {name: x}, reason: r}", "w.yaml:2:5: the waiver names no rule"},
		{"no scope", "waivers:\n  - {rule: A-001, reason: r}", "w.yaml:2:5: the waiver names no object and no fingerprint"},
		{"no reason", "waivers:\n  - {rule: A-001, object: {name: x}}", "w.yaml:2:5: the waiver gives no reason"},
		{"an empty reason", "waivers:\n  - {rule: A-001, object: {name: x}, reason: ' '}", "w.yaml:2:46: reason must be a text that says something"},
		{"an empty object", "waivers: [{rule: A-001, object: {}, reason: r}]", "w.yaml:1:33: object names nothing"},
		{"a type alone", "waivers: [{rule: A-001, object: {type: site}, reason: r}]", "w.yaml:1:33: object names a type only"},
		{"object and fingerprint", "waivers: [{" + good + ", fingerprint: 39e6151a238280922e0a01048959b91f}]", "w.yaml:1:33: object and fingerprint exclude each other"},
		{"a short fingerprint", "waivers: [{rule: A-001, fingerprint: 39e6151a, reason: r}]", `w.yaml:1:38: "39e6151a" is no fingerprint`},
		{"a day that is none", "waivers: [{" + good + ", expires: 2026-02-30}]", `w.yaml:1:64: expires: "2026-02-30" is not a date such as 2026-01-31`},
		{"dates that contradict", "waivers: [{" + good + ", starts: 2026-02-02, expires: 2026-02-01}]", "the waiver expires on 2026-02-01, before it starts on 2026-02-02"},
		{"a hash of many", "waivers: [{" + good + ", object_hash: a1}]", "w.yaml:1:68: object_hash is of one object"},
		{"what is required", "waivers: [{" + good + "}]", "w.yaml:1:11: the waiver has no ticket, which the configuration requires"},
		{"all that is wrong", "waivers: [{a: b}, {" + good + ", ticket: t, c: d}]", "w.yaml:1:12: a waiver has no key \"a\"; known are rule, object, fingerprint, reason, owner, ticket, starts, expires, object_hash\nw.yaml:1:74: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read("w.yaml", []byte(tt.text), Settings{Required: []string{"ticket"}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestWaiverScope checks what a waiver covers: too little is a nuisance, too much
// hides findings.
func TestWaiverScope(t *testing.T) {
	estateRule := strings.Replace(acme.Rule, `{"type": "site", "name": site.name}`, `{"type": "site", "guid": site.guid, "name": site.name}`, 1)
	p := packtest.Must(t, map[string]string{"a.rego": estateRule, "b.rego": acme.ActiveRule})
	tests := []struct{ name, waiver, want string }{
		{"a GUID", "rule: ACME-CLI-001, object: {guid: " + guidClientX + "}", "X"},
		{"a name", "rule: ACME-CLI-001, object: {name: y}", "Y"},
		{"a pattern", "rule: ACME-CLI-001, object: {name: 'b?t*'}", "Both"},
		{"any name", "rule: ACME-CLI-001, object: {name: '*'}", "X Y Both"},
		{"another type", "rule: ACME-CLI-001, object: {name: '*', type: site}", ""},
		{"a site, without those elsewhere too", "rule: ACME-CLI-001, object: {site: x}", "X"},
		{"a site by GUID", "rule: ACME-SITE-001, object: {site: " + acme.GUIDSiteX + "}", "X"},
		{"another site", "rule: ACME-SITE-001, object: {site: y}", ""},
		{"a site that is none", "rule: ACME-CLI-001, object: {site: Z}", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := evaluate(t, p, places, "waivers: [{"+tt.waiver+", reason: r}]", evaluator.Options{})
			var got []string
			for f, err := range r.Findings() {
				if err != nil {
					t.Fatal(err)
				}
				if f.Waiver != nil {
					got = append(got, f.Resource.Name)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("waived %v, want %s", got, tt.want)
			}
			if n := r.Waivers[0].Findings; n != int64(len(got)) {
				t.Errorf("the waiver counts %d findings, of %d", n, len(got))
			}
		})
	}
}

// TestWaiverByFingerprint checks that one finding is waived, also under an earlier
// id of its rule.
func TestWaiverByFingerprint(t *testing.T) {
	old := packtest.Must(t, map[string]string{"b.rego": acme.ActiveRule})
	var print string
	for f := range evaluate(t, old, places, "", evaluator.Options{}).Findings() {
		if f.Resource.Name == "Y" {
			print = f.Fingerprint
		}
	}
	renamed := strings.Replace(acme.ActiveRule, "id: ACME-CLI-001", "id: ACME-CLI-009\n#   aliases: [ACME-CLI-001]", 1)
	for name, p := range map[string]*rule.Pack{"the same id": old, "another id": packtest.Must(t, map[string]string{"b.rego": renamed})} {
		r := evaluate(t, p, places, "waivers: [{rule: ACME-CLI-001, fingerprint: "+print+", reason: r}]", evaluator.Options{})
		if got := r.Rules[0].Waived; got != 1 || r.Waivers[0].Rule != p.Rules[0].ID {
			t.Errorf("%s: waived %d findings of %s", name, got, r.Waivers[0].Rule)
		}
	}
}

// TestWaiversAndTheOutcome checks verdict, exit status and counts.
func TestWaiversAndTheOutcome(t *testing.T) {
	p := packtest.Must(t, map[string]string{"b.rego": acme.ActiveRule})
	later := packtest.Must(t, map[string]string{"b.rego": strings.Replace(acme.ActiveRule, "#   step:", "#   effective_on: \"2026-03-01\"\n#   step:", 1)})
	all := "waivers: [{rule: ACME-CLI-001, object: {name: '*'}, reason: r, starts: 2026-01-10, expires: 2026-01-20}]"
	tests := []struct {
		name, waivers string
		pack          *rule.Pack
		asOf          rule.Date
		verdict       result.Verdict
		status        result.WaiverStatus
		exit          int
	}{
		{"no waiver", "", p, "2026-01-15", result.Fail, "", result.ExitFindings},
		{"all waived", all, p, "2026-01-15", result.Waived, result.WaiverActive, result.ExitClean},
		{"the first day", all, p, "2026-01-10", result.Waived, result.WaiverActive, result.ExitClean},
		{"the last day", all, p, "2026-01-20", result.Waived, result.WaiverActive, result.ExitClean},
		{"the day before", all, p, "2026-01-09", result.Fail, result.WaiverNotStarted, result.ExitFindings},
		{"the day after", all, p, "2026-01-21", result.Fail, result.WaiverExpired, result.ExitFindings},
		{"some waived", "waivers: [{rule: ACME-CLI-001, object: {name: X}, reason: r}]", p, "2026-01-15", result.Fail, result.WaiverActive, result.ExitFindings},
		{"none of them", "waivers: [{rule: ACME-CLI-001, object: {name: Z}, reason: r}]", p, "2026-01-15", result.Fail, result.WaiverUnused, result.ExitFindings},
		{"a rule that warns", "", later, "2026-02-28", result.Warn, "", result.ExitClean},
		{"a rule from its day", "", later, "2026-03-01", result.Fail, "", result.ExitFindings},
		{"waived before it counts", all, later, "2026-01-15", result.Waived, result.WaiverActive, result.ExitClean},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := evaluate(t, tt.pack, places, tt.waivers, evaluator.Options{AsOf: tt.asOf})
			if r.AsOf != tt.asOf || r.Rules[0].Verdict != tt.verdict {
				t.Errorf("verdict %s as of %s, want %s", r.Rules[0].Verdict, r.AsOf, tt.verdict)
			}
			if exit := r.ExitStatus(rule.Medium, false); exit != tt.exit {
				t.Errorf("exit status %d, want %d", exit, tt.exit)
			}
			if tt.status != "" && r.Waivers[0].Status != tt.status {
				t.Errorf("the waiver is %s, want %s", r.Waivers[0].Status, tt.status)
			}
			if r.Rules[0].Findings != 3 || r.Summary.Findings[rule.Medium] != 3 {
				t.Errorf("%d findings are counted, want all 3", r.Rules[0].Findings)
			}
		})
	}
}

func TestWaiverLapses(t *testing.T) {
	p := packtest.Must(t, map[string]string{"b.rego": acme.ActiveRule})
	var hash string
	for f := range evaluate(t, p, places, "", evaluator.Options{}).Findings() {
		if f.Resource.Name == "X" {
			hash = f.ObjectHash
		}
	}
	waiver := "waivers: [{rule: ACME-CLI-001, object: {guid: " + guidClientX + "}, reason: r, object_hash: " + hash + "}]"
	for doc, want := range map[string]result.WaiverStatus{
		places: result.WaiverActive,
		strings.Replace(places, "name: X, status", "name: Z, status", 1):                   result.WaiverActive,
		strings.Replace(places, "addresses: [10.1.0.1/24]", "addresses: [10.2.0.1/24]", 1): result.WaiverLapsed,
	} {
		r := evaluate(t, p, doc, waiver, evaluator.Options{})
		if got := r.Waivers[0]; got.Status != want || (r.Rules[0].Waived == 1) != (want == result.WaiverActive) {
			t.Errorf("%s and waives %d, want %s", got.Status, r.Rules[0].Waived, want)
		}
	}
}

// TestUnusedIsKnown checks that a waiver is not called unused where its rule did
// not judge everything.
func TestUnusedIsKnown(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule})
	waiver := "waivers: [{rule: ACME-SITE-001, object: {name: Z}, reason: r}]"
	for doc, want := range map[string]bool{"estate: {sites: []}": false, "estate: {subnets: []}": true} {
		if got := evaluate(t, p, doc, waiver, evaluator.Options{}).Waivers[0]; got.Undecided != want || (got.Status == result.WaiverUnused) == want {
			t.Errorf("%s: undecided %v, status %s", doc, got.Undecided, got.Status)
		}
	}
}

func TestWaiverStatusAt(t *testing.T) {
	w := &Set{Settings: Settings{MaxLifetimeDays: 30, WarnDays: 10}}
	tests := []struct {
		starts, expires rule.Date
		want, msg       string
	}{
		{"2026-01-01", "2026-01-31", "active", ""},
		{"2026-01-01", "2026-01-20", "active", "it expires on 2026-01-20"},
		{"2026-01-01", "2026-02-01", "too_long", "it lasts 31 days and may last 30"},
		{"2026-01-01", "", "too_long", "it needs starts and expires, for waivers may last 30 days"},
		{"", "2026-01-31", "too_long", "it needs starts and expires, for waivers may last 30 days"},
		{"2025-12-01", "2026-01-09", "expired", "it expired on 2026-01-09"},
		{"2026-01-11", "2026-01-12", "not_started", "it holds from 2026-01-11"},
	}
	for _, tt := range tests {
		status, msg := w.StatusAt(&Waiver{Starts: tt.starts, Expires: tt.expires}, "2026-01-10")
		if diff := cmp.Diff([]string{tt.want, tt.msg}, []string{string(status), msg}); diff != "" {
			t.Errorf("%s to %s (-want +got):\n%s", tt.starts, tt.expires, diff)
		}
	}
}

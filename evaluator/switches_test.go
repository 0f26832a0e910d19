package evaluator

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

const twoSites = "estate: {sites: [" + acme.SiteX + ", {guid: 00000000-0000-0000-0000-000000000502, name: Y}]}\nclients: [" + acme.ClientX + "]"

func TestSwitchOff(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule, "b.rego": acme.ClientRule})
	if err := p.SwitchOff("ACME-SITE-001", " it is meant so ", "nscheck.yaml:3"); err != nil {
		t.Fatal(err)
	}
	r := evaluate(t, p, twoSites)
	off, on := ruleIn(t, r, "ACME-SITE-001"), ruleIn(t, r, "ACME-CLI-001")
	if off.Verdict != result.Disabled || off.Findings != 0 || *off.SwitchedOff != (rule.SwitchedOff{Reason: "it is meant so", Place: "nscheck.yaml:3"}) {
		t.Errorf("got %+v", off)
	}
	if len(off.Reasons) != 1 || off.Reasons[0].Msg != "switched off: it is meant so (nscheck.yaml:3)" {
		t.Errorf("reasons %v", off.Reasons)
	}
	if on.Verdict != result.Fail || on.Findings != 1 || r.Summary.Rules[result.Disabled] != 1 || r.Incomplete() {
		t.Errorf("the other rule: %+v, incomplete %v", on, r.Incomplete())
	}
}

func ruleIn(t *testing.T, r *result.Result, id string) result.RuleResult {
	t.Helper()
	for _, rule := range r.Rules {
		if rule.ID == id {
			return rule
		}
	}
	t.Fatalf("there is no rule %s", id)
	return result.RuleResult{}
}

// TestSwitchedOffCounts makes sure that rules which are on get their counts from
// rules which are off, and that those say nothing else.
func TestSwitchedOffCounts(t *testing.T) {
	reader := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.tally.named[site.name] == 1`, 1)
	counter := acme.ClientRule + "\ntally contains [\"named\", input.name]\n\nunknown contains {\"msg\": \"?\"} if input.status == \"Active\"\n"
	const doc = twoSites
	for _, tt := range []struct {
		name, counter, doc string
		off                []string
		reader             result.Verdict
		exit               int
	}{
		{"on", counter, doc, nil, result.Fail, result.ExitFindings},
		{"off", counter, doc, []string{"ACME-CLI-001"}, result.Fail, result.ExitFindings},
		{"off, and it breaks", counter + "\ntally contains [] if input.name == \"X\"\n", doc, []string{"ACME-CLI-001"}, result.NotEvaluated, result.ExitIncomplete},
		{"off, and what it counts is missing", counter + "\ntally contains [\"named\", \"Z\"] if input.licence.in_use\n", doc, []string{"ACME-CLI-001"}, result.NotEvaluated, result.ExitIncomplete},
		{"off, and what it counts for others is missing", counter + "\ntally contains [\"a\"] if input.licence.in_use\n", doc, []string{"ACME-CLI-001"}, result.Fail, result.ExitFindings},
		{"off, and nobody reads it", counter + "\ntally contains [] if input.name == \"X\"\n", doc, []string{"ACME-CLI-001", "ACME-SITE-001"}, result.Disabled, result.ExitIncomplete},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := packtest.Must(t, map[string]string{"a.rego": reader, "b.rego": tt.counter})
			for _, id := range tt.off {
				if err := p.SwitchOff(id, "noise", "nscheck.yaml:3"); err != nil {
					t.Fatal(err)
				}
			}
			r := evaluate(t, p, tt.doc)
			if got := ruleIn(t, r, "ACME-SITE-001"); got.Verdict != tt.reader {
				t.Errorf("the reader: %s %v, want %s", got.Verdict, got.Reasons, tt.reader)
			}
			if got := ruleIn(t, r, "ACME-CLI-001"); len(tt.off) > 0 && (got.Verdict != result.Disabled || got.Findings+got.UnknownCount() > 0) {
				t.Errorf("the counter: %+v", got)
			}
			if got := r.ExitStatus(rule.Info, false); got != tt.exit {
				t.Errorf("exit status %d, want %d", got, tt.exit)
			}
		})
	}
}

// TestSwitchedOffExplainsNothing makes sure that a fault which nobody looks for is
// no cause, and that who it would explain is left without one.
func TestSwitchedOffExplainsNothing(t *testing.T) {
	site := strings.NewReplacer("#   step", "#   explains: [ACME-CLI-001]\n#   chain: 100\n#   step",
		`"name": site.name}}`, `"name": site.name}, "affects": [{"client": "00000000-0000-0000-0000-000000000001"}]}`).Replace(acme.Rule)
	files := map[string]string{"a.rego": site, "b.rego": acme.ClientRule}
	on := evaluate(t, packtest.Must(t, files), twoSites)
	if len(on.Causes) != 1 || on.Causes[0].Rule != "ACME-SITE-001" || len(on.Unexplained) != 0 {
		t.Errorf("on: causes %+v, unexplained %+v", on.Causes, on.Unexplained)
	}
	p := packtest.Must(t, files)
	if err := p.SwitchOff("ACME-SITE-001", "noise", "nscheck.yaml:3"); err != nil {
		t.Fatal(err)
	}
	off := evaluate(t, p, twoSites)
	if len(off.Causes) != 0 || len(off.Unexplained) != 1 || off.Unexplained[0].Clients != 1 {
		t.Errorf("off: causes %+v, unexplained %+v", off.Causes, off.Unexplained)
	}
}

func TestSetSeverity(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": strings.Replace(acme.Rule, "#   severity: low", "#   aliases: [ACME-OLD-001]\n#   severity: low", 1)})
	if err := p.SetSeverity("ACME-OLD-001", rule.Critical, "it matters here", "nscheck.yaml:4"); err != nil {
		t.Fatal(err)
	}
	r := evaluate(t, p, twoSites)
	rl := r.Rules[0]
	if rl.Severity != rule.Critical || rl.SeverityChange.Described(rl.Severity) != "critical (low; nscheck.yaml:4; it matters here)" {
		t.Errorf("got %s, %+v", rl.Severity, rl.SeverityChange)
	}
	if r.Summary.Findings[rule.Critical] != 1 || r.ExitStatus(rule.Critical, false) != result.ExitFindings {
		t.Errorf("findings %v", r.Summary.Findings)
	}
	for f, err := range r.Findings() {
		if err != nil || f.Severity != rule.Critical {
			t.Errorf("%+v, %v", f, err)
		}
	}
	if err := p.SetSeverity("ACME-SITE-001", rule.Critical, "", "nscheck.yaml:4"); err != nil || p.Rules[0].SeverityChange != nil {
		t.Errorf("the severity that it has: %+v, %v", p.Rules[0].SeverityChange, err)
	}
	if got := (*rule.SeverityChange)(nil).Described(rule.Low); got != "low" {
		t.Errorf("unchanged: %q", got)
	}
}

func TestSwitchesRefuse(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule})
	for want, err := range map[string]error{
		`there is no rule "ACME-X-001"; "nscheck rule list" lists them`: p.SwitchOff("ACME-X-001", "a", "b:1"),
		`there is no rule "ACME-X-002"; "nscheck rule list" lists them`: p.SetSeverity("ACME-X-002", rule.Low, "", "b:1"),
		`say with "reason" why the rule ACME-SITE-001 is switched off`:  p.SwitchOff("ACME-SITE-001", " ", "b:1"),
	} {
		if errorText(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if err := p.CheckSwitches(); err != nil {
		t.Error(err)
	}
	if err := p.SwitchOff("ACME-SITE-001", "a", "b:1"); err != nil {
		t.Fatal(err)
	}
	if err := p.CheckSwitches(); errorText(err) != "all rules are switched off, so that nothing would be judged" {
		t.Errorf("all off: %v", err)
	}
}

// errorText is the text of an error; empty for nil.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

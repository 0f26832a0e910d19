package rulepage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// remediations are the texts, with their references, that a version is shown.
func remediations(t *testing.T, p *Pages, version string) map[string]string {
	t.Helper()
	doc := fmt.Sprintf("estate: {server: {name: NS01, version: %s}}\nclients: []\n", version)
	snap, err := snapshot.NewReader(strings.NewReader(doc), version)
	if err != nil {
		t.Fatal(err)
	}
	res, err := evaluator.Evaluate(t.Context(), p.pack, snap, evaluator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	texts := map[string]string{}
	for _, r := range res.Rules {
		if r.Verdict == result.NotApplicable {
			continue
		}
		if len(r.Remediation) != 1 {
			t.Errorf("%s: %s has %d remediations, not one", version, r.ID, len(r.Remediation))
			continue
		}
		texts[r.ID] = r.Remediation[0].Ref + ": " + strings.Join(strings.Fields(r.Remediation[0].Text), " ")
	}
	return texts
}

var versions = []string{"6.2.3693", "7.0.7416", "7.1.8400", "7.1 none", "7.1 MP1", "7.1 SP1", "7.1 SP2", "7.1 SP2 MP1.1", "7.5.3153", "7.6.1383", "8.0.2240", "8.5.3073", "8.5.5032", "8.8.1000"}

func TestEveryVersionHasOneRemediation(t *testing.T) {
	p := pages(t)
	for _, version := range versions {
		for id, text := range remediations(t, p, version) {
			if strings.HasPrefix(version, "8") && strings.Contains(text, "on 7.x") {
				t.Errorf("%s: %s speaks of 7.x: %s", version, id, text)
			}
			if !strings.HasPrefix(version, "6") && (strings.Contains(text, "on 6.x") || strings.Contains(text, "PM 6.2")) {
				t.Errorf("%s: %s speaks of 6.x: %s", version, id, text)
			}
		}
	}
}

// The article names other references for other versions.
func TestReferencesByVersion(t *testing.T) {
	const (
		polRules = "NS-POL-001 NS-POL-002 NS-POL-003"
		pkgRules = "NS-PKG-001 NS-PKG-002 NS-PKG-004"

		steps = "Delete all snapshot.xml files from all subfolders of"
		spOne = "On 7.1 SP1 HOWTO56242 outlines it in step 4"
		anySP = `follow HOWTO9835, the article's reference for PM 7.X, under "Configure the Settings for the Microsoft Vendor Policy"`
	)
	tests := []struct {
		version, rules string
		has, hasNot    []string
	}{
		{"6.2.3693", polRules, []string{"for 6.x it names none"}, []string{"KB180589", spOne, "All Settings"}},
		{"7.0.7416", polRules, []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"7.1.8400", polRules, []string{spOne, anySP}, nil},
		{"7.5.3153", polRules, []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"8.5.3073", polRules, []string{"KB180589: "}, []string{"HOWTO9835"}},
		{"6.2.3693", pkgRules, []string{"HOWTO1109: "}, []string{steps}},
		{"7.0.7416", pkgRules, []string{"HOWTO1109: "}, []string{steps}},
		{"7.1.8400", pkgRules, []string{steps, "Before 7.1 SP1 do that as HOWTO1109 describes", "Warning: this is not the same", "Advisory of the article"}, nil},
		{"7.5.3153", pkgRules, []string{steps, "Warning: this is not the same", "Advisory of the article"}, []string{"Before 7.1 SP1"}},
		{"8.5.5032", pkgRules, []string{"KB181405: ", `SMP\Snapshots" on the Notification Server`}, []string{steps}},
		{"6.2.3693", "NS-IMP-001", []string{"HOWTO10277: "}, nil},
		{"7.0.7416", "NS-IMP-001", []string{"HOWTO10440: "}, []string{"TECH166778"}},
		{"7.1.8400", "NS-IMP-001", []string{"On 7.1 SP1", "TECH166778", "HOWTO10440"}, nil},
		{"7.5.3153", "NS-IMP-001", []string{"HOWTO10440: "}, []string{"TECH166778"}},

		// Service packs.
		{"7.1 SP1", polRules, []string{"HOWTO56242: ", "in step 4"}, []string{"HOWTO9835"}},
		{"7.1 SP1 MP1", polRules, []string{"HOWTO56242: "}, []string{"HOWTO9835"}},
		{"7.1 none", polRules, []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"7.1 MP1", polRules, []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"7.1 SP2", polRules, []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"7.1 SP2 MP1.1", polRules, []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"7.1 none", pkgRules, []string{"HOWTO1109: "}, []string{steps}},
		{"7.1 MP1.2", pkgRules, []string{"HOWTO1109: "}, []string{steps}},
		{"7.1 SP1", pkgRules, []string{"TECH170397: ", steps}, []string{"Before 7.1 SP1"}},
		{"7.1SP2MP1.1", pkgRules, []string{"TECH170397: ", steps}, []string{"Before 7.1 SP1"}},
		{"7.1 SP1", "NS-IMP-001", []string{"TECH166778: "}, []string{"HOWTO10440"}},
		{"7.1 SP2 MP1.1", "NS-IMP-001", []string{"HOWTO10440: "}, []string{"TECH166778"}},
		{"7.1 none", "NS-IMP-001", []string{"HOWTO10440: "}, []string{"TECH166778"}},
	}
	p := pages(t)
	for _, tt := range tests {
		texts := remediations(t, p, tt.version)
		for _, id := range strings.Fields(tt.rules) {
			for _, want := range tt.has {
				if !strings.Contains(texts[id], want) {
					t.Errorf("%s: %s lacks %q: %s", tt.version, id, want, texts[id])
				}
			}
			for _, not := range tt.hasNot {
				if strings.Contains(texts[id], not) {
					t.Errorf("%s: %s speaks of %q: %s", tt.version, id, not, texts[id])
				}
			}
		}
	}
}

// TestServicePackParameter holds that the parameter counts if the version names
// no service pack, and only then.
func TestServicePackParameter(t *testing.T) {
	for _, tt := range []struct{ version, param, want string }{
		{"7.1.8400", "SP1", "TECH166778: "},
		{"7.1.8400", "SP2 MP1.1", "HOWTO10440: "},
		{"7.1.8400", "none", "HOWTO10440: "},
		{"7.1.8400", "null", "TECH170397: "},
		{"7.1 SP2", "SP1", "HOWTO10440: "},
		{"7.1 SP1", "none", "TECH166778: "},
		{"7.5.3153", "SP1", "HOWTO10440: "},
	} {
		p := pages(t)
		if err := p.pack.SetParam("service_pack", tt.param, "test"); err != nil {
			t.Fatal(err)
		}
		if got := remediations(t, p, tt.version)["NS-IMP-001"]; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s with %s: got %s, want %s", tt.version, tt.param, got, tt.want)
		}
	}
	for _, wrong := range []string{"SP", "1", "sp1", "SP1 beta", "SP1 SP2", "[SP1]"} {
		if err := pages(t).pack.SetParam("service_pack", wrong, "test"); err == nil {
			t.Errorf("service_pack takes %s", wrong)
		}
	}
}

// buttonless are the rules whose remediation leads to no package server, so that
// there is no package to refresh.
var buttonless = map[string]string{
	"NS-IMP-001":  "is about the Notification Server",
	"NS-IMP-002":  "is about the Notification Server",
	"NS-IMP-003":  "is about the Notification Server",
	"NS-PLAT-001": "only names where to read about them",
	"NS-SITE-001": "the clients of such a subnet have no package server",
	"NS-SITE-005": "is about subnets",
}

// TestButtons holds that every rule whose remediation leads to a package server
// names the buttons of the article's step 4, for every version.
func TestButtons(t *testing.T) {
	p := pages(t)
	found := 0
	for _, r := range p.pack.Rules {
		if r.Scope != rule.EstateScope || buttonless[r.ID] != "" {
			continue
		}
		for _, m := range r.Remediation {
			text := strings.Join(strings.Fields(m.Text), " ")
			if !strings.Contains(strings.ToLower(text), "package server") {
				continue
			}
			found++
			for _, button := range []string{"Update Package", "Refresh Package", "Resend Package info"} {
				if !strings.Contains(text, button) {
					t.Errorf("%s for %q does not name %s: %s", r.ID, m.Versions, button, text)
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d remediations were looked at", found)
	}
}

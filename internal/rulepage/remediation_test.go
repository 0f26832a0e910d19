package rulepage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
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
	result, err := evaluator.Evaluate(t.Context(), p.pack, snap, evaluator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	texts := map[string]string{}
	for _, r := range result.Rules {
		if r.Verdict == evaluator.NotApplicable {
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

var versions = []string{"6.2.3693", "7.0.7416", "7.1.8400", "7.5.3153", "7.6.1383", "8.0.2240", "8.5.3073", "8.5.5032", "8.8.1000"}

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
		steps = "Delete all snapshot.xml files from all subfolders of"
		spOne = "On 7.1 SP1 HOWTO56242 outlines it in step 4"
		anySP = `follow HOWTO9835, the article's reference for PM 7.X, under "Configure the Settings for the Microsoft Vendor Policy"`
	)
	tests := []struct {
		version, rules string
		has, hasNot    []string
	}{
		{"6.2.3693", "NS-POL-001 NS-POL-002 NS-POL-003", []string{"for 6.x it names none"}, []string{"KB180589", spOne, "All Settings"}},
		{"7.0.7416", "NS-POL-001 NS-POL-002 NS-POL-003", []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"7.1.8400", "NS-POL-001 NS-POL-002 NS-POL-003", []string{spOne, anySP}, nil},
		{"7.5.3153", "NS-POL-001 NS-POL-002 NS-POL-003", []string{"HOWTO9835: "}, []string{"HOWTO56242"}},
		{"8.5.3073", "NS-POL-001 NS-POL-002 NS-POL-003", []string{"KB180589: "}, []string{"HOWTO9835"}},
		{"6.2.3693", "NS-PKG-001 NS-PKG-002 NS-PKG-004", []string{"HOWTO1109: "}, []string{steps}},
		{"7.0.7416", "NS-PKG-001 NS-PKG-002 NS-PKG-004", []string{"HOWTO1109: "}, []string{steps}},
		{"7.1.8400", "NS-PKG-001 NS-PKG-002 NS-PKG-004", []string{steps, "Before 7.1 SP1 do that as HOWTO1109 describes", "Warning: this is not the same", "Advisory of the article"}, nil},
		{"7.5.3153", "NS-PKG-001 NS-PKG-002 NS-PKG-004", []string{steps, "Warning: this is not the same", "Advisory of the article"}, []string{"Before 7.1 SP1"}},
		{"8.5.5032", "NS-PKG-001 NS-PKG-002 NS-PKG-004", []string{"KB181405: ", `SMP\Snapshots" on the Notification Server`}, []string{steps}},
		{"6.2.3693", "NS-IMP-001", []string{"HOWTO10277: "}, nil},
		{"7.0.7416", "NS-IMP-001", []string{"HOWTO10440: "}, []string{"TECH166778"}},
		{"7.1.8400", "NS-IMP-001", []string{"On 7.1 SP1", "TECH166778", "HOWTO10440"}, nil},
		{"7.5.3153", "NS-IMP-001", []string{"HOWTO10440: "}, []string{"TECH166778"}},
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

package evaluator

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// fingerprintOf is the fingerprint of the only finding of a rule.
func fingerprintOf(id string, f result.Finding) string {
	list := []result.Finding{f}
	(&annotations{}).annotateEstate(&rule.Rule{ID: id}, list, nil)
	return list[0].Fingerprint
}

// TestFingerprintsStay holds fingerprints to those of release 0.1.0: users have
// them in waivers and baselines.
func TestFingerprintsStay(t *testing.T) {
	site := result.Finding{Resource: result.Resource{Type: "site", GUID: "00000000-0000-0000-0000-000000000501", Name: "Leeds"}}
	server := result.Finding{
		Resource: result.Resource{Type: "package_server", GUID: "00000000-0000-0000-0000-000000000601", Name: "LDS-PS01"},
		Package:  "scan", Path: "package_servers[LDS-PS01].packages.scan.status",
	}
	network := result.Finding{Resource: result.Resource{Type: "network", Name: "10.4.0.0/24"}}
	for want, got := range map[string]string{
		"39e6151a238280922e0a01048959b91f": fingerprintOf("NS-SITE-003", site), "81714c98d771802d70906ea6835799b5": fingerprintOf("NS-PKG-002", server), "30814590c0c709a3aa494c803cf8276c": fingerprintOf("NS-SITE-001", network),
	} {
		if got != want {
			t.Errorf("fingerprint %s, want %s", got, want)
		}
	}
}

// TestFingerprintIsOfWhatStays changes one thing at a time.
func TestFingerprintIsOfWhatStays(t *testing.T) {
	base := result.Finding{
		Msg: "Old", Package: "scan", Path: "vendor_policies[Microsoft].package_assignment", Expected: 1, Actual: 2, Severity: rule.High,
		Resource: result.Resource{Type: "vendor_policy", GUID: "00000000-0000-0000-0000-000000000701", Name: "Microsoft"},
	}
	tests := []struct {
		name   string
		change func(*result.Finding)
		same   bool
	}{
		{"the object's name", func(f *result.Finding) { f.Resource.Name = "Windows" }, true},
		{"a name in the path", func(f *result.Finding) { f.Path = "vendor_policies[Win].package_assignment" }, true},
		{"a name with brackets in the path", func(f *result.Finding) { f.Path = "vendor_policies[a[1].x].package_assignment" }, true},
		{"the message", func(f *result.Finding) { f.Msg = "New" }, true},
		{"severity and values", func(f *result.Finding) { f.Severity, f.Expected, f.Actual = rule.Low, 3, nil }, true},
		{"whom it harms", func(f *result.Finding) { f.Affects = []result.Selector{{All: true}} }, true},
		{"the object", func(f *result.Finding) { f.Resource.GUID = "00000000-0000-0000-0000-000000000702" }, false},
		{"the object's type", func(f *result.Finding) { f.Resource.Type = "policy" }, false},
		{"the package", func(f *result.Finding) { f.Package = "tools" }, false},
		{"the setting", func(f *result.Finding) { f.Path = "vendor_policies[Microsoft].enabled" }, false},
	}
	want := fingerprintOf("A-001", base)
	for _, tt := range tests {
		changed := base
		tt.change(&changed)
		if got := fingerprintOf("A-001", changed); (got == want) != tt.same {
			t.Errorf("%s: same = %v, want %v", tt.name, got == want, tt.same)
		}
	}
	if fingerprintOf("A-002", base) == want {
		t.Error("findings of two rules have one fingerprint")
	}
}

// TestFingerprintWithoutGUID checks what stands in for a GUID.
func TestFingerprintWithoutGUID(t *testing.T) {
	of := func(kind, role, name string) string {
		return fingerprintOf("A-001", result.Finding{Package: role, Resource: result.Resource{Type: kind, Name: name}})
	}
	if of("network", "", "10.4.0.0/24") == of("network", "", "10.5.0.0/24") {
		t.Error("the name does not tell two networks apart")
	}
	if of("estate", "", "clients") != of("estate", "", "computers") {
		t.Error("what a rule calls the estate changes the fingerprint")
	}
	if of("site", "", "Computers in no known site") != of("site", "", "nowhere") || of("site", "", "x") == of("estate", "", "x") {
		t.Error("what a rule calls no known site changes the fingerprint, or it is the estate")
	}
	if of("package", "scan", "Assessment Scan") != of("package", "scan", "System Assessment Scan") {
		t.Error("what a rule calls a required package changes the fingerprint")
	}
}

// TestAlikeFindingsAreNumbered checks that every finding has a fingerprint of its
// own, and only those that are alike an ordinal.
func TestAlikeFindingsAreNumbered(t *testing.T) {
	x := result.Resource{Type: "subnet", GUID: "00000000-0000-0000-0000-000000000801", Name: "x"}
	y := result.Resource{Type: "subnet", GUID: "00000000-0000-0000-0000-000000000802", Name: "y"}
	list := []result.Finding{{Resource: x, Path: "subnets[x].sites"}, {Resource: x, Path: "subnets[x].sites"}, {Resource: y, Path: "subnets[y].sites"}}
	(&annotations{}).annotateEstate(&rule.Rule{ID: "A-001"}, list, nil)
	if list[0].Fingerprint == list[1].Fingerprint {
		t.Error("two findings have one fingerprint")
	}
	for _, i := range []int{0, 2} {
		if got := fingerprintOf("A-001", list[i]); got != list[i].Fingerprint {
			t.Errorf("finding %d has fingerprint %s, alone %s", i, list[i].Fingerprint, got)
		}
	}
}

// TestFindingsHaveFingerprints checks the findings of a whole evaluation, those of
// clients too: clients of one class have their own.
func TestFindingsHaveFingerprints(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule, "b.rego": strings.Replace(acme.ClientRule, `input.name == "X"`, `input.status == "Active"`, 1)})
	r := evaluate(t, p, "estate: {sites: ["+acme.SiteX+"]}\nclients: ["+acme.ClientX+","+acme.ClientY+"]")
	seen := map[string]bool{}
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := result.ParseFingerprint(f.Fingerprint); !ok {
			t.Errorf("%s: %q is no fingerprint", f.Rule, f.Fingerprint)
		}
		seen[f.Fingerprint] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d fingerprints, want 3", len(seen))
	}
}

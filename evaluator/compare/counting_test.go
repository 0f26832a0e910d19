package compare

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/snapshot"
)

// TestCompare_onlyWarns: a new finding of a rule that only warns yet does not count, and
// from its day on it does.
func TestCompare_onlyWarns(t *testing.T) {
	text := strings.Replace(acme.ClientRule, "#   severity", "#   effective_on: \"2026-06-01\"\n#   severity", 1)
	pack, err := rule.LoadPack(rule.Source{Name: "house", FS: fstest.MapFS{"a.rego": {Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	evaluate := func(day rule.Date, clients string) *Side {
		snap, err := snapshot.NewReader(strings.NewReader("estate: {subnets: []}\nclients: ["+clients+"]"), "doc.yaml")
		if err != nil {
			t.Fatal(err)
		}
		s, err := EvaluateSide(t.Context(), pack, snap, evaluator.Options{AsOf: day})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	for day, want := range map[rule.Date]int{"2026-05-31": result.ExitClean, "2026-06-01": result.ExitFindings} {
		d, err := Compare(t.Context(), evaluate(day, acme.ClientY), evaluate(day, acme.ClientY+","+acme.ClientX), nil, GateLimits{})
		if err != nil {
			t.Fatal(err)
		}
		if n := d.Findings[result.New][rule.Medium]; n != 1 {
			t.Errorf("%s: %d new findings", day, n)
		}
		if got := d.ExitStatus(rule.Medium, false); got != want {
			t.Errorf("%s: exit status %d, want %d; %v", day, got, want, d.Failures(rule.Medium))
		}
	}
}

// TestGate_touched: what neither side could evaluate leaves the answer incomplete if the
// change has to do with it, and only then.
func TestGate_touched(t *testing.T) {
	const id = "NS-SITE-013" // needs the vendor policies, which compareEstate lacks
	for overlay, want := range map[string]bool{
		"package_servers: {LDS-PS02: {task_service: false}}": true,
		"package_servers: {LDS-PS02: {constrained: false}}":  true,
		"packages: {Scan: {enabled: false}}":                 false,
		"subnets: {10.4.0.0/24: {sites: [Leeds]}}":           false, // as it was
	} {
		document := strings.Replace(compareEstate, "clients:\n", "  packages: [{guid: 00000000-0000-0000-0000-000000000901, name: Scan, role: scan, enabled: true}]\nclients:\n", 1)
		d := gate(t, document, overlay, GateLimits{})
		if got := slices.Contains(incompleteRules(d, "vendor_policies"), id); got != want {
			t.Errorf("%s: incomplete %t, %v", overlay, got, incompleteRules(d, ""))
		}
		if want && d.ExitStatus(rule.Critical, false) == result.ExitClean {
			t.Errorf("%s: exit status 0", overlay)
		}
	}
}

// TestCompare_freed: a fault that the head cannot evaluate may be there still, so it
// frees no client.
func TestCompare_freed(t *testing.T) {
	broken := strings.ReplaceAll(compareEstate, "constrained: false", "constrained: true")
	for constrained, want := range map[string]int64{"constrained: false": 2, "constrained: null": 0} {
		head := strings.Replace(broken, "constrained: true", constrained, 1)
		if got := differ(t, broken, head).Clients.Freed; got.Sure+got.Possible != want {
			t.Errorf("%s: freed %+v, want %d", constrained, got, want)
		}
	}
}

package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// compareEstate has a site with two package servers and four clients.
const compareEstate = `
estate:
  server: {guid: 00000000-0000-0000-0000-000000000001, name: NS01, version: 7.5.3153}
  sites: [{guid: 00000000-0000-0000-0000-000000000501, name: Leeds}]
  subnets: [{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.4.0.0/24, sites: [00000000-0000-0000-0000-000000000501]}]
  package_servers:
    - {guid: 00000000-0000-0000-0000-000000000701, name: LDS-PS01, constrained: false, task_service: true, sites: [], addresses: [10.4.0.10/24], os_name: Windows Server 2008 R2}
    - {guid: 00000000-0000-0000-0000-000000000702, name: LDS-PS02, constrained: true, task_service: true, sites: [], addresses: [10.4.0.11/24], os_name: Windows Server 2008 R2}
clients:
  - {guid: 00000000-0000-0000-0000-000000000011, name: PC2, status: Active, addresses: [10.4.0.21/24], plugin: {installed: true, version: 7.5.3153}, licence: {in_use: true}}
  - {guid: 00000000-0000-0000-0000-000000000010, name: PC1, status: Active, addresses: [10.4.0.20/24], plugin: {installed: true, version: 7.5.3153}, licence: {in_use: true}}
  - {guid: 00000000-0000-0000-0000-000000000012, name: PC3, status: Retired, addresses: [10.4.0.22/24]}
  - {guid: 00000000-0000-0000-0000-000000000701, name: LDS-PS01, status: Active, addresses: [10.4.0.10/24]}
`

// policyEstate has a second site, whose package server is the one that a vendor
// policy names.
var policyEstate = strings.NewReplacer("clients:\n", `  packages:
    - {guid: 00000000-0000-0000-0000-000000000901, name: Scan, role: scan, enabled: true, revision: "1"}
  vendor_policies:
    - guid: 00000000-0000-0000-0000-000000000801
      name: Microsoft Vendor Policy
      enabled: true
      package_assignment: {type: all, automatic_site_assignment: false, package_servers: [00000000-0000-0000-0000-000000000703]}
clients:
`, "name: Leeds}]", `name: Leeds}, {guid: 00000000-0000-0000-0000-000000000502, name: York}]`,
	"  package_servers:\n", `  package_servers:
    - {guid: 00000000-0000-0000-0000-000000000703, name: YRK-PS01, constrained: false, task_service: true, sites: [00000000-0000-0000-0000-000000000502], addresses: [], os_name: Windows Server 2008 R2}
`).Replace(compareEstate)

var loadBuiltin = sync.OnceValues(func() (*rule.Pack, error) {
	return rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
})

func builtin(t *testing.T) *rule.Pack {
	t.Helper()
	pack, err := loadBuiltin()
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func side(t *testing.T, pack *rule.Pack, text string) (*Side, json.RawMessage) {
	t.Helper()
	snap, err := snapshot.NewReader(strings.NewReader(text), "side.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := EvaluateSide(context.Background(), pack, snap, evaluator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	_, raw := snap.Estate()
	return r, raw
}

// differ compares two documents and says of one rule what became of it.
func differ(t *testing.T, base, head string) *Difference {
	t.Helper()
	pack := builtin(t)
	b, before := side(t, pack, base)
	h, now := side(t, pack, head)
	changed, err := settings.Diff(before, now)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Compare(t.Context(), b, h, changed, GateLimits{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// said are the findings of one rule that differ, with the settings behind them.
func said(t *testing.T, d *Difference, rule string) string {
	t.Helper()
	var out []string
	for c, err := range d.All() {
		if err != nil {
			t.Fatal(err)
		}
		if c.Rule != rule {
			continue
		}
		line := string(c.BaselineState) + " " + c.Resource.Name
		for _, s := range c.Settings {
			line += fmt.Sprintf(" %s %v -> %v", s.Path, s.From, s.To)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestCompare(t *testing.T) {
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(compareEstate) }
	licence := "name: PC1, status: Active, addresses: [10.4.0.20/24], plugin: {installed: true, version: 7.5.3153}, licence: {in_use: "
	for name, c := range map[string]struct{ base, head, rule, want string }{
		"nothing differs": {compareEstate, compareEstate, "NS-SITE-003", ""},
		"a setting":       {compareEstate, replaced("constrained: false", "constrained: true"), "NS-SITE-003", "new Leeds package_servers[LDS-PS01].constrained false -> true"},
		"and back":        {replaced("constrained: false", "constrained: true"), compareEstate, "NS-SITE-003", "absent Leeds package_servers[LDS-PS01].constrained true -> false"},
		"one of two":      {compareEstate, replaced("constrained: false", "constrained: true", "task_service: true", "task_service: false"), "NS-SITE-003", "new Leeds package_servers[LDS-PS01].constrained false -> true"},
		"made unknown":    {replaced("constrained: false", "constrained: true"), replaced("constrained: false", "constrained: null"), "NS-SITE-003", "incomparable Leeds"},
		"unknown before":  {replaced("constrained: false", "constrained: null"), replaced("constrained: false", "constrained: true"), "NS-SITE-003", "new Leeds package_servers[LDS-PS01].constrained <nil> -> true"},
		"section is gone": {replaced("constrained: false", "constrained: true"), replaced("  sites: [{guid", "  filters: [{guid"), "NS-SITE-003", "incomparable Leeds"},
		"a setting of an object that the finding names": {policyEstate, strings.NewReplacer("type: all", "type: individual", "addresses: [], os_name", "addresses: [10.9.0.9/24], os_name").Replace(policyEstate), "NS-POL-003",
			"new Leeds vendor_policies[Microsoft Vendor Policy].package_assignment.type all -> individual"},
		"a client":          {compareEstate, replaced(licence+"true", licence+"false"), "NS-LIC-001", "new PC1"},
		"a client recovers": {replaced(licence+"true", licence+"false"), compareEstate, "NS-LIC-001", "absent PC1"},
		"a client unknown":  {replaced(licence+"true", licence+"false"), replaced(licence+"true", licence+"null"), "NS-LIC-001", "incomparable PC1"},
		"a client with its cause": {compareEstate, replaced("constrained: false", "constrained: true", licence+"true", licence+"false"), "NS-LIC-001",
			"new PC1 package_servers[LDS-PS01].constrained false -> true"},
	} {
		if got := said(t, differ(t, c.base, c.head), c.rule); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestCompareClients(t *testing.T) {
	head := strings.Replace(compareEstate, "constrained: false", "constrained: true", 1)
	d := differ(t, compareEstate, head)
	if h := d.Clients.Harmed; h.Sure != 2 || h.Sample[0].Name != "PC1" || d.Clients.Freed.Sure != 0 {
		t.Errorf("harmed: %+v", d.Clients)
	}
	if d = differ(t, head, compareEstate); d.Clients.Freed.Sure != 2 || d.Clients.Harmed.Sure != 0 {
		t.Errorf("freed: %+v", d.Clients)
	}
	gone := slices.DeleteFunc(strings.Split(compareEstate, "\n"), func(l string) bool { return strings.Contains(l, "name: PC1") })
	if d = differ(t, compareEstate, strings.Join(gone, "\n")); d.Clients.Gone != 1 || d.Clients.Base != 4 || d.Clients.Head != 3 {
		t.Errorf("gone: %+v", d.Clients)
	}
}

// TestCompareRenamed renames what cannot be judged: the same object under
// another name is as unknown as before.
func TestCompareRenamed(t *testing.T) {
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(compareEstate) }
	unknown := []string{"constrained: false", "constrained: null"}
	renamed := []string{"name: Leeds", "name: Leeds North", "name: LDS-PS01", "name: LDS-PS11"}
	for name, c := range map[string]struct{ base, head, want string }{
		"unknown and renamed":         {replaced(unknown...), replaced(append(unknown, renamed...)...), ""},
		"renamed and made unknown":    {compareEstate, replaced(append(unknown, renamed...)...), "NS-SITE-003"},
		"known before, only renamed":  {compareEstate, replaced(renamed...), ""},
		"another of the same name":    {replaced(unknown...), replaced(append(unknown, "-000000000501", "-000000000502")...), "NS-SITE-003"},
		"unknown on the base, broken": {replaced(unknown...), replaced(append(renamed, "constrained: false", "constrained: true")...), ""},
	} {
		d, got := differ(t, c.base, c.head), ""
		for _, r := range d.Rules {
			if r.ID == "NS-SITE-003" && len(r.Incomplete) > 0 {
				got = r.ID
			}
		}
		if got != c.want {
			t.Errorf("%s: incomplete %q, want %q: %+v", name, got, c.want, d.Rules)
		}
	}
	before := replaced("constrained: false", "constrained: true")
	if got := said(t, differ(t, before, replaced(append(unknown, renamed...)...)), "NS-SITE-003"); got != "incomparable Leeds" {
		t.Errorf("a fault that is renamed and made unknown:\n%s", got)
	}
}

// TestCompareMarks holds the findings of the head to what the comparison says.
func TestCompareMarks(t *testing.T) {
	pack := builtin(t)
	b, raw := side(t, pack, compareEstate)
	out, err := settings.Apply(raw, []settings.File{{Name: "o.yaml", Text: []byte("package_servers: {LDS-PS01: {constrained: true}}")}})
	if err != nil {
		t.Fatal(err)
	}
	h, _ := side(t, pack, strings.Replace(compareEstate, "constrained: false", "constrained: true", 1))
	d, err := Compare(t.Context(), b, h, out.Settings, GateLimits{})
	if err != nil {
		t.Fatal(err)
	}
	for f, err := range d.Outcome().Findings() {
		if err != nil {
			t.Fatal(err)
		}
		isNew := f.Rule == "NS-SITE-003"
		if (f.BaselineState == result.New) != isNew || isNew && (f.Location == nil || f.Location.File != "o.yaml" || f.Location.Line != 1) {
			t.Errorf("%s %s %+v", f.Rule, f.BaselineState, f.Location)
		}
	}
}

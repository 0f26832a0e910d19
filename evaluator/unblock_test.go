package evaluator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
)

// oneFault is an estate rule with one finding about an object that affects what the
// selectors say; custom is added to its annotations.
func oneFault(id string, chain int, explains, custom, resource, selectors string) string {
	text := faultRule(id, chain, selectors)
	text = strings.Replace(text, "explains: [ACME-CLI-001]", "explains: ["+explains+"]", 1)
	if custom != "" {
		text = strings.Replace(text, "#   remediation", "#   "+custom+"\n#   remediation", 1)
	}
	text = strings.Replace(text, `{"type": "site", "guid": site.guid, "name": site.name}`, resource, 1)
	return strings.NewReplacer(`sprintf("fault of %s", [site.name])`, `"fault"`, "some site in data.estate.sites", "count(data.estate.sites) > 0").Replace(text)
}

const (
	end      = "ACME-CLI-001"
	atLeeds  = `{"site": "` + leeds + `"}`
	atYork   = `{"site": "` + york + `"}`
	anObject = `{"type": "thing", "name": "it"}`
)

func serverNamed(name string) string {
	return fmt.Sprintf(`{"type": "package_server", "name": %q}`, name)
}

func ofPackage(site, role string) string {
	return fmt.Sprintf(`{"site": %q, "package": %q}`, site, role)
}

// effectsOfFixing lists the causes of a result with what fixing each unblocks.
func effectsOfFixing(r *result.Result) []string {
	var out []string
	for _, c := range r.Causes {
		n := "unknown"
		if c.Unblocks != nil {
			n = fmt.Sprint(*c.Unblocks)
		}
		out = append(out, fmt.Sprintf("%s %s: %s of %d", c.Rule, c.Certainty, n, c.Clients))
	}
	return out
}

// TestUnblocks holds what fixing one of several faults does for client X of Leeds,
// which has a finding at the end of the chain.
func TestUnblocks(t *testing.T) {
	const inLeeds = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}\n"
	scan, tools := ofPackage(leeds, "scan"), ofPackage(leeds, "tools")
	possibly := func(selector string) string { return strings.Replace(selector, "}", `, "certainty": "possible"}`, 1) }
	own := strings.NewReplacer(`input.domain == "OWN"`, `input.name == "X"`).Replace(ownRule)
	ownTools := strings.Replace(own, `{"msg": "own"}`, `{"msg": "own", "path": "packages.tools.status"}`, 1)
	ownEarly := strings.NewReplacer("ACME-CLI-002", "ACME-CLI-003", "chain: 600", "chain: 520", "acme.client.own", "acme.client.early").Replace(own)
	ownLate := strings.NewReplacer("ACME-CLI-002", "ACME-CLI-003", "chain: 600", "chain: 700", "acme.client.own", "acme.client.late").Replace(own)
	tests := []struct {
		name   string
		rules  []string
		client string
		want   string // of the first cause
	}{
		{"the only fault", []string{oneFault("F-001", 100, end, "", anObject, atLeeds)}, inLeeds, "F-001 sure: 1 of 1"},
		{"a fault and its consequence",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, atLeeds), oneFault("F-002", 200, end, "", anObject, scan)}, inLeeds, "F-001 sure: 1 of 1"},
		{"two faults that are not related",
			[]string{oneFault("F-001", 100, end, "", anObject, atLeeds), oneFault("F-002", 200, end, "", anObject, scan)}, inLeeds, "F-001 sure: 0 of 1"},
		{"a consequence of another package is none",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, scan), oneFault("F-002", 200, end, "", anObject, tools)}, inLeeds, "F-001 sure: 0 of 1"},
		{"a consequence in all packages is none of a fault in one",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, scan), oneFault("F-002", 200, end, "", anObject, atLeeds)}, inLeeds, "F-001 sure: 0 of 1"},
		{"a fault everywhere does not follow from one of a site",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, scan), oneFault("F-002", 200, end, "", anObject, `{"all": true, "package": "scan"}`)}, inLeeds, "F-001 sure: 0 of 1"},
		{"a consequence that another fault may have, too",
			[]string{oneFault("F-001", 100, end+", F-003", "", anObject, atLeeds), oneFault("F-002", 200, end+", F-003", "", anObject, possibly(atLeeds)), oneFault("F-003", 300, end, "", anObject, scan)},
			inLeeds, "F-001 sure: unknown of 1"},
		{"what a fault only possibly does may not go with it",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, scan+", "+possibly(tools)), oneFault("F-002", 200, end, "", anObject, tools)}, inLeeds, "F-001 sure: unknown of 1"},
		{"a further fault that is only possible",
			[]string{oneFault("F-001", 100, end, "", anObject, atLeeds), oneFault("F-002", 200, end, "", anObject, possibly(scan))}, inLeeds, "F-001 sure: 1 of 1"},
		{"a possible fault beside none that is sure",
			[]string{oneFault("F-001", 100, end, "", anObject, possibly(atLeeds))}, inLeeds, "F-001 possible: 1 of 1"},
		{"a fix outside the snapshot",
			[]string{oneFault("F-001", 100, end, "fix: external", anObject, atLeeds)}, inLeeds, "F-001 sure: unknown of 1"},
		{"a consequence that precedes its root",
			[]string{oneFault("F-001", 100, end, "", anObject, scan), oneFault("F-002", 200, end+", F-001", "", anObject, scan)}, inLeeds, "F-002 sure: 1 of 1"},
		{"two that explain each other",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, scan), oneFault("F-002", 200, end+", F-001", "", anObject, scan)}, inLeeds, "F-001 sure: 1 of 1"},
		{"its own step, which follows",
			[]string{oneFault("F-001", 100, end+", ACME-CLI-002", "", anObject, atLeeds), own}, inLeeds, "F-001 sure: 1 of 1"},
		{"its own step, which does not follow",
			[]string{oneFault("F-001", 100, end, "", anObject, atLeeds), own}, inLeeds, "F-001 sure: 0 of 1"},
		{"its own step of another package",
			[]string{oneFault("F-001", 100, end+", ACME-CLI-002", "", anObject, scan), ownTools}, inLeeds, "F-001 sure: 0 of 1"},
		{"its own step of that package",
			[]string{oneFault("F-001", 100, end+", ACME-CLI-002", "", anObject, tools), ownTools}, inLeeds, "F-001 sure: 1 of 1"},
		{"a step of its own before the one that follows",
			[]string{oneFault("F-001", 100, end+", ACME-CLI-002", "", anObject, atLeeds), own, ownEarly}, inLeeds, "F-001 sure: 0 of 1"},
		{"a step of its own after the one that follows",
			[]string{oneFault("F-001", 100, end+", ACME-CLI-002", "", anObject, atLeeds), own, ownLate}, inLeeds, "F-001 sure: 1 of 1"},
		{"a step of its own alone", []string{own}, inLeeds, "ACME-CLI-002 sure: 1 of 1"},
		{"one client of two sites that are both closed",
			[]string{oneFault("F-001", 100, end, "", anObject, atLeeds), oneFault("F-002", 200, end, "", anObject, atYork)}, inBoth, "F-001 possible: 1 of 1"},
		{"the package that is closed in one site and another one in the other",
			[]string{oneFault("F-001", 100, end, "", anObject, scan+", "+ofPackage(york, "tools"))}, inBoth, "F-001 possible: 1 of 1"},
		{"the package that is closed in both sites",
			[]string{oneFault("F-001", 100, end, "", anObject, scan+", "+ofPackage(york, "scan"))}, inBoth, "F-001 sure: 1 of 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"client.rego": acme.ClientRule}
			for i, text := range tt.rules {
				files[fmt.Sprintf("%d.rego", i)] = text
			}
			r := evaluate(t, packtest.Must(t, files), causesEstate+tt.client)
			got := effectsOfFixing(r)
			if len(got) == 0 || got[0] != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

// TestUnblocks_alternatives: one sound package server is enough, and so is one sound
// object of those that a rule declares to be alternatives.
func TestUnblocks_alternatives(t *testing.T) {
	const inLeeds = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}\n"
	scan, tools := ofPackage(leeds, "scan"), ofPackage(leeds, "tools")
	// two is a rule with a finding of each of two objects.
	two := func(id, custom, kind, one, other string) string {
		text := oneFault(id, 100, end, custom, `{"type": "`+kind+`", "name": object}`, "selector")
		return strings.Replace(text, "count(data.estate.sites) > 0", fmt.Sprintf("some [object, selector] in [[\"A\", %s], [\"B\", %s]]", one, other), 1)
	}
	const declared = "alternatives: true"
	tests := []struct {
		name  string
		rules []string
		want  string // of the first cause
	}{
		{"two package servers", []string{two("F-001", "", "package_server", scan, scan)}, "F-001 sure: 1 of 1"},
		{"two package servers without different packages", []string{two("F-001", "", "package_server", scan, tools)}, "F-001 sure: 0 of 1"},
		{"two sites", []string{two("F-001", "", "site", scan, scan)}, "F-001 sure: 0 of 1"},
		{"two policies", []string{two("F-001", "", "policy", scan, scan)}, "F-001 sure: 0 of 1"},
		{"two policies that are alternatives", []string{two("F-001", declared, "policy", scan, scan)}, "F-001 sure: 1 of 1"},
		{"two rules of different servers",
			[]string{oneFault("F-001", 100, end, declared, serverNamed("A"), scan), oneFault("F-002", 200, end, declared, serverNamed("B"), scan)}, "F-001 sure: 1 of 1"},
		{"two rules of different servers that do not say so",
			[]string{oneFault("F-001", 100, end, "", serverNamed("A"), scan), oneFault("F-002", 200, end, declared, serverNamed("B"), scan)}, "F-001 sure: 0 of 1"},
		{"two rules of one server",
			[]string{oneFault("F-001", 100, end, declared, serverNamed("A"), scan), oneFault("F-002", 200, end, declared, serverNamed("A"), scan)}, "F-001 sure: 0 of 1"},
		{"a server that keeps another fault replaces none",
			[]string{two("F-001", declared, "package_server", scan, scan), oneFault("F-002", 200, end, declared, serverNamed("A"), scan)}, "F-001 sure: 0 of 1"},
		{"the consequence on one server, and another fault on the other",
			[]string{oneFault("F-001", 100, end+", F-002", "", anObject, scan), oneFault("F-002", 200, end, declared, serverNamed("A"), scan), oneFault("F-003", 300, end, declared, serverNamed("B"), scan)}, "F-001 sure: 1 of 1"},
		{"settings of one object are no alternatives",
			[]string{strings.Replace(two("F-001", declared, "site", scan, scan), `"resource"`, "\"path\": \"vendor_policies[V].enabled\",\n\t\"resource\"", 1)}, "F-001 sure: 0 of 1"},
		{"settings of two objects",
			[]string{strings.Replace(two("F-001", declared, "site", scan, scan), `"resource"`, "\"path\": sprintf(\"vendor_policies[%s].enabled\", [object]),\n\t\"resource\"", 1)}, "F-001 sure: 1 of 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"client.rego": acme.ClientRule}
			for i, text := range tt.rules {
				files[fmt.Sprintf("%d.rego", i)] = text
			}
			got := effectsOfFixing(evaluate(t, packtest.Must(t, files), causesEstate+inLeeds))
			if len(got) == 0 || got[0] != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

// TestCauseOfClientInSeveralSites: the site of the primary address precedes the
// others, and a root precedes its consequence.
func TestCauseOfClientInSeveralSites(t *testing.T) {
	explaining := end + ", F-009"
	const fromYork = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.2.0.7/24, 10.1.0.7/24]}\n"
	// One network that is in both sites.
	both := strings.Replace(causesEstate, "clients:", "    - {guid: 00000000-0000-0000-0000-000000000603, cidr: 10.1.0.0/24, sites: ["+york+"]}\nclients:", 1)
	const inNetwork = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}\n"
	closedL, closedY := oneFault("F-001", 100, explaining, "", anObject, atLeeds), oneFault("F-002", 100, explaining, "", anObject, atYork)
	none := strings.Replace(oneFault("F-009", 430, end, "", anObject, atLeeds), "> 0", "== 0", 1)
	later := oneFault("F-002", 400, end, "", anObject, atYork)
	consequence := oneFault("F-009", 430, end, "", serverNamed("A"), ofPackage(leeds, "scan")+", "+ofPackage(york, "scan"))
	possible := oneFault("F-001", 100, explaining, "", anObject, `{"site": "`+leeds+`", "certainty": "possible"}`)
	tests := []struct {
		name, doc string
		rules     []string
		want      []string
	}{
		{"the primary address's site", causesEstate + fromYork, []string{closedL, closedY, none}, []string{"F-002 possible: 1 of 1"}},
		{"the primary address's site, though its link is later", causesEstate + fromYork, []string{closedL, later, none}, []string{"F-002 possible: 1 of 1"}},
		{"both sites are the primary address's", both + inNetwork, []string{closedL, closedY, none}, []string{"F-001 possible: 1 of 1"}},
		{"roots in both sites and their consequence", both + inNetwork, []string{closedL, closedY, consequence}, []string{"F-001 possible: 1 of 1"}},
		{"a root in one site and the consequence in both", both + inNetwork, []string{closedY, consequence}, []string{"F-002 possible: 1 of 1"}},
		{"a fault that is only possible by itself", both + inNetwork, []string{possible, consequence}, []string{"F-009 sure: 1 of 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"client.rego": acme.ClientRule}
			for i, text := range tt.rules {
				files[fmt.Sprintf("%d.rego", i)] = text
			}
			if diff := cmp.Diff(tt.want, effectsOfFixing(evaluate(t, packtest.Must(t, files), tt.doc))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnblocks_analysisPolicies: one analysis policy that works is enough, so giving one
// of two a schedule unblocks their clients.
func TestUnblocks_analysisPolicies(t *testing.T) {
	const text = `estate:
  server: {name: NS01, version: 7.5.3153}
  policies:
    - &p {guid: 00000000-0000-0000-0000-000000000004, name: Scan, role: vulnerability_analysis, enabled: true, target_filters: [D3BA9CA7-5E71-4D76-B961-1BA0B436AACB], schedules: []}
    - {<<: *p, guid: 00000000-0000-0000-0000-000000000005, name: Clone}
  filters: [{guid: D3BA9CA7-5E71-4D76-B961-1BA0B436AACB, name: With, members: 1}]
clients:
  - {guid: 00000000-0000-0000-0000-00000000000C, name: PC1, domain: CORP, status: Active, managed: true, plugin: {installed: true}, licence: {in_use: false}, filters: [D3BA9CA7-5E71-4D76-B961-1BA0B436AACB]}
`
	got := effectsOfFixing(evaluate(t, packtest.Builtin(t), text))
	if want := "NS-POL-014 sure: 1 of 1"; len(got) == 0 || got[0] != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

package evaluator

import (
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// TestCauses_package: a finding about one package has no cause that affects another one
// only, wherever that is in the chain.
func TestCauses_package(t *testing.T) {
	const inLeeds = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, addresses: [10.1.0.7/24]}\n"
	scan, tools := ofPackage(leeds, "scan"), ofPackage(leeds, "tools")
	for name, c := range map[string]struct{ path, first, second, want string }{
		"the other package is earlier": {"packages.scan.status", tools, scan, "F-002 sure: 1 of 1"},
		"the other package is later":   {"packages.scan.status", scan, tools, "F-001 sure: 1 of 1"},
		"all packages":                 {"packages.scan.status", atLeeds, scan, "F-001 sure: 0 of 1"},
		"the finding names none":       {"plugin", tools, scan, "F-001 sure: 0 of 1"},
		"only the other package":       {"packages.plugin.status", tools, scan, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := packtest.Must(t, map[string]string{
				"client.rego": strings.Replace(acme.ClientRule, `{"msg": "X"}`, `{"msg": "X", "path": "`+c.path+`"}`, 1),
				"1.rego":      oneFault("F-001", 100, end, "", anObject, c.first),
				"2.rego":      oneFault("F-002", 200, end, "", anObject, c.second),
			})
			if got := strings.Join(effectsOfFixing(evaluate(t, p, causesEstate+inLeeds)), ", "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestUnblocks_otherChain: a client is unblocked once the findings at the end of its
// chain go. A step of another chain, whose end it has not reached, does not count.
func TestUnblocks_otherChain(t *testing.T) {
	const inLeeds = "  - {guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active, domain: OWN, addresses: [10.1.0.7/24]}\n"
	p := packtest.Must(t, map[string]string{
		"client.rego": acme.ClientRule,
		"other.rego":  strings.NewReplacer("ACME-CLI-001", "ACME-CLI-004", "client.called_x", "client.other", `name == "X"`, `name == "Z"`).Replace(acme.ClientRule),
		"own.rego":    strings.Replace(ownRule, "explains: [ACME-CLI-001]", "explains: [ACME-CLI-004]", 1),
		"1.rego":      oneFault("F-001", 100, end, "", anObject, atLeeds),
		"2.rego":      oneFault("F-002", 200, "ACME-CLI-002", "", anObject, atLeeds),
	})
	got := effectsOfFixing(evaluate(t, p, causesEstate+inLeeds))
	if !slices.Contains(got, "F-001 sure: 1 of 1") || !slices.Contains(got, "F-002 sure: 0 of 1") {
		t.Errorf("got %v", got)
	}
}

package rule

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestOnlyShowsNames holds to it that a name counts as read as soon as anything
// may rest on it.
func TestOnlyShowsNames(t *testing.T) {
	const finding = `violation contains {"msg": msg, "resource": {"type": "site", "guid": site.guid, "name": site.name}} if {
	some site in data.estate.sites
	msg := sprintf("%s is wrong", [site.name])
	CONDITION
}
`
	for condition, want := range map[string]bool{
		`site.guid == "X"`: true,
		`text := sprintf("%s", [site.name]); text != msg`: false,
		`site.name == "X"`: false,
		`"X" == site.name`: false,
		`{"name": "X"} == object.filter(site, ["name"])`:                  false,
		`{"guid": _, "name": n, "prevent_downloads": _} = site; n != "X"`: false,
		`startswith(site.name, "X")`:                                      false,
		`not site.name == "X"`:                                            false,
		`some other in data.estate.sites; other.name == site.name`:        false,
		`some other in data.estate.sites; n := other.name; n = site.name`: false,
		`count({s.name | some s in data.estate.sites}) > 1`:               false,
		`site["name"] != "X"`:                                             false,
		`object.get(site, "name", "") != "X"`:                             false,
		`text := sprintf("%s", [site.name]); text == "X"`:                 false,
		`text := sprintf("%s", [site.name]); startswith(text, "X")`:       false,
		`f := {"name": site.name}; f.name == "X"`:                         false,
		`every s in data.estate.sites { s.name != "X" }`:                  false,
		`_is_x(site.name)`:                                                false,
		`site.name`:                                                       false,
	} {
		text := strings.Split(acme.Rule, "violation contains")[0] +
			strings.Replace(finding, "CONDITION", condition, 1) + "\n_is_x(text) if text == \"X\"\n"
		p := mustPack(t, map[string]string{"a.rego": text})
		r, _ := p.Rule("ACME-SITE-001")
		if got := !p.NamesRead(r)["name"]; got != want {
			t.Errorf("%s: only shown %v, want %v:\n%v", condition, got, want, p.Compiler.GetRulesWithPrefix(ast.MustParseRef(r.Package)))
		}
	}
}

package rule

import (
	"errors"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/google/go-cmp/cmp"
)

// TestLoadReportsAllFlaws holds the error to all that is wrong, in the order of
// files and lines, and to the lines that it is in.
func TestLoadReportsAllFlaws(t *testing.T) {
	broken := strings.NewReplacer("# title:", "# titel:", "severity: low", "severity: bad\n#   colour: red", "called_x", "called_y").Replace(acme.Rule)
	crlf := strings.ReplaceAll(strings.NewReplacer("called_x", "called_z", "ACME-SITE-001", "ACME-SITE-002", "site.name ==", "site.nmae ==").Replace(acme.Rule), "\n", "\r\n")
	_, err := packOf(map[string]string{"a.rego": acme.Rule, "b.rego": broken, "c.rego": crlf})
	var flaws Flaws
	if !errors.As(err, &flaws) {
		t.Fatal(err)
	}
	var kinds []FlawKind
	for _, f := range flaws {
		kinds = append(kinds, f.Kind)
	}
	if diff := cmp.Diff([]FlawKind{FlawMissingMetadata, FlawUnknownMetadata, FlawIDCollision, FlawWrongMetadata, FlawUnknownMetadata, FlawUnknownPath}, kinds); diff != "" {
		t.Error(diff)
	}
	want := `house/b.rego:1:1: ACME-SITE-001 has no title; add "title" to its METADATA
    # METADATA
    ^
house/b.rego:2:3: nobody reads "titel" in METADATA; did you mean ` + "`title`" + `?
    # titel: Site is called X
      ^
house/b.rego:6:5: house/a.rego and house/b.rego both claim the id ACME-SITE-001; ids are never reused
    #   id: ACME-SITE-001
        ^
house/b.rego:7:5: ACME-SITE-001: severity "bad" is not one of critical, high, medium, low, info
    #   severity: bad
        ^
house/b.rego:8:5: unknown key custom.colour; there are aliases, alternatives, chain, effective_on, explains, fix, id, remediation, scope, severity, step, versions
    #   colour: red
        ^
house/c.rego:15:7: ` + "`site.nmae` does not exist; did you mean `name`?" + `
        site.nmae == "X"
             ^`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

// TestSyntaxErrorsHideNothing: what stands in other files is checked as far as
// that can be done.
func TestSyntaxErrorsHideNothing(t *testing.T) {
	_, err := packOf(map[string]string{
		"a.rego": strings.Replace(acme.Rule, "if {", "if {{", 1),
		"b.rego": "package acme.lib\n\nf(x) := 1 +\n",
		"c.rego": strings.NewReplacer("called_x", "called_z", "ACME-SITE-001", "site three").Replace(acme.Rule),
	})
	for _, want := range []string{"house/a.rego:14:2: unexpected some keyword", "house/b.rego:3:12: unexpected eof token\n    f(x) := 1 +\n               ^", `house/c.rego:6:5: id "site three" does not look like`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

// TestMetadataThatIsNoYAML: the line is the one at fault, whatever OPA makes of the
// line that the reader of YAML names.
func TestMetadataThatIsNoYAML(t *testing.T) {
	const behind = "; all comment lines right below # METADATA belong to it"
	for metadata, want := range map[string]string{
		"# title: T\n# a word to readers\n# description: D\n":                      "house/a.rego:4:1: METADATA is not YAML: could not find expected ':'" + behind + "\n    # a word to readers",
		"# title: T\n# custom:\n#   id: X-001\n#    severity: low\n#   scope: x\n": "house/a.rego:6:1: METADATA is not YAML: mapping values are not allowed in this context" + behind + "\n    #    severity: low",
		"# title: T\n# custom:\n#   aliases: [X-001\n#   scope: x\n":               "house/a.rego:5:1: METADATA is not YAML: did not find expected ',' or ']'" + behind + "\n    #   aliases: [X-001",
		"# title: T\n# custom: {a: b\n":                                            "house/a.rego:4:1: METADATA is not YAML: did not find expected ',' or '}'" + behind + "\n    # custom: {a: b",
		"# title: T: U\n":                                                          "house/a.rego:3:1: METADATA is not YAML: mapping values are not allowed in this context" + behind + "\n    # title: T: U",
		"# title: [T]\n# custom: {}\n":                                             "house/a.rego:3:1: METADATA is not YAML: cannot unmarshal !!seq into string" + behind + "\n    # title: [T]",
	} {
		for _, end := range []string{"\n", "\r\n"} {
			text := "# A rule.\n# METADATA\n" + metadata + "package acme.x\n\nviolation contains {} if false\n"
			_, err := packOf(map[string]string{"a.rego": strings.ReplaceAll(text, "\n", end)})
			if err == nil || !strings.Contains(err.Error(), want+"\n") {
				t.Errorf("%q: got %v, want %s", metadata, err, want)
			}
		}
	}
}

func TestCompileFlaws(t *testing.T) {
	for code, want := range map[string]string{
		`lowr("X") == "x"`:                        "there is no function `lowr`; did you mean `lower`?",
		`data.acme.f("X")`:                        "there is no function `data.acme.f`",
		`lower("X", "Y", "Z") == 3`:               "lower: arity mismatch: have: (string, string, string, ???) want: (x: string)",
		`site.name.first == "X"`:                  "`site.name.first` has nothing in it: `site.name` is a string",
		`site.name == 3`:                          "match error: left : string right : number",
		`count([s | some s in site.subnets]) > 0`: "`site.subnets` does not exist; there are guid, name, prevent_downloads",
		`x := 1`: "assigned var x unused",
		`http.send({"method": "GET", "url": ""})`: "rules cannot call http.send",
		`data.acme.nothing == 3`:                  "`data.acme.nothing` is not defined by any rule",
		`data.estat.sites[_].name == site.name`:   "`data.estat` is not defined by any rule, and nscheck provides only data.estate, data.index, data.totals and data.params; did you mean `estate`?",
		`data.acme.site.called_xx.violation == 3`: "`data.acme.site.called_xx` is not defined by any rule, and nscheck provides only data.estate, data.index, data.totals and data.params; did you mean `called_x`?",
	} {
		_, err := packOf(map[string]string{"a.rego": strings.Replace(acme.Rule, `site.name == "X"`, code, 1)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", code, err, want)
		}
	}
}

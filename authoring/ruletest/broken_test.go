package ruletest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fine is a test beside others that are not.
const fine = "package house.site.crowded_test\n\nimport data.house.site.crowded as rule\n\ntest_fine if count(rule.violation) == 0 with data.estate as {}\n\n"

// What cannot be compiled or read fails, and the rest runs.
func TestBroken(t *testing.T) {
	const tests, examples = "site/crowded_test.rego", "site/crowded.yaml"
	healthy := "examples:\n- {name: a, case: healthy, estate: {sites: [], subnets: []}, expect: {verdict: pass}}\n"
	for _, tt := range []struct {
		name    string
		files   map[string]string
		pattern string
		want    []string
	}{
		{"a file that does not parse", map[string]string{tests: fine + "test_a if {"}, "", []string{
			"error crowded_test.rego:7 (whole file): house/site/crowded_test.rego:7:11: unexpected eof token\n    test_a if {\n              ^",
			"passed a:2: ",
		}},
		{"a test that does not compile", map[string]string{tests: fine + "test_a if foo(1)"}, "", []string{
			"error data.house.site.crowded_test.test_a:7: house/site/crowded_test.rego:7:11: there is no function `foo`\n    test_a if foo(1)\n              ^",
			"passed a:2: ",
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
		{"two tests that do not compile, for different reasons", map[string]string{tests: fine + "test_a if foo(1)\n\ntest_b if {1} == [1]\n"}, "", []string{
			"error data.house.site.crowded_test.test_a:7: house/site/crowded_test.rego:7:11: there is no function `foo`\n    test_a if foo(1)\n              ^",
			"error data.house.site.crowded_test.test_b:9: house/site/crowded_test.rego:9:11: match error: left : set[number] right : array<number>\n    test_b if {1} == [1]\n              ^",
			"passed a:2: ",
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
		{"a test that reads the clock", map[string]string{tests: fine + "test_a if time.now_ns() > 1"}, "", []string{
			"error data.house.site.crowded_test.test_a:7: house/site/crowded_test.rego:7:11: rules cannot call time.now_ns: it may answer otherwise at another time or on another machine, and one snapshot has one verdict\n    test_a if time.now_ns() > 1\n              ^",
			"passed a:2: ",
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
		{"a helper that does not compile", map[string]string{tests: fine + "_two(x) := foo(x)\n\ntest_a if _two(1)\n"}, "", []string{
			"error crowded_test.rego:7 (whole file): house/site/crowded_test.rego:7:12: there is no function `foo`\n    _two(x) := foo(x)\n               ^",
			"passed a:2: ",
		}},
		{"a file without Rego", map[string]string{tests: "# later\n"}, "", []string{
			"error crowded_test.rego:1 (whole file): house/site/crowded_test.rego:1:8: there is no Rego in the file; begin it with a package, or remove it\n    # later\n           ^",
			"passed a:2: ",
		}},
		{"an empty file", map[string]string{tests: "\n"}, "", []string{
			"error crowded_test.rego:1 (whole file): house/site/crowded_test.rego:1:1: there is no Rego in the file; begin it with a package, or remove it",
			"passed a:2: ",
		}},
		{"a test that is yet to be done", map[string]string{tests: fine + "todo_test_a if foo(1)"}, "", []string{
			"error data.house.site.crowded_test.todo_test_a:7: house/site/crowded_test.rego:7:16: there is no function `foo`\n    todo_test_a if foo(1)\n                   ^",
			"passed a:2: ",
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
		{"what the strict mode alone refuses", map[string]string{tests: strings.Replace(fine, "import", "import data.house.lib.used\n\nimport", 1)}, "", []string{
			"error crowded_test.rego:3 (whole file): house/site/crowded_test.rego:3:1: import data.house.lib.used unused\n    import data.house.lib.used\n    ^",
			"passed a:2: ",
			"passed data.house.site.crowded_test.test_fine:7: ",
		}},
		{"another one is asked for", map[string]string{tests: fine + "test_a if foo(1)"}, "test_fine", []string{
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
		{"examples that are none", map[string]string{tests: fine, examples: "examples: 1"}, "", []string{
			"error crowded.yaml:1 (whole file): house/site/crowded.yaml:1:11: examples must be a list of examples, each of which begins with \"- name:\", not the number 1\n    examples: 1\n              ^",
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
		{"an example of which the snapshot is none", map[string]string{tests: fine, examples: strings.Replace(healthy, "sites: []", "sites: 5", 1)}, "", []string{
			"error a:2: house/site/crowded.yaml:2:44: estate.sites: must be a list, not the number 5\n" +
				"    - {name: a, case: healthy, estate: {sites: 5, subnets: []}, expect: {verdict: pass}}\n                                               ^",
			"passed data.house.site.crowded_test.test_fine:5: ",
		}},
	} {
		if tt.files[examples] == "" {
			tt.files[examples] = healthy
		}
		o := Options{Targets: []Target{{Source: pack(t, tt.files), Within: "site/crowded.rego"}}}
		if tt.pattern != "" {
			o.Pattern = regexp.MustCompile(tt.pattern)
		}
		r := run(t, o)
		var got []string
		for _, test := range r.Tests {
			whole := ""
			if test.WholeFile {
				whole = " (whole file)"
			}
			got = append(got, fmt.Sprintf("%s %s:%d%s: %s", test.Outcome, test.Name, test.Line, whole, test.Msg))
		}
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if len(r.Gaps) > 0 {
			t.Errorf("%s: %v, though there are tests and examples", tt.name, r.Gaps)
		}
	}
}

// A test fails where a rule would break on a snapshot.
func TestBuiltinErrors(t *testing.T) {
	r := run(t, Options{Targets: []Target{{Within: "site/crowded.rego", Source: pack(t, map[string]string{
		"site/crowded.yaml": "",
		"site/crowded_test.rego": `package house.site.crowded_test

import data.house.lib.used

test_not if not lower(input.x) with input as {"x": null}

test_two if {
	not lower(input.x) with input as {"x": null}
	not upper(input.x) with input as {"x": 3}
}

test_number if not to_number("x")

test_asked if not used.lowered(null)

test_table[name] if {
	some name, x in {"a": 1, "b": "y"}
	used.first(x) == "y"
}
`,
		"lib/used.rego": `package house.lib.used

lowered(x) := lower(x) if is_string(x)

first(x) := split(x, ",")[0]
`,
	})}}})
	const why = "a built-in function cannot take what it is given, and on a snapshot the rule's verdict would be error: "
	want := []string{
		"error 5: " + why + "lower: operand 1 must be string but got null; house/site/crowded_test.rego:5 not lower(input.x) with input as {\"x\": null}",
		"error 7: " + why + "lower: operand 1 must be string but got null; house/site/crowded_test.rego:8 not lower(input.x) with input as {\"x\": null}",
		"error 12: " + why + "to_number: strconv.ParseFloat: parsing \"x\": invalid syntax; house/site/crowded_test.rego:12 not to_number(\"x\")",
		"passed 14: ",
		"error 16: " + why + "split: operand 1 must be string but got number; house/lib/used.rego:5 split(x, \",\")",
	}
	var got []string
	for _, test := range r.Tests {
		text := fmt.Sprintf("%s %d: %s", test.Outcome, test.Line, test.Msg)
		for _, f := range test.Failures {
			text += fmt.Sprintf("; %s:%d %s", f.File, f.Line, f.Source)
		}
		got = append(got, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A name that does not exist is shown as what it is in.
func TestUndefinedNames(t *testing.T) {
	files := map[string]string{"site/crowded_test.rego": fine + "test_a if rule.violaton == set()\n\ntest_b if rule.violaton.x\n"}
	r := run(t, Options{Targets: []Target{{Source: pack(t, files), Within: "site/crowded.rego"}}, Pattern: regexp.MustCompile(`test_[ab]$`)})
	var got []string
	for _, test := range r.Tests {
		for _, f := range test.Failures {
			got = append(got, fmt.Sprintf("%s:%d %s", test.Outcome, f.Line, f.Source))
		}
	}
	want := []string{"failed:7 rule.violaton == set()\n|\nrule.violaton: undefined\nrule: undefined", "failed:9 rule.violaton.x\n|\nundefined"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

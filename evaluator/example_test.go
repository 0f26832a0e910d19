package evaluator

import (
	"errors"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

func TestReadExamples(t *testing.T) {
	const text = "\ufeffexamples:\r\n  - name: a\r\n    case: healthy\r\n    estate: {}\r\n    expect: {verdict: pass}\r\n" +
		"\r\n  - case: broken\r\n    name: b\r\n    estate: {}\r\n    expect: {verdict: fail, affects_unknown: true}\r\n"
	examples, err := ReadExamples("a.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) != 2 || examples[0].Line != 2 || examples[1].Line != 7 || examples[1].Name != "b" || examples[1].File != "a.yaml" {
		t.Errorf("read %+v", examples)
	}
}

func TestReadExamplesOfAnEmptyFile(t *testing.T) {
	for _, text := range []string{"", "# later\n", "examples:\n"} {
		if examples, err := ReadExamples("a.yaml", []byte(text)); err != nil || len(examples) != 0 {
			t.Errorf("%q: %v, %v", text, examples, err)
		}
	}
}

// Every line of %s is the file of worked examples that is refused.
func TestReadExamplesRefuses(t *testing.T) {
	const whole = "examples:\n- name: a\n  case: healthy\n  estate: {}\n  expect: {verdict: pass}\n"
	tests := []struct{ name, old, new, want string }{
		{"no name", "name: a\n  ", "", "a.yaml:2:3: the example has no name; say the case in words, such as name: a site has no server"},
		{"a name twice", "{verdict: pass}\n", "{verdict: pass}\n" + whole[10:], `a.yaml:6:9: the name "a" is that of the example in line 2, too; give every example a name of its own`},
		{"a case that is none", "healthy", "healhty", `a.yaml:3:9: there is no case "healhty"; did you mean healthy?`},
		{"no case", "  case: healthy\n", "", "a.yaml:2:3: the example has no case; write case: and one of healthy, broken, unknown, missing"},
		{"no estate", "  estate: {}\n", "", `a.yaml:2:3: the example has no estate; write "estate: {}" where the rule reads clients alone`},
		{"no verdict", "verdict: pass", "findings: []", "a.yaml:5:3: the example expects no verdict; write expect: {verdict: …} with one of pass, fail, not_evaluated, not_applicable, no_source, error"},
		{"an empty verdict", "pass", "", "a.yaml:5:21: the example expects no verdict; "},
		{"nothing expected", "  expect: {verdict: pass}\n", "", "a.yaml:2:3: the example expects no verdict; "},
		{"a verdict that is none", "pass", "passed", `a.yaml:5:21: there is no verdict "passed"; did you mean pass?`},
		{"a verdict like no other", "pass", "warn", `a.yaml:5:21: there is no verdict "warn"; there are pass, fail, not_evaluated, not_applicable, no_source, error`},
		{"a misspelt key", "verdict", "verdct", "a.yaml:5:12: there is no key \"verdct\"; did you mean `verdict`?\n      expect: {verdct: pass}\n               ^"},
		{"a key of its own", "expect", "comment", "a.yaml:5:3: there is no key \"comment\"; there are case, clients, estate, expect, name, params"},
		{"a key of the file", "examples", "example", "a.yaml:1:1: there is no key \"example\"; did you mean `examples`?"},
		{"a key of a finding", "verdict: pass", "findings: [{resource: a, ms: b}]", "a.yaml:5:37: there is no key \"ms\"; did you mean `msg`?"},
		{"a key twice", "case: healthy", "name: b", "a.yaml:3:3: the key \"name\" is repeated, it is first in line 2; remove one"},
		{"a merged key that is none", "expect: {verdict: pass}", "expect: {<<: {verdct: pass}}", "a.yaml:5:3: it is not YAML: field verdct not found"},
		{"a name that is a list", "name: a", "name: [a]", "a.yaml:2:9: name must be a text, not a list"},
		{"an object in place of a list", "verdict: pass", "findings: {resource: a}", "a.yaml:5:22: findings must be a list, such as [{resource: Leeds, msg: …}], not an object"},
		{"a text in place of an object", "verdict: pass", "unknown: [Leeds]", `a.yaml:5:22: an entry of unknown must be an object, such as {resource: Leeds, msg: …}, not the text "Leeds"`},
		{"a text in place of what is expected", "{verdict: pass}", "pass", `a.yaml:5:11: expect must be an object, such as {verdict: pass}, not the text "pass"`},
		{"a number in place of a boolean", "verdict: pass", "affects_unknown: 3", "a.yaml:5:29: affects_unknown must be true or false, not the number 3"},
		{"a list of parameters", "estate: {}", "params: [3]", "a.yaml:4:11: params must be an object with parameters and their values, such as {required_packages: []}, not a list"},
		{"an example that is a text", "examples:\n", "examples:\n- b\n", `a.yaml:2:3: an entry of examples must be an object with name, case, estate and expect, not the text "b"`},
		{"examples that are a number", whole, "examples: 1", "a.yaml:1:11: examples must be a list of examples, each of which begins with \"- name:\", not the number 1"},
		{"a list in place of the file", whole, "- name: a", "a.yaml:1:1: the file must be an object with the key examples, not a list"},
		{"a list that holds itself", whole, "examples: &a [*a]", "a.yaml:1:15: the alias *a is inside of its own anchor"},
		{"no YAML", "case: healthy", "case: [", "a.yaml:"},
		{"two documents", "{verdict: pass}\n", "{verdict: pass}\n---\nexamples: []\n", "a.yaml:6:1: a second YAML document begins here, and only one is read"},
	}
	for _, tt := range tests {
		text := strings.Replace(whole, tt.old, tt.new, 1)
		if text == whole {
			t.Fatalf("%s: nothing is changed", tt.name)
		}
		_, err := ReadExamples("a.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error\n%v, want\n%s", tt.name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "evaluator.") && !strings.Contains(tt.name, "merged") {
			t.Errorf("%s: a type of Go is named: %v", tt.name, err)
		}
	}
}

// All that is wrong is said at once.
func TestReadExamplesSaysAll(t *testing.T) {
	_, err := ReadExamples("a.yaml", []byte("examples:\n- nam: a\n  cases: b\n- {name: [], case: broken}\n"))
	var flaws rule.Flaws
	if !errors.As(err, &flaws) || len(flaws) != 3 {
		t.Errorf("got %v", err)
	}
}

func FuzzReadExamples(f *testing.F) {
	f.Add("examples: [{name: a, case: healthy, estate: {sites: []}, clients: [], expect: {verdict: pass}}]")
	f.Add("a: &a [{name: a, case: healthy, estate: {}}]\nexamples: *a")
	f.Add("examples: [{name: a, case: healthy, estate: &e {sites: *e}}]")
	f.Add("examples:\n- ~\n- {}\n")
	f.Add("x: &x {name: a}\n")
	f.Add("examples:\n- name: &n a\n  <<: {case: broken, estate: {sites: *n}, expect: {verdict: pass}}\n")
	f.Add("examples: [{name: a, case: healthy, expect: {verdict: pass}, estate: {sites: [{guid: x, nam: y}]}, clients: 5}]")
	f.Fuzz(func(t *testing.T, text string) {
		examples, err := ReadExamples("a.yaml", []byte(text))
		if err != nil {
			return
		}
		for _, e := range examples {
			_, _ = e.Document()
			if _, err := snapshot.NewYAMLReader(e.snapshot(), e.File); err != nil {
				if text := e.snapshotFlaws(err).Error(); !strings.HasPrefix(text, "a.yaml:") {
					t.Errorf("no place is named: %s", text)
				}
			}
		}
	})
}

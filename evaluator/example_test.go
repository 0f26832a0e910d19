package evaluator

import (
	"strings"
	"testing"
)

func TestReadExamples(t *testing.T) {
	const text = "examples:\n  - name: a\n    case: healthy\n    estate: {}\n    expect: {verdict: pass}\n" +
		"\n  - case: broken\n    name: b\n    estate: {}\n    expect: {verdict: fail}\n"
	examples, err := ReadExamples([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) != 2 || examples[0].Line != 2 || examples[1].Line != 7 {
		t.Errorf("read %+v", examples)
	}
}

func TestReadExamplesOfAnEmptyFile(t *testing.T) {
	for _, text := range []string{"", "# later\n", "examples:\n"} {
		if examples, err := ReadExamples([]byte(text)); err != nil || len(examples) != 0 {
			t.Errorf("%q: %v, %v", text, examples, err)
		}
	}
}

func TestReadExamplesRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"examples: [{case: healthy, estate: {}}]":                                                `worked example "": give every example a name of its own`,
		"examples: [{name: a, case: healthy, estate: {}}, {name: a, case: healthy, estate: {}}]": `worked example "a": give every example a name of its own`,
		"examples: [{name: a, case: sick, estate: {}}]":                                          `worked example "a": case "sick" is none of healthy, broken, unknown, missing`,
		"examples: [{name: a, case: healthy}]":                                                   `worked example "a": it has no estate; write "estate: {}" where the rule reads clients alone`,
		"examples: [{name: a, case: healthy, estate: {}, expects: {}}]":                          `read worked examples: line 1: there is no key "expects"; known are case, clients, estate, expect, name, params`,
		"examples:\n- name: a\n  expect:\n    findings: [{resource: a, message: b}]":             `read worked examples: line 4: there is no key "message"; known are msg, resource`,
		"examples: &a [*a]": "line 1: cannot unmarshal",
		"examples: [{name: a, case: healthy, estate: {}, expect: {verdict: passed}}]":                        `worked example "a": verdict "passed" is none of pass, fail, not_evaluated, not_applicable, error`,
		"examples: [{name: a, case: healthy, estate: {}, expect: {verdict: pass, findings: {resource: a}}}]": "cannot unmarshal",
	} {
		if _, err := ReadExamples([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}

func FuzzReadExamples(f *testing.F) {
	f.Add("examples: [{name: a, case: healthy, estate: {sites: []}, clients: [], expect: {verdict: pass}}]")
	f.Add("a: &a [{name: a, case: healthy, estate: {}}]\nexamples: *a")
	f.Add("examples: [{name: a, case: healthy, estate: &e {sites: *e}}]")
	f.Add("examples:\n- ~\n- {}\n")
	f.Fuzz(func(t *testing.T, text string) {
		examples, err := ReadExamples([]byte(text))
		if err != nil {
			return
		}
		for _, e := range examples {
			_, _ = e.Document()
		}
	})
}

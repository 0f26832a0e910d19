package evaluator

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestExamplesDoNotAge checks that a worked example comes out the same before and
// after the day from which its rule counts.
func TestExamplesDoNotAge(t *testing.T) {
	examples, err := ReadExamples([]byte(`examples:
  - name: a site is called X
    case: broken
    estate:
      sites: [{guid: 00000000-0000-0000-0000-000000000101, name: X}]
    expect: {verdict: fail}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2014-03-03", "2999-12-31"} {
		p := mustPack(t, map[string]string{
			"a.rego": strings.Replace(ruleText, "#   step:", "#   effective_on: \""+day+"\"\n#   step:", 1),
		})
		got, err := examples[0].Run(context.Background(), p, p.Rules[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Verdict != Fail {
			t.Errorf("effective on %s: verdict %s, want %s", day, got.Verdict, Fail)
		}
	}
}

// TestExampleParameters checks that an example is judged with its own parameters,
// and that they are forgotten behind it.
func TestExampleParameters(t *testing.T) {
	const text = `examples:
  - name: with other parameters
    case: broken
    params: {%s}
    estate:
      sites: [{guid: 00000000-0000-0000-0000-000000000101, name: Y}]
    expect: {verdict: fail}
`
	tests := []struct{ params, want string }{
		{"names: [Y]", ""},
		{"name: [Y]", `worked example "with other parameters": params: there is no parameter "name"; known are names`},
		{"names: Y", `worked example "with other parameters": params: parameter names must be a list, such as [Leeds, York], not the text "Y"`},
	}
	for _, tt := range tests {
		p := mustPack(t, map[string]string{
			"a.rego":      strings.Replace(ruleText, `site.name == "X"`, `site.name in data.params.names`, 1),
			"params.yaml": "names: [X]\n",
		})
		examples, err := ReadExamples(fmt.Appendf(nil, text, tt.params))
		if err != nil {
			t.Fatal(err)
		}
		got, err := examples[0].Run(context.Background(), p, p.Rules[0].ID)
		switch {
		case tt.want == "" && (err != nil || got.Verdict != Fail):
			t.Errorf("%s: verdict %s, error %v", tt.params, got.Verdict, err)
		case tt.want != "" && (err == nil || err.Error() != tt.want):
			t.Errorf("%s: got %v, want %s", tt.params, err, tt.want)
		}
		if len(p.info.ChangedParams) > 0 {
			t.Errorf("%s: the pack keeps the parameters %v", tt.params, p.info.Params)
		}
	}
}

package evaluator

import (
	"context"
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

package evaluator

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// TestExamplesDoNotAge checks that a worked example comes out the same before and
// after the day from which its rule counts.
func TestExamplesDoNotAge(t *testing.T) {
	examples, err := ReadExamples("a.yaml", []byte(`examples:
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
		p := packtest.Must(t, map[string]string{
			"a.rego": strings.Replace(acme.Rule, "#   step:", "#   effective_on: \""+day+"\"\n#   step:", 1),
		})
		got, err := examples[0].Run(context.Background(), p, p.Rules[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Verdict != result.Fail {
			t.Errorf("effective on %s: verdict %s, want %s", day, got.Verdict, result.Fail)
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
		{"name: [Y]", `a.yaml:4:14: params: there is no parameter "name"; known are names`},
		{"names: Y", `a.yaml:4:14: params: parameter names must be a list, such as [Leeds, York], not the text "Y"`},
	}
	for _, tt := range tests {
		p := packtest.Must(t, map[string]string{
			"a.rego":      strings.Replace(acme.Rule, `site.name == "X"`, `site.name in data.params.names`, 1),
			"params.yaml": "names: [X]\n",
		})
		examples, err := ReadExamples("a.yaml", fmt.Appendf(nil, text, tt.params))
		if err != nil {
			t.Fatal(err)
		}
		got, err := examples[0].Run(context.Background(), p, p.Rules[0].ID)
		switch {
		case tt.want == "" && (err != nil || got.Verdict != result.Fail):
			t.Errorf("%s: verdict %s, error %v", tt.params, got.Verdict, err)
		case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want+"\n")):
			t.Errorf("%s: got %v, want %s", tt.params, err, tt.want)
		}
		if len(p.Info.ChangedParams) > 0 {
			t.Errorf("%s: the pack keeps the parameters %v", tt.params, p.Info.Params)
		}
	}
}

// TestExampleSnapshotPlaces finds what is wrong with the snapshot of an example
// where it stands in the file.
func TestExampleSnapshotPlaces(t *testing.T) {
	const text = `examples:
  - name: one
    case: healthy
    estate: {}
    expect: {verdict: pass}

  - name: two
    case: broken
    estate:
      sites:
        - {guid: 00000000-0000-0000-0000-000000000101, name: X}
        - {guid: 00000000-0000-0000-0000-000000000102, name: Y}
    clients:
      - guid: 00000000-0000-0000-0000-000000000501
        name: PC1
        status: Active
    expect: {verdict: fail}
`
	tests := []struct{ name, old, new, want string }{
		{"a misspelt field", "name: Y", "name: Y, typ: x", "a.yaml:12:65: estate.sites[1]: unknown field \"typ\"; known here: guid, name, prevent_downloads\n            - {guid: 00000000-0000-0000-0000-000000000102, name: Y, typ: x}\n                                                                    ^"},
		{"a value of another kind", "status: Active", "status: 5", "a.yaml:16:17: clients[0].status: must be text or null, not the number 5; "},
		{"a table that is a text", "clients:\n", "clients: none\n    params:\n      a:\n", "a.yaml:13:14: clients: must be a list, not the text \"none\""},
		{"a guid that is none", "000000000501", "5", "a.yaml:14:15: clients[0].guid: "},
		{"an alias", "guid: 00000000-0000-0000-0000-000000000501", "guid: &g x\n        domain: *g", "a.yaml:14:15: clients[0].guid: "},
	}
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule})
	for _, tt := range tests {
		examples, err := ReadExamples("a.yaml", []byte(strings.Replace(text, tt.old, tt.new, 1)))
		if err == nil {
			_, err = examples[1].Run(context.Background(), p, p.Rules[0].ID)
		}
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error\n%v, want\n%s", tt.name, err, tt.want)
		}
	}
}

// TestExampleAliases has two examples share what stands in the file once.
func TestExampleAliases(t *testing.T) {
	const text = `examples:
  - name: one
    case: broken
    estate: &estate
      sites: [{guid: 00000000-0000-0000-0000-000000000101, name: X}]
    expect: &expect {verdict: fail, findings: [{resource: X, msg: X}]}
  - name: two
    case: broken
    estate: *estate
    expect: *expect
`
	examples, err := ReadExamples("a.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule})
	for _, e := range examples {
		if got, err := e.Run(context.Background(), p, p.Rules[0].ID); err != nil || got.Verdict != result.Fail {
			t.Errorf("%s: verdict %s, error %v", e.Name, got.Verdict, err)
		}
		if doc, err := e.Document(); err != nil || !strings.Contains(string(doc), "name: X") {
			t.Errorf("%s: document %s, error %v", e.Name, doc, err)
		}
	}
}

// TestExampleNamesAllUnknown has more objects that cannot be judged for one reason
// than reports name.
func TestExampleNamesAllUnknown(t *testing.T) {
	const objects = 2*result.SampleSize + 1
	var sites, clients strings.Builder
	for i := range objects {
		fmt.Fprintf(&sites, "        - {guid: 00000000-0000-0000-0000-0000000001%02d, name: S%02d}\n", i, i)
		fmt.Fprintf(&clients, "      - {guid: 00000000-0000-0000-0000-0000000005%02d, name: C%02d, status: null}\n", i, i)
	}
	text := "examples:\n  - name: many\n    case: unknown\n    estate:\n      sites:\n" + sites.String() + "    clients:\n" + clients.String() + "    expect: {verdict: not_evaluated}\n"
	examples, err := ReadExamples("a.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := packtest.Must(t, map[string]string{
		"a.rego": acme.Rule + "\nunknown contains {\"msg\": \"u\", \"resource\": {\"type\": \"site\", \"name\": site.name}} if some site in data.estate.sites\n",
		"b.rego": acme.ClientRule + "\nunknown contains {\"msg\": \"u\"} if input.status == null\n",
	})
	for _, r := range p.Rules {
		got, err := examples[0].Run(context.Background(), p, r.ID)
		if err != nil || len(got.Unknown) != objects {
			t.Errorf("%s: %d objects are named, want %d; error %v", r.ID, len(got.Unknown), objects, err)
		}
	}
}

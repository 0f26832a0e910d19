package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

var update = os.Getenv("UPDATE_GOLDEN") != ""

// A rule for clients and one for the estate that explains it.
const rules = `-- client.rego --
# METADATA
# title: Client is called ill
# description: Names matter.
# schemas: [{input: schema.client}]
# custom:
#   id: ACME-CLI-001
#   severity: high
#   scope: client
#   step: "1"
#   remediation: [{text: Rename the client., ref: KB1}]
package acme.client.ill

violation contains {"msg": "It is called ill", "path": "name", "expected": "well", "actual": "ill"} if {
	startswith(input.name, "ill")
}

unknown contains {"msg": "Its domain is unknown"} if input.domain == null
-- site.rego --
# METADATA
# title: Site makes ill
# description: Sites matter.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: ACME-SITE-001
#   severity: critical
#   scope: estate
#   step: "5"
#   explains: [ACME-CLI-001]
#   chain: 100
#   remediation:
#     - {versions: "<8", text: Do it the old way.}
#     - {versions: ">=8", text: "Do it the new way.\n\nThen wait."}
package acme.site.ill

violation contains {
	"msg": sprintf("Site %s makes ill", [site.name]),
	"resource": {"type": "site", "guid": site.guid, "name": site.name},
	"path": sprintf("sites[%s].name", [site.name]),
	"expected": "another name",
	"actual": site.name,
	"affects": [{"site": site.guid}],
} if {
	some site in data.estate.sites
	site.name != "Well"
}
-- policy.rego --
# METADATA
# title: Policies exist
# description: Policies matter.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: ACME-POL-001
#   severity: low
#   scope: estate
#   step: "2"
#   remediation: [{text: Make one.}]
package acme.policy.none

violation contains {"msg": "none", "resource": {"type": "estate", "name": "policies"}} if {
	count(data.estate.policies) == 0
}
`

// docs are what is judged, by the names of the golden files.
var docs = map[string]string{
	"clean": `
estate:
  server: {name: NS01, version: 8.5.5032}
  sites: [{guid: 00000000-0000-0000-0000-000000000501, name: Well}]
  subnets: []
  policies: [{guid: 00000000-0000-0000-0000-000000000801, name: P, role: plugin_install}]
clients: [{guid: 00000000-0000-0000-0000-000000000001, name: well, domain: D, status: Active}]
`,
	"broken": `
estate:
  server: {name: NS01, version: 8.5.5032}
  sites:
    - {guid: 00000000-0000-0000-0000-000000000501, name: Leeds}
    - {guid: 00000000-0000-0000-0000-000000000502, name: "a\tvery <b>long</b> name \e[31m =cmd|' /C calc'!A0 with more and more and more words than fit"}
  subnets: [{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, sites: [00000000-0000-0000-0000-000000000501]}]
clients:
  - {guid: 00000000-0000-0000-0000-000000000001, name: ill-01, domain: D, status: Active, addresses: [10.1.0.1/24]}
  - {guid: 00000000-0000-0000-0000-000000000002, name: ill-02, domain: D, status: Active, addresses: [10.1.0.2/24]}
  - {guid: 00000000-0000-0000-0000-000000000003, name: ill-03, domain: D, status: Active, addresses: [10.1.0.3/24]}
  - {guid: 00000000-0000-0000-0000-000000000004, name: ill-04, domain: D, status: Active, addresses: [10.1.0.4/24]}
  - {guid: 00000000-0000-0000-0000-000000000005, name: ill-05, domain: D, status: Active, addresses: [10.1.0.5/24]}
  - {guid: 00000000-0000-0000-0000-000000000006, name: ill-06, domain: D, status: Active, addresses: [10.1.0.6/24]}
  - {guid: 00000000-0000-0000-0000-000000000007, name: "ill\nelsewhere", domain: D, status: Active, addresses: []}
  - {guid: 00000000-0000-0000-0000-000000000008, name: well, status: Active, addresses: []}
`,
	"empty": "estate: {}\n",
}

func evaluate(t *testing.T, doc string) *compare.Outcome {
	t.Helper()
	return evaluateBy(t, rules, doc)
}

func evaluateBy(t *testing.T, rules, doc string) *compare.Outcome {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(rules)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	pack, err := rule.LoadPack(rule.Source{Name: "house", FS: files})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := snapshot.NewReader(strings.NewReader(doc), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := compare.EvaluateAgainst(context.Background(), pack, snap, evaluator.Options{ToolVersion: "1.2.3"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestGolden compares every format's bytes with testdata.
func TestGolden(t *testing.T) {
	for name, doc := range docs {
		for _, format := range Names {
			t.Run(name+"."+format, func(t *testing.T) {
				f, err := Lookup(format)
				if err != nil {
					t.Fatal(err)
				}
				var got bytes.Buffer
				if err := f.Write(&got, evaluate(t, doc), Options{FailOn: rule.Medium}); err != nil {
					t.Fatal(err)
				}
				golden(t, name+"."+format, got.Bytes())
			})
		}
	}
}

// TestUnknownAffects checks that a report claims no count of clients for faults
// of which nobody knows whom they harm, and tells rules that are not for the
// set-up from those of other versions.
func TestUnknownAffects(t *testing.T) {
	asked := strings.Replace(rules, "	\"affects\": [{\"site\": site.guid}],\n", "", 1)
	asked = strings.Replace(asked, `-- policy.rego --`, `
affects(finding) := [{"site": finding.resource.guid} | some subnet in data.estate.subnets]
-- policy.rego --`, 1) + `
not_applicable contains "policies are made elsewhere" if data.estate.server.hierarchy_child == true
`
	r := evaluateBy(t, asked, `
estate:
  server: {name: NS01, version: 8.5.5032, hierarchy_child: true}
  sites:
    - {guid: 00000000-0000-0000-0000-000000000501, name: Leeds}
    - {guid: 00000000-0000-0000-0000-000000000502, name: York}
clients:
  - {guid: 00000000-0000-0000-0000-000000000001, name: ill-01, domain: D, status: Active}
`)
	var got bytes.Buffer
	if err := (tableFormat{}).Write(&got, r, Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	golden(t, "unknown-affects.table", got.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestJSONIsValid holds what is written to the published schema.
func TestJSONIsValid(t *testing.T) {
	file, err := os.Open("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("urn:nscheck:schema:result:1", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("urn:nscheck:schema:result:1")
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range docs {
		var out bytes.Buffer
		if err := (jsonFormat{}).Write(&out, evaluate(t, doc), Options{FailOn: rule.Medium}); err != nil {
			t.Fatal(err)
		}
		written, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(written); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var read Document
		if err := json.Unmarshal(out.Bytes(), &read); err != nil {
			t.Errorf("%s cannot be read back: %v", name, err)
		}
	}
}

// TestResultPage holds docs/result.md to the schema: it names every field of a
// result, and the verdicts.
func TestResultPage(t *testing.T) {
	page, err := os.ReadFile("../docs/result.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if name, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ = strings.Cut(name, "`")
			rows[name] = true
		}
	}
	text, err := os.ReadFile("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Properties) == 0 {
		t.Fatal("the schema has no properties")
	}
	want := map[string]bool{}
	for name := range schema.Properties {
		want[name] = true
	}
	for _, v := range result.Verdicts {
		want[string(v)] = true
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("docs/result.md (-schema +page):\n%s", diff)
	}
}

// TestWideTable compares a table for a wide terminal with testdata.
func TestWideTable(t *testing.T) {
	var got bytes.Buffer
	if err := (tableFormat{}).Write(&got, evaluate(t, docs["broken"]), Options{FailOn: rule.Medium, Width: 120}); err != nil {
		t.Fatal(err)
	}
	golden(t, "broken.120.table", got.Bytes())
}

// TestColoursChangeNothingElse checks that colours neither move nor stretch text.
func TestColoursChangeNothingElse(t *testing.T) {
	var plain, coloured bytes.Buffer
	for color, out := range map[bool]*bytes.Buffer{false: &plain, true: &coloured} {
		if err := (tableFormat{}).Write(out, evaluate(t, docs["broken"]), Options{FailOn: rule.Medium, Color: color}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(plain.String(), text.StripEscape(coloured.String())); diff != "" {
		t.Errorf("without its colours a report differs (-plain +coloured):\n%s", diff)
	}
}

// TestAdviceIsGivenOnce counts the remediations of two rules: one that is a
// cause, one whose findings have no known cause.
func TestAdviceIsGivenOnce(t *testing.T) {
	var out bytes.Buffer
	if err := (tableFormat{}).Write(&out, evaluate(t, docs["broken"]), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	for _, advice := range []string{"Do it the new way.", "Rename the client."} {
		if n := strings.Count(out.String(), advice); n != 1 {
			t.Errorf("%q stands %d times in the report", advice, n)
		}
	}
}

// TestMessagesAreBounded checks that a rule which says something else of every
// client does not fill the memory, and that nothing is lost without a word.
func TestMessagesAreBounded(t *testing.T) {
	m := &messages{list: map[string]*message{}}
	for i := range 3 * maxMessages {
		for _, name := range []string{"b", "a"} {
			m.add(result.Finding{Msg: fmt.Sprint(i), Resource: result.Resource{Name: fmt.Sprint(name, i)}})
		}
	}
	if len(m.list) != maxMessages {
		t.Errorf("%d messages are kept", len(m.list))
	}
	var out bytes.Buffer
	w := newWriter(&out, Options{})
	w.clientFindings(result.RuleResult{Findings: 6 * maxMessages}, m)
	w.out.Flush()
	want := `            - 0 (a0, b0)
            - 1 (a1, b1)
            - 10 (a10, b10)
            - 100 (a100, b100)
            - 101 (a101, b101)
            - and 5990 more with other messages
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two", 7, []string{"one two"}},
		{"one two", 6, []string{"one", "two"}},
		{"onetwo three", 5, []string{"onetw", "o", "three"}},
		{"o abcdefgh", 5, []string{"o", "abcde", "fgh"}},
		{"a  b", 9, []string{"a  b"}},
		{"日本語", 4, []string{"日本", "語"}},
		{"日", 1, []string{"日"}},
	} {
		if diff := cmp.Diff(test.want, wrap(test.in, test.width)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", test.in, test.width, diff)
		}
	}
}

// TestTableKeepsItsWidth checks that no line is wider than asked for, with
// colours or without.
func TestTableKeepsItsWidth(t *testing.T) {
	for _, width := range []int{40, 60, 80, 200} {
		for _, color := range []bool{false, true} {
			var out bytes.Buffer
			o := Options{FailOn: rule.Medium, Width: width, Color: color}
			if err := (tableFormat{}).Write(&out, evaluate(t, docs["broken"]), o); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimSuffix(line, "\n")
				if n := text.StringWidthWithoutEscSequences(line); n > width {
					t.Errorf("width %d: a line of %d: %q", width, n, line)
				}
			}
			if has := strings.Contains(out.String(), "\x1b["); has != color {
				t.Errorf("escape sequences: %v, want %v", has, color)
			}
		}
	}
}

func TestLookupRefusesUnknownFormats(t *testing.T) {
	if _, err := Lookup("pdf"); err == nil {
		t.Error("there is a format pdf")
	}
	for _, name := range Names {
		if _, err := Lookup(name); err != nil {
			t.Error(err)
		}
	}
	if len(Names) != len(formats) {
		t.Errorf("%d names for %d formats", len(Names), len(formats))
	}
}

package rulepage

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestExampleParametersAreShown checks that readers see with which parameters an
// example was judged.
func TestExampleParametersAreShown(t *testing.T) {
	files := fstest.MapFS{
		"params.yaml": {Data: []byte("most: 5\n")},
		"a/many.rego": {Data: []byte(`# METADATA
# title: Many sites
# description: There are many.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: X-001
#   severity: low
#   scope: estate
#   step: "+"
#   remediation: [{text: Merge some.}]
package x.many

violation contains {"msg": "Many", "resource": {"type": "estate", "guid": null, "name": "sites"}} if {
	count(data.estate.sites) > data.params.most
}
`)},
		"a/many.yaml": {Data: []byte(`examples:
  - name: one is many
    case: broken
    params: {most: 0}
    estate:
      sites: [{guid: 00000000-0000-0000-0000-000000000101, name: Leeds}]
    expect: {verdict: fail}
`)},
	}
	pack, err := rule.LoadPack(rule.Source{Name: "x", FS: files})
	if err != nil {
		t.Fatal(err)
	}
	page, err := New(pack, files).Rule(context.Background(), pack.Rules[0])
	if err != nil {
		t.Fatal(err)
	}
	const want = "### one is many (broken)\n\nWith the parameters\n\n```yaml\nmost: 0\n```\n\n```yaml\nestate:\n"
	if !strings.Contains(page, want) {
		t.Errorf("the page has no\n%s\nbut is\n%s", want, page)
	}
}

package ruletest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator"
)

func example(t *testing.T, estate, clients string) *evaluator.Example {
	t.Helper()
	examples, err := evaluator.ReadExamples("a.yaml", []byte("examples:\n  - name: a\n    case: broken\n    expect: {verdict: pass}\n    estate:\n"+estate+clients))
	if err != nil {
		t.Fatal(err)
	}
	return &examples[0]
}

// Of a large input the objects are shown that matter, and those that refer to
// them.
func TestRelevantInput(t *testing.T) {
	var sites, clients strings.Builder
	for i := range 40 {
		fmt.Fprintf(&sites, "        - {guid: S%d, name: Site%d}\n", i, i)
		fmt.Fprintf(&clients, "      - {guid: C%d, name: PC%d}\n", i, i)
	}
	estate := "      server: {version: 8.6}\n      sites:\n" + sites.String() +
		"      subnets:\n        - {guid: N1, sites: [S7]}\n        - {guid: N2, sites: [S8]}\n"
	got := relevantInput(example(t, estate, "    clients:\n"+clients.String()), []string{"Site7"})
	const want = `estate:
  server: {version: 8.6}
  sites: # 39 not shown
    - {guid: S7, name: Site7}
  subnets: # 1 not shown
    - {guid: N1, sites: [S7]}
clients: [] # 40 not shown`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRelevantInputIsWholeWhereShort(t *testing.T) {
	const want = "estate:\n  sites:\n    - {guid: S1, name: A}\n    - {guid: S2, name: B}"
	got := relevantInput(example(t, "      sites:\n        - {guid: S1, name: A}\n        - {guid: S2, name: B}\n", ""), []string{"A"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRelevantInputIsCutWhereNobodyKnows(t *testing.T) {
	var sites strings.Builder
	for i := range 60 {
		fmt.Fprintf(&sites, "        - {guid: S%d, name: Site%d}\n", i, i)
	}
	got := relevantInput(example(t, "      sites:\n"+sites.String(), ""), nil)
	if !strings.HasSuffix(got, "name: Site37}\n# … 22 more lines") {
		t.Errorf("got\n%s", got)
	}
}

func TestDiffTexts(t *testing.T) {
	var a, b strings.Builder
	for i := range 30 {
		fmt.Fprintf(&a, "%d\n", i)
		if i == 3 || i == 25 {
			fmt.Fprintf(&b, "x\n")
			continue
		}
		fmt.Fprintf(&b, "%d\n", i)
	}
	const want = " 0\n 1\n 2\n-3\n+x\n 4\n 5\n 6\n …\n 22\n 23\n 24\n-25\n+x\n 26\n 27\n 28"
	if diff := cmp.Diff(want, diffTexts([]byte(a.String()), []byte(b.String()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := diffTexts([]byte("a\n"), []byte("a\n")); got != "" {
		t.Errorf("no difference is shown as %q", got)
	}
}

package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestPageStandsAlone: the page loads nothing, its policy names exactly what it
// runs, and what matters most is there without its script.
func TestPageStandsAlone(t *testing.T) {
	page := string(brokenPage(t))
	for _, element := range []string{"script", "style"} {
		_, rest, found := strings.Cut(page, "<"+element+">")
		content, _, closed := strings.Cut(rest, "</"+element+">")
		if !found || !closed {
			t.Fatalf("no <%s>", element)
		}
		sum := sha256.Sum256([]byte(content))
		hash := strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")
		if !strings.Contains(page, element+"-src &#39;sha256-"+hash+"&#39;") {
			t.Errorf("the policy does not name the %s with the hash %s", element, hash)
		}
	}
	markup := regexp.MustCompile(`(?s)<script[^>]*>.*?</script>|<style>.*?</style>`).ReplaceAllString(page, "")
	for _, outside := range []string{"http:", "https:", "src=", "url(", "@import", " style=", " on", "ZgotmplZ"} {
		for _, tag := range regexp.MustCompile(`<[a-z][^>]*>`).FindAllString(markup, -1) {
			if strings.Contains(tag, outside) && !strings.Contains(tag, "Content-Security-Policy") && !strings.Contains(tag, "aria-") && !strings.Contains(tag, "only-script") {
				t.Errorf("%q stands in %s", outside, tag)
			}
		}
	}
	for _, said := range []string{
		"Site Leeds makes ill", "Do it the new way.", "Rename the client. (KB1)", "section policies is not in the snapshot",
		"Its domain is unknown", "9 findings", "JavaScript", "with OPA", "findings at or above medium",
	} {
		if !strings.Contains(markup, said) {
			t.Errorf("without its script, the page does not say %q", said)
		}
	}
}

// TestGrid: a client counts where its chain breaks, an object's fault where the
// object is, and nothing is called fine that was not evaluated in full.
func TestGrid(t *testing.T) {
	const leeds, york = "site-leeds", "site-york"
	r := &result.Result{
		Sites: []result.Site{{GUID: leeds, Name: "Leeds", Clients: 10}, {GUID: york, Name: "York", Clients: 5}},
		Rules: []result.RuleResult{
			{ID: "END", Scope: rule.ClientScope, Verdict: result.Fail},
			{ID: "SITE", Scope: rule.EstateScope, Chain: 130, Explains: []string{"END"}, Verdict: result.Fail},
			{ID: "OWN", Scope: rule.ClientScope, Chain: 620, Explains: []string{"END"}, Verdict: result.Fail},
			{ID: "SCAN", Scope: rule.ClientScope, Chain: 710, Explains: []string{"END"}, Verdict: result.NotEvaluated, Reasons: []result.Reason{{Msg: "x"}}},
			{ID: "AWAY", Scope: rule.ClientScope, Chain: 910, Verdict: result.NotApplicable},
		},
		Causes: []result.Cause{{ID: "SITE:1", Rule: "SITE"}, {ID: "OWN", Rule: "OWN"}},
	}
	client := func(name string) result.Resource { return result.Resource{Type: "client", Name: name} }
	waiver := &result.WaiverUse{Reason: "r"}
	g := newGridder(compare.Alone(r))
	for _, f := range []result.Finding{
		{Rule: "SITE", Sites: []string{york}, Waiver: waiver},
		{Rule: "SITE"},
		{Rule: "END", Resource: client("a"), Sites: []string{leeds}, Cause: "SITE:1", Certainty: result.Sure},
		{Rule: "OWN", Resource: client("a"), Sites: []string{leeds}},
		{Rule: "END", Resource: client("b"), Sites: []string{leeds, york}, Cause: "OWN", Certainty: result.Possible},
		{Rule: "END", Resource: client("b"), Sites: []string{leeds, york}, Cause: "OWN", Certainty: result.Possible},
		{Rule: "END", Resource: client("c")},
		{Rule: "END", Resource: client("d"), Sites: []string{leeds}, BaselineState: result.Absent},
	} {
		g.count(f)
	}
	got := map[string][]string{}
	for _, row := range g.grid().Rows {
		for _, c := range row.Cells {
			got[row.Name] = append(got[row.Name], c.State()+": "+c.Says())
		}
	}
	const fine, unsure = "ok: nothing found", "unsure: nothing found, not all evaluated"
	want := map[string][]string{
		"Leeds":                    {"sure: 1 client blocked", "possible: 1 client possibly blocked", unsure, fine},
		"York":                     {"waived: 1 waived finding", "possible: 1 client possibly blocked", unsure, fine},
		"Clients in no known site": {fine, fine, unsure, "sure: 1 client blocked"},
		"Objects in no site":       {"fault: 1 finding", fine, unsure, fine},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestGridIsBounded: of many sites those of most trouble are drawn.
func TestGridIsBounded(t *testing.T) {
	r := &result.Result{Rules: []result.RuleResult{{ID: "SITE", Scope: rule.EstateScope, Chain: 100}}}
	for range gridRows + 3 {
		r.Sites = append(r.Sites, result.Site{GUID: "g" + string(rune('a'+len(r.Sites)%26)) + strings.Repeat("x", len(r.Sites)), Name: "fine"})
	}
	last := r.Sites[len(r.Sites)-1]
	g := newGridder(compare.Alone(r))
	g.count(result.Finding{Rule: "SITE", Sites: []string{last.GUID}})
	grid := g.grid()
	if len(grid.Rows) != gridRows || grid.More != 3 || grid.Rows[0].GUID != last.GUID {
		t.Errorf("%d rows, %d more, first %s", len(grid.Rows), grid.More, grid.Rows[0].GUID)
	}
}

// TestPageOfNothing: a page says what it has where there is next to nothing.
func TestPageOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := (htmlFormat{}).Write(&out, evaluate(t, docs["empty"]), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	b := openPage(t, out.Bytes())
	b.want("findings", `document.querySelector("#findings").innerText.replace(/\s+/g, " ")`, "Findings None.")
	b.want("not evaluated", `document.querySelectorAll("#not-evaluated tbody tr").length`, "3")
}

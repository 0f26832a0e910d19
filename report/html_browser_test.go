package report

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

func brokenPage(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := (htmlFormat{}).Write(&out, evaluate(t, docs["broken"]), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPageSearchesAndFilters(t *testing.T) {
	b := openPage(t, brokenPage(t))
	b.want("ready", ready, "yes")
	b.want("status", status, "9 findings")
	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "ill-03"))
	b.want("search for a name", objects, "ill-03")
	b.want("status of a search", status, "1 of 9 findings")
	b.press(kb.Escape)
	b.want("after Escape", status, "9 findings")
	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "ILL leeds acme-cli"))
	b.want("search for several words", status, "6 of 9 findings")
	b.do(chromedp.Click(chromedp.CSS("#clear")))
	b.want("after Clear", status, "9 findings")
	b.do(chromedp.Click(chromedp.CSS("[data-severity=critical]")))
	b.want("one severity", status, "2 of 9 findings")
	b.do(chromedp.Click(chromedp.CSS("[data-severity=high]")))
	b.want("two severities", status, "9 findings")
	b.do(chromedp.Click(chromedp.CSS("#clear")))
	for _, c := range []struct{ id, value, want string }{
		{"rule", "ACME-CLI-001", "7 of 9 findings"},
		{"site", "00000000-0000-0000-0000-000000000501", "7 of 9 findings"},
		{"site", "none", "1 of 9 findings"},
		{"cause", "1", "6 of 9 findings"},
	} {
		b.text(fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.getElementById(%q))`, c.value, c.id))
		b.want(c.id+" "+c.value, status, c.want)
		b.do(chromedp.Click(chromedp.CSS("#clear")))
		b.want("after Clear", status, "9 findings")
	}
	b.do(chromedp.Click(chromedp.CSS(`.cause [data-cause]`)))
	b.want("findings of a cause", status, "6 of 9 findings")
	b.do(chromedp.Click(chromedp.CSS(`.grid [data-site]`)))
	b.want("findings of a site", status, "7 of 9 findings")
	b.want("requests", `performance.getEntriesByType("resource").length`, "0")
}

func TestPageSorts(t *testing.T) {
	b := openPage(t, brokenPage(t))
	b.want("ready", ready, "yes")
	first := `document.querySelector("#rows .badge").textContent`
	b.want("the worst comes first", first, "critical")
	b.want("said to screen readers", `document.querySelector("[aria-sort]").textContent + document.querySelector("[aria-sort]").ariaSort`, "Severityascending")
	b.do(chromedp.Click(chromedp.CSS("[data-sort=severity]")))
	b.want("the least bad first", first, "high")
	b.do(chromedp.Click(chromedp.CSS("[data-sort=object]")), chromedp.Click(chromedp.CSS("[data-sort=object]")))
	b.want("by object, downwards", `document.querySelector("#rows .object bdi").textContent`, "Leeds")
	b.want("one column only", `document.querySelectorAll("[aria-sort]").length`, "1")
}

func TestPageKeyboard(t *testing.T) {
	b := openPage(t, brokenPage(t))
	b.want("ready", ready, "yes")
	b.strike("/")
	b.want("slash searches", active, "search")
	b.want("slash itself is not written", `document.getElementById("search").value`, "")
	b.strike("/")
	b.strike("x")
	b.want("slash in the search is text", `document.getElementById("search").value`, "/x")
	b.press(kb.Escape)
	b.want("emptied", status, "9 findings")
	b.press(kb.ArrowDown)
	b.want("down to the first finding", active, "Leeds")
	b.want("the focus is seen", `getComputedStyle(document.activeElement.closest("tr")).outlineStyle`, "solid")
	b.press(kb.ArrowDown, kb.ArrowDown)
	b.want("down twice", active, "ill-01")
	b.press(kb.Enter)
	b.want("opened", `document.activeElement.ariaExpanded`, "true")
	if got := b.text(detail); !strings.Contains(got, "name is ill, should be well") || !strings.Contains(got, "Rename the client. (KB1)") || !strings.Contains(got, "ACME-SITE-001 Site Leeds makes ill") {
		t.Errorf("the detail says %q", got)
	}
	b.press(kb.Escape)
	b.want("closed", detail, "")
	b.press(kb.ArrowUp, kb.ArrowUp, kb.ArrowUp)
	b.want("up to the search", active, "search")
	b.press(kb.ArrowDown, kb.End)
	b.want("end", active, `ill\nelsewhere`)
	b.press(kb.Home)
	b.want("home", active, "Leeds")
}

// manyOf are findings of the broken estate with the marks of waivers and of a
// baseline, n times over.
func manyOf(r *compare.Outcome, n int) iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		var all []result.Finding
		for f := range r.Findings() {
			all = append(all, f)
		}
		for i := range n {
			f := all[i%len(all)]
			f.Resource.Name = fmt.Sprintf("PC%06d", i)
			f.Msg += fmt.Sprintf(" for the %dth time", i/len(all))
			switch i % 1000 {
			case 1:
				f.BaselineState = result.New
			case 2:
				f.BaselineState = result.Absent
			case 3:
				f.Waiver = &result.WaiverUse{Reason: "Moves on Monday", Owner: "anna", Ticket: "CHG-7", Expires: "2026-03-31", Place: "nscheck-waivers.yaml:3"}
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// TestPageOfManyFindings: a hundred thousand findings can be searched and
// turned, and only a page of them is in the document.
func TestPageOfManyFindings(t *testing.T) {
	const n = 100_000
	var out bytes.Buffer
	r := evaluate(t, docs["broken"])
	if err := writePage(&out, r, manyOf(r, n), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	b := openPage(t, out.Bytes())
	for range 100 { // each wait is ten seconds at most
		if b.text(ready) == "yes" {
			break
		}
		time.Sleep(time.Second)
	}
	b.want("status", status, "100,000 findings")
	b.want("rows", rows, "50")
	b.want("pages", `document.getElementById("place").textContent`, "page 1 of 2000")
	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "PC099999"))
	b.want("search", objects, "PC099999")
	b.want("a text beyond those remembered", `document.querySelector("#rows .open").textContent`, "Site Leeds makes ill for the 11111th time")
	b.press(kb.Escape)
	b.want("all again", status, "100,000 findings")
	b.do(chromedp.Click(chromedp.CSS("[data-sort=object]")), chromedp.Click(chromedp.CSS("#next")))
	b.want("the second page", `document.querySelector("#rows .object bdi").textContent`, "PC000050")
	b.do(chromedp.Focus(chromedp.CSS("#rows tr:last-child button.open")))
	b.press(kb.ArrowDown)
	b.want("down to the third page", active, "PC000100")
	b.press(kb.PageUp)
	b.want("back a page", active, "PC000050")
	b.want("data is let go once read", `document.querySelectorAll("script.findings").length`, "0")
	b.state("new", "new", "PC000001", "Statenew")
	b.state("absent", "gone", "PC000002", "Stategone")
	b.state("waived", "waived", "PC000003", "WaivedMoves on Monday; owner anna; CHG-7; until 2026-03-31; nscheck-waivers.yaml:3")
}

// state looks at the findings that a waiver or a baseline marks.
func (b *tab) state(value, mark, first, says string) {
	b.Helper()
	b.text(fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.getElementById("state"))`, value))
	b.want(value, status, "100 of 100,000 findings")
	b.want("first "+value, `document.querySelector("#rows .object bdi").textContent`, first)
	b.want("mark of "+value, `document.querySelector("#rows .mark-`+value+`").textContent`, mark)
	b.do(chromedp.Click(chromedp.CSS("#rows button.open")))
	if got := b.text(detail); !strings.Contains(got, says) {
		b.Errorf("the detail of %s says %q, want %q", value, got, says)
	}
}

// TestPageInPrint: the whole of it is printed: what is folded on the screen, and
// more than one page of findings.
func TestPageInPrint(t *testing.T) {
	var out bytes.Buffer
	r := evaluate(t, docs["broken"])
	if err := writePage(&out, r, manyOf(r, 300), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	b := openPage(t, out.Bytes())
	b.want("ready", ready, "yes")
	b.text(`dispatchEvent(new Event("beforeprint"))`)
	b.want("rows", rows, "250")
	b.want("what is left out", status, "300 findings; the first 250 are printed")
	b.want("folded", `document.querySelectorAll("details:not([open])").length`, "0")
	b.text(`dispatchEvent(new Event("afterprint"))`)
	b.want("rows afterwards", rows, "50")
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("%d bytes: %v", len(pdf), err)
	}
}

// hostile are names that would be code, markup or the end of an element if
// anything took them for that.
var hostile = []string{
	`</script><script>alert(1)</script>`, `<img src=x onerror=alert(2)>`, `"><svg onload=alert(3)>`, `<!--<script>`, `]]>`,
	`{{.Snapshot}}`, `javascript:alert(4)`, `' onfocus='alert(5)`, "\u2028alert(6)", `\u003c/script>`, `</style><style>*{display:none}`, `&lt;b&gt;`,
}

// TestPageOfHostileNames: whatever an object is called, it is text.
func TestPageOfHostileNames(t *testing.T) {
	var doc strings.Builder
	doc.WriteString("estate:\n  server: {name: \"<b onclick=alert(0)>\", version: 8.5.5032}\n  policies: []\n  subnets: []\n  sites:\n")
	for i, name := range hostile {
		fmt.Fprintf(&doc, "    - {guid: 00000000-0000-0000-0000-0000000005%02d, name: %s}\n", i, quoted(name))
	}
	doc.WriteString("clients:\n")
	for i, name := range hostile {
		fmt.Fprintf(&doc, "  - {guid: 00000000-0000-0000-0000-0000000001%02d, name: %s, domain: D, status: Active, addresses: []}\n", i, quoted("ill "+name))
	}
	var out bytes.Buffer
	if err := (htmlFormat{}).Write(&out, evaluate(t, doc.String()), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	b := openPage(t, out.Bytes())
	b.want("ready", ready, "yes")
	b.want("scripts", `[...document.scripts].map(s => s.className || s.type || "own").join()`, "head,own")
	b.want("elements from names", `document.querySelectorAll("img, [onclick], [onerror], [onload], [onfocus], svg:not(.share, .held svg), style:not(head style)").length`, "0")
	b.want("styles", `document.querySelectorAll("style").length`, "1")
	b.want("title", `document.title`, "nscheck: <b onclick=alert(0)>")
	var want []string
	for _, name := range append(slices.Clone(hostile), prefixed("ill ", hostile)...) {
		want = append(want, Name(name))
	}
	got := strings.Split(b.text(objects), "|")
	slices.Sort(got)
	want = append(want, "policies")
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names in the table (-want +got):\n%s", diff)
	}
	b.text(`document.querySelectorAll("#rows button.open").forEach(e => e.click())`)
	b.want("sites in the picture", `document.querySelectorAll(".grid [data-site]").length`, fmt.Sprint(len(hostile)))
}

func prefixed(prefix string, list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, prefix+s)
	}
	return out
}

func quoted(s string) string {
	b, err := encodeJSON(s, "")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestPageOfAComparison leads with what is new, and tells old causes from it.
func TestPageOfAComparison(t *testing.T) {
	var out bytes.Buffer
	r := compared(t, strings.Replace(comparedChange, "York: {}", `"<b>York</b>": {subnets: [10.1.0.0/24]}`, 1), evaluator.Options{})
	if err := (htmlFormat{}).Write(&out, r, Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	b := openPage(t, out.Bytes())
	b.want("ready", ready, "yes")
	b.want("what leads", `document.querySelector("h1").innerText`, "1 new finding")
	b.want("one heading", `document.querySelectorAll("h1").length`, "1")
	b.want("the cause", `document.querySelector(".cause h3").innerText`, "Possibly Site <b>York</b> makes ill new")
	b.want("the setting", `document.querySelector(".fresh .behind").innerText`, "Because of sites[<b>York</b>] added (change.yaml:4).")
	b.do(chromedp.Click(chromedp.CSS("[data-state]")))
	b.want("only what is new", status, "1 of 10 findings")
	b.do(chromedp.Click(chromedp.CSS("#rows button.open")))
	for _, says := range []string{"Because of", "nscheck waiver add --from RESULT --fingerprint "} {
		b.want(says, fmt.Sprintf(`document.querySelector("#detail").innerText.includes(%q)`, says), "true")
	}
}

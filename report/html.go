package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"iter"
	"unicode/utf8"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// htmlFormat writes the result as one self-contained page:
// causes first, then what is broken at each site, all findings to search and
// filter, what was not evaluated, and where it all comes from. Findings are
// data in the page, written as they come, and shown by its script. Nothing that
// comes from outside is ever markup or code.
type htmlFormat struct{}

var (
	//go:embed html/page.html
	htmlPage string
	//go:embed html/style.css
	htmlStyle string
	//go:embed html/script.js
	htmlScript string
)

var htmlTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"name":     Name,
	"text":     Message,
	"value":    value,
	"plural":   plural,
	"within":   within,
	"extent":   func(r result.RuleResult) string { return extent(&r) },
	"kind":     objectKind,
	"advice":   advice,
	"verdict":  func(v result.Verdict) string { return verdictWord[v] },
	"setting":  setting,
	"severity": func(r result.RuleResult) string { return r.SeverityChange.Described(r.Severity) },
	"effect":   effectOfFix,
	"decided": func(r *compare.Outcome, rule result.RuleResult) []string {
		return decidedBy(&r.Pack, rule.DecidedBy)
	},
	"state":   func(s result.BaselineState) string { return stateWord[s] },
	"percent": percent,
	"inc":     func(i int) int { return i + 1 },
	"more":    func(n int64, shown []result.Resource) int64 { return n - int64(len(shown)) },
}).Parse(htmlPage))

// page has the data of the template.
type page struct {
	*compare.Outcome
	Ends     []pageEnd
	Causes   []pageCause
	Grid     grid
	Verdicts rulesByVerdict
	Exit     Exit
	Meaning  string
	Facts    []fact
	Total    int64
	Marks    marks
	Against  *against // nil where the result is not the head of a comparison

	Style  template.CSS
	Script template.JS
	Policy string
}

func (htmlFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return writePage(out, r, listed(r), o)
}

// writePage reads the findings twice: once to count them, and once to write them.
func writePage(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) error {
	p, err := newPage(r, findings, o)
	if err != nil {
		return err
	}
	visible := &visibleWriter{out: out}
	w := bufio.NewWriter(visible)
	if err := htmlTemplate.ExecuteTemplate(w, "head", p); err != nil {
		return err
	}
	if err := writeFindingsData(w, r, findings); err != nil {
		return err
	}
	if err := htmlTemplate.ExecuteTemplate(w, "foot", p); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return visible.end()
}

// visibleWriter shows control characters, which may come from names and from the
// texts of rules, as escapes.
type visibleWriter struct {
	out  io.Writer
	part []byte // of a character whose other bytes have not come yet
}

func (w *visibleWriter) Write(p []byte) (int, error) {
	text := append(w.part, p...)
	end := len(text)
	for i := 1; i <= min(len(text), utf8.UTFMax-1); i++ {
		if tail := text[len(text)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				end = len(text) - i
			}
			break
		}
	}
	w.part = bytes.Clone(text[end:])
	if text = text[:end]; bytes.ContainsFunc(text, isUnsafe) {
		var shown []byte
		for _, r := range string(text) {
			if isUnsafe(r) {
				shown = fmt.Appendf(shown, `\u%04x`, r)
				continue
			}
			shown = utf8.AppendRune(shown, r)
		}
		text = shown
	}
	if _, err := w.out.Write(text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// end writes what is no whole character.
func (w *visibleWriter) end() error {
	_, err := w.out.Write(w.part)
	return err
}

func newPage(r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) (*page, error) {
	p := &page{
		Outcome:  r,
		Exit:     o.exit(r),
		Verdicts: newRulesByVerdict(r),
		Facts:    provenance(r),
		Style:    template.CSS(htmlStyle),
		Script:   template.JS(htmlScript),
		Policy:   contentPolicy(),
	}
	p.Meaning = exitMeaning(r, o)
	p.Against = newAgainst(r)
	ends, grid := chainEnds(r.Rules), newGridder(r)
	behind := newCauseFindings(r)
	byRule := map[string]*end{}
	for _, e := range ends {
		byRule[e.rule.ID] = e
	}
	for f, err := range findings {
		if err != nil {
			return nil, err
		}
		p.Total++
		p.Marks.count(f)
		behind.note(f)
		p.Against.note(f)
		if e := byRule[f.Rule]; e != nil && !gone(f) {
			e.count(f)
		}
		grid.count(f)
	}
	for _, e := range ends {
		p.Ends = append(p.Ends, newPageEnd(r, e))
	}
	p.Against.settle()
	p.Causes = pageCauses(r, behind)
	p.Grid = grid.grid()
	return p, nil
}

// contentPolicy lets the page load nothing, and run nothing but its own script.
func contentPolicy() string {
	return "default-src 'none'; script-src " + hashSource(htmlScript) + "; style-src " + hashSource(htmlStyle) +
		"; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// marks counts findings by waiver and by state against a baseline.
type marks struct{ New, Unchanged, Absent, Waived int64 }

func (m *marks) count(f result.Finding) {
	switch f.BaselineState {
	case result.New:
		m.New++
	case result.Unchanged:
		m.Unchanged++
	case result.Absent:
		m.Absent++
	}
	if f.Waiver != nil {
		m.Waived++
	}
}

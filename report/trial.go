package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// trialIndent is where the text of a trial begins behind its labels.
const trialIndent = 10

// Trial writes the answers of one rule about a snapshot, and how they came about.
func Trial(out io.Writer, t *evaluator.Trial, o Options) error {
	w := newWriter(out, o)
	w.put(block{lead: t.Rule, body: t.Rule + "  " + Name(t.Title)})
	w.put(block{body: t.File})
	w.line("")
	w.trialVerdict(t)
	w.trialFindings(t)
	w.trialUnknown(t)
	w.trialTally(t)
	w.trialPrinted(t)
	w.trialClauses(t)
	if w.cut {
		w.line("")
		w.put(block{body: "Lists are shortened; use --limit N for more."})
	}
	return w.out.Flush()
}

func (w *writer) trialFact(label, body string) {
	w.put(block{label: label, indent: trialIndent, body: body})
}

func (w *writer) trialVerdict(t *evaluator.Trial) {
	if t.Client != nil {
		w.trialFact("Client", Name(t.Client.Name)+"  "+t.Client.GUID)
	}
	verdict := string(t.Verdict)
	if t.FindingCount > 0 {
		verdict += ", " + plural(t.FindingCount, "finding")
	}
	if t.UnknownCount > 0 {
		verdict += ", " + plural(t.UnknownCount, "object") + " it could not evaluate"
	}
	if t.Scope == rule.ClientScope && t.Client == nil {
		verdict += ", of " + plural(t.Clients, "client")
	}
	colors := text.Colors{text.FgGreen}
	if t.Verdict != result.Pass {
		colors = text.Colors{text.FgRed}
	}
	w.put(block{label: "Verdict", indent: trialIndent, body: verdict, colors: colors})
	for _, r := range t.Reasons {
		w.item(trialIndent, clean(r.Msg, maxMessageLength))
	}
}

// trialHeading heads a list of which n entries are shown.
func (w *writer) trialHeading(title string, shown int, n int64) {
	if int64(shown) < n {
		w.cut = true
		title = fmt.Sprintf("%s (the first %d of %d)", title, shown, n)
	}
	w.heading(title)
}

func (w *writer) trialFindings(t *evaluator.Trial) {
	if t.FindingCount == 0 {
		return
	}
	w.trialHeading("FINDINGS", len(t.Findings), t.FindingCount)
	for _, f := range t.Findings {
		w.item(2, clean(f.Msg, maxMessageLength))
		field := func(label, value string) {
			if value != "" {
				w.put(block{at: 4, indent: 14, label: label, body: clean(value, maxMessageLength)})
			}
		}
		field("object", f.Resource.Type+" "+Name(f.Resource.Name)+"  "+f.Resource.GUID)
		field("package", f.Package)
		field("path", f.Path)
		field("expected", plainJSON(f.Expected))
		field("actual", plainJSON(f.Actual))
		for _, s := range f.Affects {
			field("affects", selectorText(s))
		}
		if f.AffectsUnknown {
			field("affects", "unknown")
		}
	}
	for _, r := range t.AffectsUnknown {
		w.put(block{at: 2, indent: 2, body: "Which clients they affect is unknown: " + clean(r.Msg, maxMessageLength)})
	}
}

// plainJSON returns a value as JSON; empty if nil.
func plainJSON(v any) string {
	if v == nil {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// selectorText returns the `affects` of a finding as the rule wrote it.
func selectorText(s result.Selector) string {
	return plainJSON(s)
}

func (w *writer) trialUnknown(t *evaluator.Trial) {
	if t.UnknownCount == 0 {
		return
	}
	shown := int64(0)
	for _, u := range t.Unknown {
		shown += u.Count
	}
	w.trialHeading("COULD NOT BE EVALUATED", int(shown), t.UnknownCount)
	for _, u := range t.Unknown {
		w.item(2, fmt.Sprintf("%s: %s", clean(u.Msg, maxMessageLength), w.sample(u.Sample, u.Count)))
	}
}

func (w *writer) trialTally(t *evaluator.Trial) {
	if t.TallyCount == 0 {
		return
	}
	w.trialHeading("COUNTED IN data.totals.tally", len(t.Tally), t.TallyCount)
	for _, e := range t.Tally {
		w.item(2, fmt.Sprintf("%s: %d", clean(e.Ref(), maxMessageLength), e.Clients))
	}
}

func (w *writer) trialPrinted(t *evaluator.Trial) {
	if len(t.Printed) == 0 && t.PrintedClients == 0 {
		return
	}
	w.trialHeading("PRINTED", len(t.Printed), int64(len(t.Printed))+t.PrintedMore)
	for _, p := range t.Printed {
		place := fmt.Sprintf("%s:%d", p.File, p.Line)
		if p.Client != nil {
			place += "  " + Name(p.Client.Name)
		}
		w.put(block{at: 2, indent: 4, label: place, body: clean(p.Text, maxMessageLength)})
	}
	if t.PrintedClients > 0 {
		w.put(block{at: 2, indent: 2, body: fmt.Sprintf("It was shown for %s; use --client to choose another one.", plural(int64(t.PrintedClients), "client"))})
	}
}

func (w *writer) trialClauses(t *evaluator.Trial) {
	if t.Clauses == nil {
		return
	}
	title := "WHERE IT STOPPED"
	if t.ClausesClient != nil {
		title += " for " + Name(t.ClausesClient.Name)
	}
	w.heading(title)
	for i, c := range t.Clauses {
		if i > 0 {
			w.line("")
		}
		w.trialClause(c)
	}
}

func (w *writer) trialClause(c evaluator.Clause) {
	held := "did not hold"
	if c.Matched > 0 {
		held = "held " + times(c.Matched)
	}
	w.put(block{at: 2, indent: 2, body: fmt.Sprintf("%s:%d  %s %s", c.File, c.Line, c.Output, held), colors: bold})
	for _, r := range c.Reasons {
		w.item(4, "not evaluated: "+clean(r.Msg, maxMessageLength))
	}
	if c.Matched == 0 && len(c.Stops) == 0 && len(c.Reasons) == 0 {
		w.item(4, "it was not reached")
	}
	for i, s := range c.Stops {
		shown := len(s.Samples)
		if i > 0 {
			shown = min(shown, 1) // the furthest is the most useful
		}
		w.trialStop(4, s, shown)
	}
}

func times(n int64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// trialStop writes an expression that did not hold, with the first of those times.
func (w *writer) trialStop(at int, s evaluator.Stop, shown int) {
	place := fmt.Sprintf("%s:%d", s.File, s.Line)
	if s.Helper != "" {
		place += " in " + s.Helper
	}
	w.put(block{at: at, indent: at + 2, label: place, body: s.Source})
	for _, i := range s.Samples[:min(shown, len(s.Samples))] {
		w.item(at+4, iterationText(i))
		for _, h := range i.Helpers {
			w.trialStop(at+6, h, 1)
		}
	}
	if more := s.Iterations - int64(shown); more > 0 && s.Helper == "" {
		w.cut = w.cut || int64(len(s.Samples)) < s.Iterations
		w.put(block{at: at + 4, indent: at + 4, body: fmt.Sprintf("and %d more", more)})
	}
}

func iterationText(i evaluator.Iteration) string {
	list := func(values []evaluator.NamedValue, is string) string {
		var parts []string
		for _, v := range values {
			parts = append(parts, v.Name+is+v.Value)
		}
		return strings.Join(parts, ", ")
	}
	text := i.Why
	if len(i.Of) > 0 {
		text = list(i.Of, " ") + ": " + text
	}
	if len(i.Values) > 0 {
		text += "; " + list(i.Values, " = ")
	}
	return text
}

package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator"
)

const (
	// defaultWidth is the width for pipes and files.
	defaultWidth = 80
	// findingsShown is how many findings of one rule are shown.
	findingsShown = 5
)

// tableFormat writes the result for people: causes first, then findings by
// rule, then what was not evaluated and why.
type tableFormat struct{}

func (tableFormat) Write(out io.Writer, r *evaluator.Result, o Options) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	shown, err := firstFindings(r)
	if err != nil {
		return err
	}
	w := &tableWriter{out: bufio.NewWriter(out), paint: paint(o.Color), width: max(40, o.Width)}
	w.head(r)
	w.causes(r)
	w.findings(r, shown)
	w.notEvaluated(r)
	w.conclusion(r, o)
	return w.out.Flush()
}

// firstFindings are the findings to show, by rule id.
func firstFindings(r *evaluator.Result) (map[string][]evaluator.Finding, error) {
	shown := map[string][]evaluator.Finding{}
	for f, err := range r.Findings() {
		if err != nil {
			return nil, err
		}
		if len(shown[f.Rule]) < findingsShown {
			shown[f.Rule] = append(shown[f.Rule], f)
		}
	}
	return shown, nil
}

type tableWriter struct {
	out   *bufio.Writer
	paint paint
	width int
}

func (w *tableWriter) line(format string, args ...any) {
	fmt.Fprintf(w.out, format+"\n", args...)
}

// block writes text wrapped into the width, behind a label on its first line.
func (w *tableWriter) block(indent int, label, body string) {
	pad := strings.Repeat(" ", indent)
	first := text.Pad(label, indent, ' ')
	if text.StringWidthWithoutEscSequences(label) > indent {
		w.line("%s", label)
		first = pad
	}
	for _, l := range strings.Split(text.WrapSoft(body, w.width-indent), "\n") {
		w.line("%s%s", first, strings.TrimRight(l, " "))
		first = pad
	}
}

func (w *tableWriter) head(r *evaluator.Result) {
	var facts []string
	if s := r.Snapshot.Server; s != nil {
		facts = append(facts, "Notification Server "+Name(s.Name))
		if s.Version != nil {
			facts = append(facts, "version "+Name(*s.Version))
		}
	}
	facts = append(facts, plural(r.Snapshot.ActiveClients, "active client"))
	if m := r.Snapshot.Manifest; m != nil {
		facts = append(facts, "collected "+m.CollectedAt.Format("2006-01-02 15:04 UTC"))
	}
	w.block(0, "", w.paint.heading("nscheck "+r.Tool.Version)+"  "+strings.Join(facts, ", "))
	var verdicts []string
	for _, v := range evaluator.Verdicts {
		if n := r.Summary.Rules[v]; n > 0 {
			verdicts = append(verdicts, fmt.Sprintf("%d %s", n, verdictWord[v]))
		}
	}
	w.block(0, "", plural(int64(len(r.Rules)), "rule")+": "+strings.Join(verdicts, ", "))
	if len(r.Pack.ChangedParams) > 0 {
		var params []string
		for _, name := range r.Pack.ChangedParams {
			params = append(params, fmt.Sprintf("%s = %v", name, r.Pack.Params[name]))
		}
		w.block(0, "", "Parameters changed: "+strings.Join(params, ", "))
	}
}

var verdictWord = map[evaluator.Verdict]string{
	evaluator.Errored:       "broke",
	evaluator.Fail:          "failed",
	evaluator.NotEvaluated:  "not evaluated",
	evaluator.NotApplicable: "not applicable",
	evaluator.Pass:          "passed",
}

const causeIndent = 16

func (w *tableWriter) causes(r *evaluator.Result) {
	if len(r.Causes) == 0 && len(r.Unexplained) == 0 {
		return
	}
	w.line("")
	w.line("%s", w.paint.heading("CAUSES"))
	for _, c := range r.Causes {
		w.line("")
		w.block(causeIndent, "  "+w.paint.in(plural(c.Clients, "client"), text.Bold), clean(c.Msg, 1000))
		origin := fmt.Sprintf("%s, %s cause of %s on %s", w.paint.in(c.Rule, text.Bold), c.Certainty,
			strings.Join(c.Explains, ", "), names(c.Sample, c.Clients))
		w.block(causeIndent, "", origin)
		w.block(causeIndent, "", whatIf(c))
		if c.Path != "" {
			w.block(causeIndent, "", fmt.Sprintf("Setting: %s is %s, should be %s", Name(c.Path), value(c.Actual), value(c.Expected)))
		}
		w.remediation(causeIndent, c.Remediation)
	}
	for _, u := range r.Unexplained {
		w.line("")
		w.block(causeIndent, "  "+w.paint.in(plural(u.Clients, "client"), text.Bold),
			fmt.Sprintf("%s without a known cause: %s", u.Rule, names(u.Sample, u.Clients)))
	}
}

// whatIf says how many clients are free when a cause is mended.
func whatIf(c evaluator.Cause) string {
	verb := "frees"
	if c.Certainty == evaluator.Possible {
		verb = "may free"
	}
	switch {
	case c.Frees < c.Clients:
		return fmt.Sprintf("Mending this %s %d of %s; the others have a further sure cause", verb, c.Frees, plural(c.Clients, "client"))
	case c.Clients == 1:
		return fmt.Sprintf("Mending this %s the client", verb)
	}
	return fmt.Sprintf("Mending this %s all %s", verb, plural(c.Clients, "client"))
}

func value(v any) string {
	if v == nil {
		return "not set"
	}
	return Name(fmt.Sprint(v))
}

func (w *tableWriter) remediation(indent int, list []evaluator.Remediation) {
	for _, m := range list {
		body := m.Text
		if m.Ref != "" {
			body += " (" + m.Ref + ")"
		}
		label := "To do: "
		if len(list) > 1 && m.Versions != "" {
			label = "To do in " + m.Versions + ": "
		}
		for _, paragraph := range strings.Split(label+body, "\n\n") {
			w.block(indent, "", w.paint.in(strings.Join(strings.Fields(paragraph), " "), text.FgGreen))
		}
	}
}

const findingIndent = 12

func (w *tableWriter) findings(r *evaluator.Result, shown map[string][]evaluator.Finding) {
	rules := slices.DeleteFunc(slices.Clone(r.Rules), func(x evaluator.RuleResult) bool { return x.Findings == 0 })
	if len(rules) == 0 {
		return
	}
	slices.SortStableFunc(rules, func(a, b evaluator.RuleResult) int {
		return slices.Index(evaluator.Severities, a.Severity) - slices.Index(evaluator.Severities, b.Severity)
	})
	w.line("")
	w.line("%s", w.paint.heading("FINDINGS"))
	for _, rule := range rules {
		w.line("")
		label := "  " + w.paint.severity(rule.Severity, string(rule.Severity))
		w.block(findingIndent, label, fmt.Sprintf("%s %s: %s", w.paint.in(rule.ID, text.Bold), rule.Title, plural(rule.Findings, "finding")))
		w.params(rule)
		if rule.Scope == evaluator.ClientScope {
			w.clientFindings(rule, shown[rule.ID])
			continue
		}
		for _, f := range shown[rule.ID] {
			w.item(clean(f.Msg, 1000))
		}
		if rest := rule.Findings - int64(len(shown[rule.ID])); rest > 0 {
			w.item(fmt.Sprintf("and %d more", rest))
		}
	}
}

// params tells which parameters of a rule are not the defaults.
func (w *tableWriter) params(rule evaluator.RuleResult) {
	for _, name := range slices.Sorted(maps.Keys(rule.Params)) {
		w.block(findingIndent, "", fmt.Sprintf("with the parameter %s = %v", name, rule.Params[name]))
	}
}

// item writes one point of a list under a rule.
func (w *tableWriter) item(body string) {
	w.block(findingIndent+2, strings.Repeat(" ", findingIndent)+"- ", body)
}

func (w *tableWriter) clientFindings(rule evaluator.RuleResult, shown []evaluator.Finding) {
	var sample []evaluator.Resource
	for _, f := range shown {
		sample = append(sample, f.Resource)
	}
	w.item(names(sample, rule.Findings))
}

func (w *tableWriter) notEvaluated(r *evaluator.Result) {
	began := false
	for _, rule := range r.Rules {
		if len(rule.Reasons) == 0 && len(rule.Unknown) == 0 {
			continue
		}
		if !began {
			began = true
			w.line("")
			w.line("%s", w.paint.heading("NOT EVALUATED"))
		}
		w.line("")
		extent := verdictWord[rule.Verdict]
		if rule.Verdict == evaluator.Fail {
			extent = "not evaluated in full"
		}
		w.block(findingIndent, "", fmt.Sprintf("%s %s: %s", w.paint.in(rule.ID, text.Bold), rule.Title, extent))
		for _, reason := range rule.Reasons {
			w.item(clean(reason.Msg, 500))
		}
		for _, u := range rule.Unknown {
			w.item(fmt.Sprintf("%s: %s", clean(u.Msg, 500), names(u.Sample, u.Count)))
		}
	}
}

func (w *tableWriter) conclusion(r *evaluator.Result, o Options) {
	w.line("")
	var parts []string
	for _, s := range evaluator.Severities {
		if n := r.Summary.Findings[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	counted := "none"
	if len(parts) > 0 {
		counted = strings.Join(parts, ", ")
	}
	status := r.ExitStatus(o.FailOn, o.AllowIncomplete)
	meaning := map[int]string{
		evaluator.ExitClean:      "clean",
		evaluator.ExitFindings:   "findings at or above " + string(o.FailOn),
		evaluator.ExitTrouble:    "a rule broke",
		evaluator.ExitIncomplete: "something was not evaluated",
	}[status]
	switch {
	case status == evaluator.ExitClean && r.Incomplete():
		meaning = "what was not evaluated is allowed"
	case status == evaluator.ExitClean && len(parts) > 0:
		meaning = "no finding at or above " + string(o.FailOn)
	}
	w.block(0, "", fmt.Sprintf("Findings: %s. Exit status %d: %s.", counted, status, meaning))
}

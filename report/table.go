package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// tableFormat writes the result for people: in one sentence what is wrong and
// why, then causes, then findings by rule, then what was not evaluated and why.
type tableFormat struct{}

func (tableFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	g, err := gather(r)
	if err != nil {
		return err
	}
	w := newWriter(out, o)
	w.head(r)
	for _, e := range g.ends {
		w.headline(r, e)
	}
	w.causes(r)
	w.findings(r, g)
	w.waivers(r.Waivers, plural(total(r.Summary.Waived), "finding"))
	if err := w.baseline(r); err != nil {
		return err
	}
	w.notEvaluated(r)
	w.aside(r, result.NoSource, "No source")
	w.aside(r, result.NotApplicable, "Not applicable")
	w.switchedOff(r.Configured())
	w.conclusion(r, o)
	return w.out.Flush()
}

func (w *writer) head(r *compare.Outcome) {
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
	if r.AsOf != "" {
		facts = append(facts, "evaluated as of "+string(r.AsOf))
	}
	lead := "nscheck " + r.Tool.Version + ":"
	w.put(block{lead: lead, body: lead + " " + strings.Join(facts, ", ")})
	if params := paramChanges(r.Pack); len(params) > 0 {
		w.put(block{body: "Parameters changed: " + strings.Join(params, ", ")})
	}
	w.configured(r.Pack.Packs, r.Configured())
}

func (w *writer) notEvaluated(r *compare.Outcome) {
	began := false
	for _, rule := range r.Rules {
		if setAside(rule.Verdict) || len(rule.Reasons) == 0 && len(rule.Unknown) == 0 && len(rule.AffectsUnknown) == 0 {
			continue
		}
		if !began {
			began = true
			w.heading("NOT EVALUATED")
		}
		w.line("")
		extent := verdictWord[rule.Verdict]
		if rule.Findings > 0 && rule.Verdict != result.Errored {
			extent = "not evaluated in full"
		}
		w.put(block{indent: 2, lead: rule.ID, body: rule.ID + " " + rule.Title + ": " + extent})
		for _, reason := range rule.Reasons {
			w.item(2, clean(reason.Msg, 500))
		}
		for _, reason := range rule.AffectsUnknown {
			w.item(2, "which clients it affects: "+clean(reason.Msg, 500))
		}
		for _, u := range rule.Unknown {
			w.item(2, fmt.Sprintf("%s (%s)", clean(u.Msg, 500), w.sample(u.Sample, u.Count)))
		}
	}
}

// aside names the rules that are for other versions or set-ups, or for which no
// source was named: nothing is missing there, so they are kept apart from what was
// not evaluated.
func (w *writer) aside(r *compare.Outcome, verdict result.Verdict, lead string) {
	var reasons []string
	rules := map[string][]string{}
	for _, rule := range r.Rules {
		if rule.Verdict != verdict {
			continue
		}
		reason := ""
		if len(rule.Reasons) > 0 {
			reason = rule.Reasons[0].Msg
		}
		if rules[reason] == nil {
			reasons = append(reasons, reason)
		}
		rules[reason] = append(rules[reason], rule.ID)
	}
	for i, reason := range reasons {
		if i == 0 {
			w.line("")
		}
		body := lead + ": " + strings.Join(rules[reason], ", ")
		if reason != "" {
			body += " (" + strings.TrimPrefix(reason, "the rule is ") + ")"
		}
		w.put(block{body: body})
	}
}

func (w *writer) conclusion(r *compare.Outcome, o Options) {
	w.line("")
	if w.cut {
		w.put(block{body: "Lists are shortened; -f json=FILE writes them in full."})
	}
	if failing(r) {
		w.howToPass(acceptByObject)
	}
	w.put(block{body: byVerdict(r) + "."})
	status := r.ExitStatus(o.FailOn, o.AllowIncomplete)
	w.put(block{body: fmt.Sprintf("Findings: %s. Exit status %d: %s.", bySeverity(r), status, exitMeaning(r, o))})
}

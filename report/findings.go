package report

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator"
)

const findingIndent = 12

// findings writes what every rule found, the worst first, and what to do where
// CAUSES has not said it.
func (w *writer) findings(r *evaluator.Outcome, g *gathered) {
	rules := slices.DeleteFunc(slices.Clone(r.Rules), func(x evaluator.RuleResult) bool { return x.Findings == 0 })
	if len(rules) == 0 {
		return
	}
	slices.SortStableFunc(rules, func(a, b evaluator.RuleResult) int {
		return slices.Index(evaluator.Severities, a.Severity) - slices.Index(evaluator.Severities, b.Severity)
	})
	w.heading("FINDINGS")
	for _, rule := range rules {
		w.line("")
		w.put(block{
			at: 2, indent: findingIndent, label: string(rule.Severity), labels: severityColors(rule.Severity),
			lead: rule.ID, body: fmt.Sprintf("%s %s: %s", rule.ID, rule.Title, extent(&rule)),
		})
		if rule.SeverityChange != nil {
			w.put(block{indent: findingIndent, body: "severity " + clean(rule.SeverityChange.Described(rule.Severity), 500)})
		}
		w.decidedBy(&r.Pack, rule.DecidedBy)
		if rule.Scope == evaluator.ClientScope {
			w.clientFindings(rule, g.clients[rule.ID])
		} else {
			w.estateFindings(rule, g.estate[rule.ID])
		}
		w.advise(2, findingIndent, "To do", rule.ID, "", rule.Remediation)
	}
}

func (w *writer) estateFindings(rule evaluator.RuleResult, shown []evaluator.Finding) {
	for _, f := range shown {
		w.item(findingIndent, clean(said(f), 1000)+remark(&f))
	}
	if rest := rule.Findings - int64(len(shown)); rest > 0 {
		w.cut = true
		w.item(findingIndent, fmt.Sprintf("and %d more", rest))
	}
}

// clientFindings writes what a rule says and, behind it, of which clients.
func (w *writer) clientFindings(rule evaluator.RuleResult, m *messages) {
	rest := rule.Findings
	for _, g := range m.most() {
		w.item(findingIndent, fmt.Sprintf("%s (%s)", clean(g.msg, 500), w.sample(g.sample, g.count)))
		rest -= g.count
	}
	if rest > 0 {
		w.cut = true
		w.item(findingIndent, fmt.Sprintf("and %d more with other messages", rest))
	}
}

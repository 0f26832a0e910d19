package report

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

const findingIndent = 12

// findings writes what every rule found, the worst first, and what to do where
// CAUSES has not said it.
func (w *writer) findings(r *compare.Outcome, g *gathered) {
	rules := slices.DeleteFunc(slices.Clone(r.Rules), func(x result.RuleResult) bool { return x.Findings == 0 })
	if len(rules) == 0 {
		return
	}
	slices.SortStableFunc(rules, func(a, b result.RuleResult) int {
		return slices.Index(rule.Severities, a.Severity) - slices.Index(rule.Severities, b.Severity)
	})
	w.heading("FINDINGS")
	for _, rl := range rules {
		w.line("")
		w.put(block{
			at: 2, indent: findingIndent, label: string(rl.Severity), labels: severityColors(rl.Severity),
			lead: rl.ID, body: fmt.Sprintf("%s %s: %s", rl.ID, rl.Title, extent(&rl)),
		})
		if rl.SeverityChange != nil {
			w.put(block{indent: findingIndent, body: "severity " + clean(rl.SeverityChange.Described(rl.Severity), 500)})
		}
		w.decidedBy(&r.Pack, rl.DecidedBy)
		if rl.Scope == rule.ClientScope {
			w.clientFindings(rl, g.clients[rl.ID])
		} else {
			w.estateFindings(rl, g.estate[rl.ID])
		}
		w.advise(2, findingIndent, "To do", rl.ID, "", rl.Remediation)
	}
}

func (w *writer) estateFindings(rule result.RuleResult, shown []result.Finding) {
	for _, f := range shown {
		w.item(findingIndent, clean(said(f), 1000)+remark(&f))
	}
	if rest := rule.Findings - int64(len(shown)); rest > 0 {
		w.cut = true
		w.item(findingIndent, fmt.Sprintf("and %d more", rest))
	}
}

// clientFindings writes what a rule says and, behind it, of which clients.
func (w *writer) clientFindings(rule result.RuleResult, m *messages) {
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

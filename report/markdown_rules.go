package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// markdownMessages is how many messages of a rule its row has.
const markdownMessages = 3

// rules writes what every rule found, the worst first.
func (m *markdown) rules(r *compare.Outcome, d *digest) {
	rules := slices.DeleteFunc(slices.Clone(r.Rules), func(x result.RuleResult) bool { return x.Findings == 0 })
	slices.SortStableFunc(rules, func(a, b result.RuleResult) int {
		return slices.Index(rule.Severities, a.Severity) - slices.Index(rule.Severities, b.Severity)
	})
	for i, rule := range rules {
		if i == 0 {
			m.add("\n### Findings\n\n| Severity | Rule | Findings | Such as |\n|---|---|---:|---|\n")
		}
		var cells []string
		if g := d.clients[rule.ID]; g != nil {
			for _, message := range g.most() {
				cells = append(cells, short(message.msg)+" ("+short(names(message.sample, message.count))+")")
			}
		}
		for _, f := range d.estate[rule.ID] {
			cells = append(cells, markdownStanding(f)+short(said(f))+markdownPlace(f))
		}
		cells = cells[:min(len(cells), markdownMessages)]
		params := m.params[rule.ID]
		if params != "" {
			params = "<br>" + params
		}
		m.add("| %s | %s %s%s | %d%s | %s |\n", rule.Severity, rule.ID, short(rule.Title), params, rule.Findings, countingFrom(&rule), strings.Join(cells, "<br>"))
	}
	if d.difference == nil && failing(r) {
		m.accept(acceptByObject)
	}
}

func (m *markdown) waived(d *digest) {
	for i, f := range d.waived {
		if i == 0 {
			m.add("\n### Waived\n\n")
		}
		until := ""
		if f.Waiver.Expires != "" {
			until = " until " + short(f.Waiver.Expires)
		}
		m.add("- %s, %s%s: %s\n", f.Rule, short(objectName(f.Resource)), until, short(f.Waiver.Reason))
	}
	if rest := d.standings[waived] - int64(len(d.waived)); rest > 0 {
		m.add("- and %d more\n", rest)
	}
}

// notEvaluated writes what no finding and no pass can be concluded of.
func (m *markdown) notEvaluated(r *compare.Outcome) {
	began := false
	for _, rule := range r.Rules {
		reasons := reasonsOf(rule)
		if setAside(rule.Verdict) || len(reasons) == 0 {
			continue
		}
		if !began {
			began = true
			m.add("\n### Not evaluated\n\n")
		}
		m.add("- %s %s: %s\n", rule.ID, short(rule.Title), short(strings.Join(reasons, "; ")))
	}
}

// configured writes which rules the configuration switched off, and which
// severities and parameters were changed.
func (m *markdown) configured(r *compare.Outcome) {
	for i, rule := range switchedOff(r.Configured()) {
		if i == 0 {
			m.add("\n### Switched off\n\n")
		}
		m.add("- %s %s: %s\n", rule.ID, short(rule.Title), short(rule.Reason))
	}
	for i, change := range severityChanges(r.Configured()) {
		if i == 0 {
			m.add("\n### Severities changed\n\n")
		}
		m.add("- %s\n", short(change))
	}
	for i, accepted := range acceptances(r.Configured()) {
		if i == 0 {
			m.add("\n### Unknown accepted\n\n")
		}
		m.add("- %s\n", short(strings.TrimPrefix(accepted, "Unknown accepted: ")))
	}
	for i, rule := range withoutSource(r) {
		if i == 0 {
			m.add("\n### No source\n\n")
		}
		m.add("- %s %s: %s\n", rule.ID, short(rule.Title), short(strings.Join(reasonsOf(rule), "; ")))
	}
	for i, change := range paramChanges(r.Pack) {
		if i == 0 {
			m.add("\n### Parameters changed\n\n")
		}
		m.add("- %s\n", short(change))
	}
}

// reasonsOf are the reasons why a rule has no full verdict, in words.
func reasonsOf(rule result.RuleResult) []string {
	var out []string
	for _, reason := range rule.Reasons {
		out = append(out, reason.Msg)
	}
	for _, reason := range rule.AffectsUnknown {
		out = append(out, "which clients it affects: "+reason.Msg)
	}
	for _, u := range rule.Unknown {
		out = append(out, fmt.Sprintf("%s (%s)", u.Msg, names(u.Sample, u.Count)))
	}
	return out
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// pageEnd is the headline of the page: how many clients the end of the chain
// holds, and why.
type pageEnd struct {
	Rule    result.RuleResult
	Clients int64
	Of      int64
	Noun    string
	Unknown int64
	Parts   []pagePart
}

// pagePart is the share of one cause.
type pagePart struct {
	Name     string // what is wrong, in short
	Index    int    // of the cause, from 1; 0 if unknown
	Clients  int64
	From     float64 // where the part begins, and how wide it is, in per cent
	Width    float64
	Possible bool
}

func newPageEnd(r *compare.Outcome, e *end) pageEnd {
	p := pageEnd{Rule: e.rule, Clients: e.clients, Of: r.Snapshot.ActiveClients, Noun: "client", Unknown: e.rule.UnknownCount()}
	if e.clients > p.Of {
		p.Of, p.Noun = r.Snapshot.Clients, "computer"
	}
	left, from := e.clients, 0.0
	add := func(part pagePart) {
		part.From, part.Width = from, percent(part.Clients, p.Of)
		from += part.Width
		left -= part.Clients
		p.Parts = append(p.Parts, part)
	}
	for i, c := range r.Causes {
		if n := e.causes[causeKey{c.ID, c.Certainty}]; n > 0 {
			add(pagePart{Name: because(c), Index: i + 1, Clients: n, Possible: c.Certainty == result.Possible})
		}
	}
	if left > 0 {
		add(pagePart{Name: "without a known cause", Clients: left})
	}
	return p
}

// pageCause is a cause with the titles of the rules that it names.
type pageCause struct {
	result.Cause
	Title    string // of its rule, where the message is another
	Severity rule.Severity
	Leads    string
	State    result.BaselineState // of its finding, against a baseline or base
	Same     int                  // index, from 1, of the cause that says what to do already
}

func pageCauses(r *compare.Outcome, behind causeFindings) []pageCause {
	rules := map[string]*result.RuleResult{}
	for i := range r.Rules {
		rules[r.Rules[i].ID] = &r.Rules[i]
	}
	told := map[string]int{}
	var out []pageCause
	for i, c := range r.Causes {
		p := pageCause{Cause: c, Same: told[c.Rule], State: behind.of(c).BaselineState}
		if told[c.Rule] == 0 {
			told[c.Rule] = i + 1
		}
		if rule := rules[c.Rule]; rule != nil {
			p.Severity = rule.Severity
			if rule.Title != c.Msg {
				p.Title = rule.Title
			}
		}
		var leads []string
		for _, id := range c.Explains {
			if rules[id] != nil {
				leads = append(leads, within(rules[id].Title))
			}
		}
		p.Leads = strings.Join(leads, "; ")
		out = append(out, p)
	}
	return out
}

// stateWord are the states of findings in the words of the page.
var stateWord = map[result.BaselineState]string{
	result.New: "new", result.Unchanged: "was there before", result.Absent: "gone", result.Incomparable: "incomparable",
}

// objectKind is the type of an object in words.
func objectKind(t string) string { return strings.ReplaceAll(t, "_", " ") }

// advice are the paragraphs of a remediation.
func advice(list []rule.Remediation) []string {
	var out []string
	for _, m := range list {
		body := m.Text
		if m.Ref != "" {
			body = strings.TrimRight(body, "\n") + " (" + m.Ref + ")"
		}
		if len(list) > 1 && m.Versions != "" {
			body = "In versions " + m.Versions + ": " + body
		}
		for _, paragraph := range strings.Split(body, "\n\n") {
			out = append(out, Message(strings.Join(strings.Fields(paragraph), " ")))
		}
	}
	return out
}

func percent(n, of int64) float64 {
	if of <= 0 {
		return 0
	}
	return min(float64(n*10000/of)/100, 100)
}

// rulesByVerdict has the rules by verdict.
type rulesByVerdict struct {
	Found  []result.RuleResult // the worst first
	Partly []result.RuleResult // not evaluated, or not in full
	Not    []result.RuleResult // not applicable
	// Rules for which no source was named.
	Unsourced []result.RuleResult
	Off       []offRule
	Passed    []result.RuleResult

	Verdict  []verdictCount
	Severity []severityCount
}

type severityCount struct {
	Severity rule.Severity
	Findings int64
}

type verdictCount struct {
	Verdict result.Verdict
	Rules   int
}

func newRulesByVerdict(r *compare.Outcome) rulesByVerdict {
	j := rulesByVerdict{Off: switchedOff(r.Configured()), Unsourced: withoutSource(r)}
	for _, rule := range r.Rules {
		if rule.Findings > 0 {
			j.Found = append(j.Found, rule)
		}
		switch {
		case rule.Verdict == result.NotApplicable:
			j.Not = append(j.Not, rule)
		case rule.Verdict == result.Pass:
			j.Passed = append(j.Passed, rule)
		case partly(rule):
			j.Partly = append(j.Partly, rule)
		}
	}
	slices.SortStableFunc(j.Found, func(a, b result.RuleResult) int {
		return slices.Index(rule.Severities, a.Severity) - slices.Index(rule.Severities, b.Severity)
	})
	for _, v := range result.Verdicts {
		if n := r.Summary.Rules[v]; n > 0 {
			j.Verdict = append(j.Verdict, verdictCount{v, n})
		}
	}
	for _, s := range rule.Severities {
		if n := r.Summary.Findings[s]; n > 0 {
			j.Severity = append(j.Severity, severityCount{s, n})
		}
	}
	return j
}

// partly reports whether something that a rule asks for was not evaluated.
func partly(r result.RuleResult) bool {
	return !setAside(r.Verdict) && (len(r.Reasons) > 0 || len(r.Unknown) > 0 || len(r.AffectsUnknown) > 0)
}

// fact is a line of the page's provenance.
type fact struct{ Name, Value string }

func provenance(r *compare.Outcome) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{name, Message(value)})
		}
	}
	if s := r.Snapshot.Server; s != nil {
		add("Notification Server", s.Name)
		if s.Version != nil {
			add("Platform version", *s.Version)
		}
	}
	if m := r.Snapshot.Manifest; m != nil {
		add("Collected", m.CollectedAt.Format("2006-01-02 15:04:05 UTC"))
		add("Collected by", "nscheck "+m.Tool)
		add("Source", strings.Join(slices.DeleteFunc([]string{m.Source.Kind, m.Source.Server, m.Source.Database, m.Source.Isolation},
			func(s string) bool { return s == "" }), ", "))
		for _, note := range m.Source.Notes {
			add("Note", note)
		}
	}
	add("Computers", fmt.Sprintf("%d, of them %s", r.Snapshot.Clients, plural(r.Snapshot.ActiveClients, "active client")))
	add("Snapshot, SHA-256", r.Snapshot.SHA256)
	add("Evaluated by", fmt.Sprintf("nscheck %s with OPA %s", r.Tool.Version, r.Tool.OPA))
	add("Evaluated as of", string(r.AsOf))
	add("Rules from", strings.Join(r.Pack.Sources, ", "))
	for _, p := range r.Pack.Packs {
		add("Pack", packName(p))
	}
	add("Rules, SHA-256", r.Pack.SHA256)
	for _, change := range paramChanges(r.Pack) {
		add("Parameter changed", change)
	}
	for _, change := range severityChanges(r.Configured()) {
		add("Severity changed", change)
	}
	for _, accepted := range acceptances(r.Configured()) {
		add("Unknown accepted", strings.TrimPrefix(accepted, "Unknown accepted: "))
	}
	return out
}

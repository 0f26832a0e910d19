package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// Where the facts of a cause stand: their names, and their text.
const factAt, factIndent = 4, 16

// causes writes every cause: how many clients, which object, which setting,
// what to change. The remediation of a rule is written once.
func (w *writer) causes(r *compare.Outcome) {
	unknown := slices.DeleteFunc(slices.Clone(r.Rules), func(rule result.RuleResult) bool {
		return len(rule.AffectsUnknown) == 0 || len(rule.Explains) == 0
	})
	if len(r.Causes) == 0 && len(r.Unexplained) == 0 && len(unknown) == 0 {
		return
	}
	titles := map[string]string{}
	remediation := map[string][]rule.Remediation{}
	for _, rule := range r.Rules {
		titles[rule.ID] = rule.Title
		remediation[rule.ID] = rule.Remediation
	}
	w.heading("CAUSES")
	for _, c := range r.Causes {
		w.cause(c, titles)
	}
	for _, u := range r.Unexplained {
		w.line("")
		w.put(block{at: 2, indent: factIndent, label: plural(u.Clients, "client"), labels: bold, body: "Without a known cause: " + within(titles[u.Rule])})
		w.causeFact("Rule", u.Rule)
		w.causeFact("Clients", w.sample(u.Sample, u.Clients))
		w.advise(factAt, factIndent, "To do", u.Rule, "", remediation[u.Rule])
	}
	for _, rule := range unknown {
		w.uncounted(rule)
	}
}

// uncounted writes that a rule's findings may be causes of unknown clients. The
// findings themselves are under FINDINGS.
func (w *writer) uncounted(rule result.RuleResult) {
	w.line("")
	verb := "affect"
	if rule.Findings == 1 {
		verb = "affects"
	}
	body := fmt.Sprintf("Some of the clients that %s %s are unknown: %s", plural(rule.Findings, "finding"), verb, within(rule.Title))
	w.put(block{at: 2, indent: factIndent, label: "? clients", labels: bold, body: body})
	w.causeFact("Rule", rule.ID)
	var reasons []string
	for _, reason := range rule.AffectsUnknown {
		reasons = append(reasons, clean(reason.Msg, 500))
	}
	w.causeFact("Because", strings.Join(reasons, "; "))
}

func (w *writer) cause(c result.Cause, titles map[string]string) {
	w.line("")
	msg := clean(c.Msg, 1000)
	if c.Certainty == result.Possible {
		msg = "Possibly: " + msg
	}
	w.put(block{at: 2, indent: factIndent, label: plural(c.Clients, "client"), labels: bold, body: msg})
	rule := c.Rule
	if title := titles[rule]; title != c.Msg {
		rule += " " + title
	}
	w.causeFact("Rule", rule)
	object := "the clients themselves"
	if c.Resource != nil {
		object = Name(objectName(*c.Resource))
	}
	w.causeFact("Object", object)
	if c.Path != "" {
		w.causeFact("Setting", setting(c))
	}
	w.causeFact("Clients", w.sample(c.Sample, c.Clients))
	var leads []string
	for _, id := range c.Explains {
		leads = append(leads, within(titles[id]))
	}
	w.causeFact("Leads to", strings.Join(leads, "; "))
	if effect := effectOfFix(c); effect != "" {
		w.causeFact("Effect", effect)
	}
	w.advise(factAt, factIndent, "To do", c.Rule, object, c.Remediation)
}

func (w *writer) causeFact(name, body string) {
	w.put(block{at: factAt, indent: factIndent, label: name, body: body})
}

// setting says which setting is wrong, and what it should be.
func setting(c result.Cause) string {
	out := Name(c.Path) + " is " + value(c.Actual)
	if c.Expected != nil {
		out += ", should be " + value(c.Expected)
	}
	return out
}

// effectOfFix describes how many clients fixing a cause unblocks; empty if that is not
// known. Steps of the clients' own are fixed one by one, and get no number.
func effectOfFix(c result.Cause) string {
	if c.Resource == nil || c.Unblocks == nil {
		return ""
	}
	n, possible := *c.Unblocks, c.Certainty == result.Possible
	if n == 0 {
		who := "none of its " + plural(c.Clients, "client") + "; they have"
		if c.Clients == 1 {
			who = "no client; the client has"
		}
		return "Fixing this alone unblocks " + who + " a further sure cause"
	}
	verb, all, rest := "unblocks ", fmt.Sprintf("all %s", plural(c.Clients, "client")), ""
	if possible {
		verb = "may unblock "
	}
	switch {
	case n < c.Clients:
		all, rest = fmt.Sprintf("%d of %s", n, plural(c.Clients, "client")), "; the others have a further sure cause"
	case c.Clients == 1:
		all = "the client"
	}
	switch {
	case possible && n == 1:
		rest = "; it may have another download source" + rest
	case possible:
		rest = "; they may have another download source" + rest
	}
	return "Fixing this " + verb + all + rest
}

// advise writes the remediation of a rule, the first time, and afterwards where
// it stands.
func (w *writer) advise(at, indent int, label, rule, object string, list []rule.Remediation) {
	if len(list) == 0 {
		return
	}
	first, told := w.advised[rule]
	switch {
	case !told:
		w.advised[rule] = object
		w.remediation(at, indent, label, list)
	case object == "" || first == "":
		w.put(block{at: at, indent: indent, label: label, body: "see " + rule + " under CAUSES"})
	default:
		w.put(block{at: at, indent: indent, label: label, body: "the same as for " + first + " above"})
	}
}

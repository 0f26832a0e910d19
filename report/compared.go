package report

import (
	"fmt"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// comparedLead says what became of findings, and what that sentence begins with.
func comparedLead(d *compare.Difference) (lead, body string) {
	lead = plural(total(d.Findings[result.New]), "new finding") + ":"
	return lead, fmt.Sprintf("%s %d fixed, %d unchanged, %d incomparable", lead, total(d.Findings[result.Absent]),
		total(d.Findings[result.Unchanged]), total(d.Findings[result.Incomparable]))
}

// comparedFacts say the rest of a comparison in short: what does not count, and
// what became of clients.
func comparedFacts(d *compare.Difference) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if total(d.Waived)+total(d.Warnings) > 0 {
		say("Of the new ones: %d waived, %d not counting yet", total(d.Waived), total(d.Warnings))
	}
	if d.AsOf != "" {
		say("Waivers, and rules that only warn yet, are evaluated as of %s", d.AsOf)
	}
	c := d.Clients
	out = append(out,
		clientCount("Newly affected clients", "were already affected by other faults", c.Harmed),
		clientCount("No longer affected clients", "are still affected by other faults", c.Freed))
	if n := c.Harmed.Accepted; n > 0 {
		say("Affected by new findings that are waived or do not count yet: %s", plural(n, "client"))
	}
	if n := d.CountRemarks(compare.RemarkUncovered); n > 0 {
		say("%s not covered by any rule", numberOf(n, "changed setting is", "changed settings are"))
	}
	if n := d.CountRemarks(compare.RemarkUnknown); n > 0 {
		say("%s unknown after the change", numberOf(n, "setting is", "settings are"))
	}
	if n := d.CountRemarks(compare.RemarkStopped); n > 0 {
		say("%s stopped by the change", numberOf(n, "plug-in install policy is", "plug-in install policies are"))
	}
	if n := d.LapsedWaivers(); n > 0 {
		say("The waivers of %s have lapsed, which count as new", plural(n, "finding"))
	}
	if d.PolicyBase != "" {
		say("Decided by the configuration and the waivers in %s", Name(d.PolicyBase))
	}
	for _, problem := range d.Anyway {
		say("Compared although %s", problem)
	}
	if n := c.Worse + c.Better + c.Mixed; n > 0 {
		say("Clients with other findings of their own: %d worse, %d better, %d both", c.Worse, c.Better, c.Mixed)
	}
	if c.Added+c.Gone > 0 {
		say("Clients: %d before, %d now; %d came and %d went", c.Base, c.Head, c.Added, c.Gone)
	}
	return out
}

func total(counts map[rule.Severity]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// numberOf is a number with its words.
func numberOf(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func clientCount(label, held string, c compare.ClientCount) string {
	body := fmt.Sprintf("%s: %d", label, c.Sure)
	switch {
	case c.Sure > 0:
		body += " (" + names(c.Sample, c.Sure) + ")"
	case c.Possible > 0:
		body += fmt.Sprintf("; possibly %d (%s)", c.Possible, names(c.Sample, c.Possible))
	}
	if c.Sure > 0 && c.Possible > 0 {
		body += fmt.Sprintf("; possibly %d more", c.Possible)
	}
	if c.Held > 0 {
		body += fmt.Sprintf(" (%d %s)", c.Held, held)
	}
	return body
}

package report

import (
	"fmt"

	"github.com/nscheck/nscheck/evaluator"
)

// comparedLead says what became of findings, and what that sentence begins with.
func comparedLead(d *evaluator.Difference) (lead, body string) {
	lead = plural(total(d.Findings[evaluator.New]), "new finding") + ":"
	return lead, fmt.Sprintf("%s %d fixed, %d unchanged, %d incomparable", lead, total(d.Findings[evaluator.Absent]),
		total(d.Findings[evaluator.Unchanged]), total(d.Findings[evaluator.Incomparable]))
}

// comparedFacts say the rest of a comparison in short: what does not count, and
// what became of clients.
func comparedFacts(d *evaluator.Difference) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if total(d.Waived)+total(d.Warnings) > 0 {
		say("Of the new ones: %d waived, %d not counting yet", total(d.Waived), total(d.Warnings))
	}
	if d.AsOf != "" {
		say("Waivers, and rules that only warn yet, are judged as of %s", d.AsOf)
	}
	c := d.Clients
	out = append(out,
		clientCount("Harmed", "may be harmed", "that other faults harmed before", c.Harmed),
		clientCount("Freed", "are freed in part", "that other faults still harm", c.Freed))
	if n := c.Worse + c.Better + c.Mixed; n > 0 {
		say("Clients with other findings of their own: %d worse, %d better, %d both", c.Worse, c.Better, c.Mixed)
	}
	if c.Added+c.Gone > 0 {
		say("Clients: %d before, %d now; %d came and %d went", c.Base, c.Head, c.Added, c.Gone)
	}
	return out
}

func total(counts map[evaluator.Severity]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

func clientCount(label, maybe, held string, c evaluator.ClientCount) string {
	body := label + ": " + plural(c.Sure, "client")
	switch {
	case c.Sure > 0:
		body += " (" + names(c.Sample, c.Sure) + ")"
	case c.Possible > 0:
		body += fmt.Sprintf("; %d %s (%s)", c.Possible, maybe, names(c.Sample, c.Possible))
	}
	if c.Sure > 0 && c.Possible > 0 {
		body += fmt.Sprintf("; %d more %s", c.Possible, maybe)
	}
	if c.Held > 0 {
		body += fmt.Sprintf(", besides %d %s", c.Held, held)
	}
	return body
}

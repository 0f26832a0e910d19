package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// headlineCauses is how many causes the headline names.
const headlineCauses = 6

// headline says in words how many clients the end of the chain holds, and why.
func (w *writer) headline(r *compare.Outcome, e *end) {
	w.line("")
	lead, body := e.headline(r)
	b := block{lead: lead, body: body}
	if e.evaluated() {
		b.colors = bold
	}
	w.put(b)
	w.because(r, e)
}

// evaluated reports whether anything is known of the clients.
func (e *end) evaluated() bool { return e.clients > 0 || len(e.rule.Reasons) == 0 }

// headline is that sentence, and what it begins with.
func (e *end) headline(r *compare.Outcome) (lead, body string) {
	title := within(e.rule.Title)
	if !e.evaluated() {
		lead = "Not evaluated:"
		return lead, lead + " " + title + " (" + clean(e.rule.Reasons[0].Msg, 500) + ")"
	}
	of, noun := r.Snapshot.ActiveClients, "client"
	if e.clients > of {
		of, noun = r.Snapshot.Clients, "computer"
	}
	lead = fmt.Sprintf("%d of %s:", e.clients, plural(of, noun))
	body = lead + " " + title
	if len(e.rule.Reasons) > 0 {
		return lead, body + "; not all could be evaluated"
	}
	if unknown := e.rule.UnknownCount(); unknown > 0 {
		body += fmt.Sprintf("; %d could not be evaluated", unknown)
	}
	return lead, body
}

// reason is one line under the headline.
type reason struct {
	clients int64
	body    string
}

func (w *writer) because(r *compare.Outcome, e *end) {
	var list []reason
	left := e.clients
	for _, c := range r.Causes {
		if n := e.causes[causeKey{c.ID, c.Certainty}]; n > 0 {
			list = append(list, reason{n, because(c)})
			left -= n
		}
	}
	slices.SortStableFunc(list, func(a, b reason) int { return cmp.Compare(b.clients, a.clients) })
	if rest := len(list) - headlineCauses; rest > 1 {
		var n int64
		for _, x := range list[headlineCauses:] {
			n += x.clients
		}
		list = append(list[:headlineCauses:headlineCauses], reason{n, fmt.Sprintf("because of %d further causes", rest)})
	}
	if left > 0 {
		list = append(list, reason{left, "without a known cause"})
	}
	digits := len(strconv.FormatInt(e.clients, 10))
	for _, x := range list {
		w.put(block{at: 2, indent: 2 + digits + 1, label: fmt.Sprintf("%*d", digits, x.clients), body: x.body, labels: text.Colors{text.Bold}})
	}
}

func because(c result.Cause) string {
	out := "because "
	if c.Certainty == result.Possible {
		out = "possibly because "
	}
	if c.Resource == nil {
		return out + "of the clients themselves: " + within(clause(c.Msg))
	}
	return out + clause(c.Msg)
}

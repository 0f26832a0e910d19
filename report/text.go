package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator"
)

// maxNameLength bounds what one name may take of a report for people.
const maxNameLength = 120

// clean makes text from outside fit for a terminal: control characters, which
// could move the cursor or change colours, are shown as escapes, and what is
// too long is cut.
func clean(s string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == limit {
			b.WriteString("…")
			break
		}
		n++
		switch {
		case r == utf8.RuneError, unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := fmt.Sprintf("%q", r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// Name makes a name from outside fit for one place in a report for people.
func Name(s string) string { return clean(s, maxNameLength) }

// plural puts a count before a noun: 1 client, 2 clients, no clients.
func plural(n int64, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// names lists the first of n objects and counts the rest.
func names(sample []evaluator.Resource, n int64) string {
	list := make([]string, len(sample))
	for i, r := range sample {
		list[i] = Name(r.Name)
	}
	out := strings.Join(list, ", ")
	if rest := n - int64(len(sample)); rest > 0 {
		if len(list) == 0 {
			return fmt.Sprint(rest)
		}
		out += fmt.Sprintf(" and %d more", rest)
	}
	return out
}

// paint colours text where colour is allowed.
type paint bool

func (p paint) in(s string, colors ...text.Color) string {
	if !p {
		return s
	}
	c := text.Colors(colors)
	return text.Escape(s, c.EscapeSeq())
}

func (p paint) heading(s string) string { return p.in(s, text.Bold) }

func (p paint) severity(s evaluator.Severity, shown string) string {
	switch s {
	case evaluator.Critical, evaluator.High:
		return p.in(shown, text.FgRed, text.Bold)
	case evaluator.Medium:
		return p.in(shown, text.FgYellow)
	}
	return p.in(shown, text.FgCyan)
}

package lint

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/internal/caret"
)

// Text is the problem for people: its place and what it is, the line with a caret
// under the place, and what to do. It has no end of line.
func (p *Problem) Text() string {
	place := p.File
	if p.Line > 0 {
		place += fmt.Sprintf(":%d:%d", p.Line, max(p.Column, 1))
	}
	lines := []string{fmt.Sprintf("%s: %s: %s (%s)", place, p.Severity, p.Message, p.Name)}
	if shown := caret.Caret(p.Source, p.Column); shown != "" {
		lines = append(lines, shown)
	}
	return strings.Join(append(lines, "    "+p.Help), "\n")
}

// Summary counts what was found, in words.
func (r *Report) Summary() string {
	if len(r.Problems)+len(r.Silenced) == 0 {
		return "no problems"
	}
	parts := []string{count(r.Errors, "error"), count(r.Warnings, "warning"), fmt.Sprintf("%d advice", r.Advice)}
	if n := len(r.Silenced); n > 0 {
		parts = append(parts, fmt.Sprintf("%d silenced", n))
	}
	return strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Package caret shows a place in a text file as compilers do: the line, and a
// caret under the place.
package caret

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
)

// indent stands before both lines, and tab for a tab in the line.
const (
	indent = "    "
	tab    = "    "
)

// longest is how many characters of a line are shown.
const longest = 160

// Line is line n of a file, counted from 1, without its end; empty where there
// is none.
func Line(file string, n int) string {
	for line := range strings.SplitSeq(file, "\n") {
		if n--; n == 0 {
			return strings.TrimPrefix(strings.TrimSuffix(line, "\r"), "\ufeff")
		}
	}
	return ""
}

// Caret shows a line with a caret under its character col, counted from 1, as
// two lines without an end; a place behind the line is its end. What is
// invisible is shown as an escape. Nothing is shown of an empty line.
func Caret(line string, col int) string {
	if strings.TrimSpace(line) == "" {
		return ""
	}
	runes := []rune(line)
	at := min(max(col-1, 0), len(runes))
	before, after := "", ""
	if cut := at - longest/2; cut > 0 && len(runes) > longest {
		before, runes, at = "…", runes[cut:], at-cut
	}
	if len(runes) > longest {
		runes, after = runes[:longest], "…"
	}
	head := before + visible(runes[:at])
	pad := strings.Repeat(" ", text.StringWidthWithoutEscSequences(head))
	return indent + head + visible(runes[at:]) + after + "\n" + indent + pad + "^"
}

func visible(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		switch {
		case r == '\t':
			b.WriteString(tab)
		case r == utf8.RuneError, unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := fmt.Sprintf("%q", r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An Error says what is wrong with a snapshot and where.
type Error struct {
	File    string // name that the snapshot was opened under
	Line    int    // physical line, from 1; 0 where no line is to blame
	Column  int    // character in the line, from 1; 0 where the whole line is to blame
	Path    string // place in the document, such as clients[3].packages.plugin.status
	Message string // what is wrong and what to do
}

// Error returns "file: line 12, column 7: path: message", without the parts
// that are not known.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ", column %d", e.Column)
		}
	}
	if e.Path != "" {
		b.WriteString(": " + e.Path)
	}
	b.WriteString(": " + e.Message)
	return b.String()
}

// shownErrors is how many errors of one record or document are printed.
const shownErrors = 10

// Errors are all errors of one record or document, in the order of their
// places.
type Errors []*Error

// Error prints the first ten, one a line, and the number of others.
func (e Errors) Error() string {
	var lines []string
	for _, err := range e[:min(len(e), shownErrors)] {
		lines = append(lines, err.Error())
	}
	switch more := len(e) - len(lines); {
	case len(e) >= maxFlaws:
		lines = append(lines, fmt.Sprintf("%s: and at least %d more", e[0].File, more))
	case more > 0:
		lines = append(lines, fmt.Sprintf("%s: and %d more", e[0].File, more))
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives errors.As each of them.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, err := range e {
		all[i] = err
	}
	return all
}

// join sorts errors by place and returns one alone as itself.
func join(errs []*Error) error {
	slices.SortStableFunc(errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return Errors(errs)
}

// quotedLength is how much of a hostile or long text an error repeats.
const quotedLength = 60

// quote makes text safe and short enough to stand in a message.
func quote(text string) string {
	if utf8.RuneCountInString(text) > quotedLength {
		text = string([]rune(text[:min(len(text), 4*quotedLength)])[:quotedLength]) + "…"
	}
	return strconv.Quote(text)
}

package report

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// maxNameLength bounds what one name may take of a report for people.
const maxNameLength = 120

// maxMessageLength bounds what one message may take.
const maxMessageLength = 1000

// Azure Pipelines and GitHub Actions take these for commands in the log of a
// step: the first anywhere, the second at the beginning of a line, where a long
// name may come to stand when lines are broken.
var (
	azureCommand   = regexp.MustCompile(`(?i)##(vso)?\[`)
	actionsCommand = regexp.MustCompile(`::([A-Za-z][A-Za-z-]*(?: .*?)?::)`)
)

// clean makes text from outside fit for a terminal and for the log of a
// pipeline: control characters, which could move the cursor or change colours,
// are shown as escapes, what a pipeline would take for a command is broken with
// a backslash, and what is too long is cut.
func clean(s string, limit int) string {
	s = printable(s, limit)
	if strings.Contains(s, "##") {
		s = azureCommand.ReplaceAllString(s, `##$1\[`)
	}
	if strings.Contains(s, "::") {
		s = actionsCommand.ReplaceAllString(s, `:\:$1`)
	}
	return s
}

func printable(s string, limit int) string {
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

// Message makes a message from outside, such as a server's error, fit for one
// line of a report for people.
func Message(s string) string { return clean(s, maxMessageLength) }

// Line makes text from outside fit for one line on a terminal, however long.
func Line(s string) string { return printable(s, math.MaxInt) }

// Text makes text from outside fit for a terminal and keeps its lines.
func Text(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = clean(strings.ReplaceAll(strings.TrimSuffix(l, "\r"), "\t", "    "), math.MaxInt)
	}
	return strings.Join(lines, "\n")
}

// Count puts a count before a noun: 1 client, 2 clients, no clients.
func Count(n int64, noun string) string { return plural(n, noun) }

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
func names(sample []result.Resource, n int64) string {
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

// value shows what a setting is or should be.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "not set"
	case string:
		return Name(v)
	}
	b, err := encodeJSON(v, "")
	if err != nil {
		return Name(fmt.Sprint(v))
	}
	return Name(string(b))
}

// within makes a title fit for the middle of a sentence. Titles that begin with
// an abbreviation keep it.
func within(title string) string {
	first, size := utf8.DecodeRuneInString(title)
	if second, _ := utf8.DecodeRuneInString(title[size:]); unicode.IsUpper(second) {
		return title
	}
	return string(unicode.ToLower(first)) + title[size:]
}

// clause is a message up to its first semicolon: enough where the whole message
// stands further below.
func clause(msg string) string {
	head, _, _ := strings.Cut(msg, "; ")
	return clean(head, 300)
}

// wrap breaks plain text into lines of at most width columns, between words
// where it can. Spaces within a line stay as they are: they may be part of a name.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for i, word := range strings.Split(s, " ") {
		n := text.StringWidthWithoutEscSequences(word)
		if i > 0 && used+1+n <= width {
			line, used = line+" "+word, used+1+n
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		for n > width {
			head, rest := breakWord(word, width)
			if rest == "" {
				break
			}
			lines, word = append(lines, head), rest
			n = text.StringWidthWithoutEscSequences(word)
		}
		line, used = word, n
	}
	return append(lines, line)
}

// breakWord takes as much from a word as fits, and one character at least.
func breakWord(word string, width int) (head, rest string) {
	used := 0
	for i, r := range word {
		used += text.RuneWidth(r)
		if i > 0 && used > width {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

// paint colours text where colour is allowed.
type paint bool

func (p paint) in(s string, colors ...text.Color) string {
	if !p || s == "" || len(colors) == 0 {
		return s
	}
	return text.Escape(s, text.Colors(colors).EscapeSeq())
}

var bold = text.Colors{text.Bold}

func severityColors(s rule.Severity) text.Colors {
	switch s {
	case rule.Critical, rule.High:
		return text.Colors{text.FgRed, text.Bold}
	case rule.Medium:
		return text.Colors{text.FgYellow}
	}
	return text.Colors{text.FgCyan}
}

// objectName is an object's type in words, and its name.
func objectName(r result.Resource) string {
	return strings.ReplaceAll(r.Type, "_", " ") + " " + r.Name
}

// unwrap is a text in one line, as written by hand in several.
func unwrap(s string) string { return strings.Join(strings.Fields(s), " ") }

// paragraphs are the paragraphs of a text written by hand, each in one line.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(s, "\n\n") {
		if p = unwrap(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// said returns the message of a finding, with its object's name if the message leaves
// that out.
func said(f result.Finding) string {
	if strings.Contains(f.Msg, f.Resource.Name) {
		return f.Msg
	}
	return f.Msg + " (" + f.Resource.Name + ")"
}

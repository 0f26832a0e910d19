package tsql

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is a fault in a text, with its position.
type Error struct {
	Line, Column int // from 1; columns count characters
	Message      string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

type kind uint8

const (
	word     kind = iota // a keyword or a name
	quoted               // a name in brackets or double quotes
	literal              // 'text' or N'text'
	number               // 12, 1.5e3, 0xFF
	variable             // @name
	punct                // any other character
)

// token is a piece of a statement. Blanks and comments are left out.
type token struct {
	kind       kind
	text       string // unchanged
	start, end int    // in bytes
}

// is reports whether the token is that keyword or sign.
func (t token) is(text string) bool {
	return (t.kind == word || t.kind == punct) && strings.EqualFold(t.text, text)
}

func (t token) isAny(texts ...string) bool {
	for _, text := range texts {
		if t.is(text) {
			return true
		}
	}
	return false
}

// isName reports whether the token can be part of an object's name.
func (t token) isName() bool { return t.kind == word || t.kind == quoted }

// name is a name without its quotes.
func (t token) name() string {
	if t.kind != quoted {
		return t.text
	}
	closing := t.text[len(t.text)-1:]
	return strings.ReplaceAll(t.text[1:len(t.text)-1], closing+closing, closing)
}

// value is the text of a literal.
func (t token) value() string {
	text := strings.TrimLeft(t.text, "Nn")
	return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
}

// lex cuts a text into tokens. It refuses whatever two readers might cut
// differently: what is open at the end, and characters that might end a line.
func lex(text string) ([]token, error) {
	if !utf8.ValidString(text) {
		return nil, &Error{1, 1, "it is not UTF-8 text"}
	}
	if at := strings.IndexFunc(text, oddCharacter); at >= 0 {
		r, _ := utf8.DecodeRuneInString(text[at:])
		return nil, errorAt(text, at, "the character %U has no place in a query", r)
	}
	if at := loneReturn(text); at >= 0 {
		return nil, errorAt(text, at, "a carriage return without a line feed")
	}
	var tokens []token
	for at := 0; at < len(text); {
		kind, length, ok := next(text[at:])
		if !ok {
			return nil, errorAt(text, at, "%s is never closed", opened(text[at:]))
		}
		if r, _ := utf8.DecodeRuneInString(text[at+length:]); kind == number && inWord(r) {
			// A server may read 1eDELETE as the number 1e and a keyword.
			return nil, errorAt(text, at+length, "a blank is missing between the number %s and what follows", text[at:at+length])
		}
		if kind != blank {
			tokens = append(tokens, token{kind, text[at : at+length], at, at + length})
		}
		at += length
	}
	return tokens, nil
}

// blank is the kind of what no token is made of.
const blank = kind(255)

// oddCharacter finds control characters, and characters that some readers treat as
// the end of a line or as another letter.
func oddCharacter(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case '\u0085', '\u2028', '\u2029', '\uFEFF', '\u017F', '\u212A': // the last two fold to s and k
		return true
	}
	return unicode.IsControl(r)
}

func loneReturn(text string) int {
	for at := range len(text) {
		if text[at] == '\r' && (at+1 == len(text) || text[at+1] != '\n') {
			return at
		}
	}
	return -1
}

// next returns the kind and length of the first token of a text; ok is false if the
// token is not closed.
func next(text string) (kind, int, bool) {
	switch {
	case strings.HasPrefix(text, "--"):
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			return blank, end, true
		}
		return blank, len(text), true
	case strings.HasPrefix(text, "/*"):
		length, ok := commentLength(text)
		return blank, length, ok
	case text[0] == '\'':
		return quotedLength(literal, text, '\'', 0)
	case len(text) > 1 && (text[0] == 'N' || text[0] == 'n') && text[1] == '\'':
		return quotedLength(literal, text, '\'', 1)
	case text[0] == '[':
		return quotedLength(quoted, text, ']', 0)
	case text[0] == '"':
		return quotedLength(quoted, text, '"', 0)
	}
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case unicode.IsSpace(r):
		return blank, size, true
	case r >= '0' && r <= '9':
		return number, numberLength(text), true
	case r == '@':
		return variable, wordLength(text), true
	case r == '$':
		return punct, size, true // begins a sum of money, not a name
	case inWord(r):
		return word, wordLength(text), true
	}
	return punct, size, true
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_@#$", r)
}

func wordLength(text string) int {
	if end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) }); end >= 0 {
		return end
	}
	return len(text)
}

// numberLength returns the length of a number.
func numberLength(text string) int {
	digits := func(from int, set string) int {
		for from < len(text) && strings.IndexByte(set, text[from]) >= 0 {
			from++
		}
		return from
	}
	const decimal = "0123456789"
	if len(text) > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		return digits(2, decimal+"abcdefABCDEF")
	}
	end := digits(0, decimal+".")
	if end < len(text) && (text[end] == 'e' || text[end] == 'E') {
		exponent := end + 1
		if exponent < len(text) && (text[exponent] == '+' || text[exponent] == '-') {
			exponent++
		}
		if after := digits(exponent, decimal); after > exponent {
			return after
		}
	}
	return end
}

// commentLength returns the length of a comment. Comments nest.
func commentLength(text string) (int, bool) {
	depth := 0
	for at := 0; at+1 < len(text); {
		switch text[at : at+2] {
		case "/*":
			depth++
			at += 2
		case "*/":
			depth--
			at += 2
			if depth == 0 {
				return at, true
			}
		default:
			at++
		}
	}
	return 0, false
}

// quotedLength is the length up to the closing sign that is not doubled.
func quotedLength(k kind, text string, closing byte, prefix int) (kind, int, bool) {
	for at := prefix + 1; at < len(text); at++ {
		if text[at] != closing {
			continue
		}
		if at+1 < len(text) && text[at+1] == closing {
			at++
			continue
		}
		return k, at + 1, true
	}
	return k, 0, false
}

func opened(text string) string {
	switch text[0] {
	case '/':
		return "the comment that begins here"
	case '[', '"':
		return "the name that begins here"
	}
	return "the text that begins here"
}

func errorAt(text string, at int, format string, args ...any) *Error {
	before := text[:at]
	line := strings.Count(before, "\n")
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return &Error{line + 1, column + 1, fmt.Sprintf(format, args...)}
}

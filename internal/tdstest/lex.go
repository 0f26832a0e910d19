package tdstest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexeme is a piece of a statement, as far as names can be told from strings
// and comments; more of T-SQL is not understood.
type lexeme struct {
	kind  lexKind
	text  string // as it stands in the statement
	start int
}

type lexKind int

const (
	lexSpace  lexKind = iota // blanks and comments
	lexWord                  // names, keywords, variables, numbers
	lexQuoted                // names in brackets or double quotes
	lexString                // 'text'
	lexPunct                 // one other character
)

func (l lexeme) end() int { return l.start + len(l.text) }

// is says whether the lexeme is this keyword.
func (l lexeme) is(keyword string) bool {
	return l.kind == lexWord && strings.EqualFold(l.text, keyword)
}

// name gives a name without its quotes.
func (l lexeme) name() string {
	if l.kind != lexQuoted || len(l.text) < 2 {
		return l.text
	}
	closing := l.text[len(l.text)-1:]
	return strings.ReplaceAll(l.text[1:len(l.text)-1], closing+closing, closing)
}

// lex cuts a statement into lexemes.
func lex(sql string) []lexeme {
	var out []lexeme
	for at := 0; at < len(sql); {
		kind, n := nextLexeme(sql[at:])
		out = append(out, lexeme{kind, sql[at : at+n], at})
		at += n
	}
	return out
}

func nextLexeme(s string) (lexKind, int) {
	switch {
	case strings.HasPrefix(s, "--"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return lexSpace, i + 1
		}
		return lexSpace, len(s)
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return lexSpace, i + 4
		}
		return lexSpace, len(s)
	case s[0] == '\'':
		return lexString, quotedLen(s, '\'')
	case (s[0] == 'N' || s[0] == 'n') && len(s) > 1 && s[1] == '\'':
		return lexString, 1 + quotedLen(s[1:], '\'')
	case s[0] == '[':
		return lexQuoted, quotedLen(s, ']')
	case s[0] == '"':
		return lexQuoted, quotedLen(s, '"')
	}
	r, size := utf8.DecodeRuneInString(s)
	if unicode.IsSpace(r) {
		return lexSpace, size
	}
	if !inWord(r) {
		return lexPunct, size
	}
	n := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) })
	if n < 0 {
		n = len(s)
	}
	return lexWord, n
}

func inWord(r rune) bool {
	return r == '_' || r == '@' || r == '#' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// quotedLen is the length of a quoted piece; the closing quote doubled stands
// for itself, and a piece without an end goes to the end of the statement.
func quotedLen(s string, closing byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != closing {
			continue
		}
		if i+1 < len(s) && s[i+1] == closing {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}

// words gives the lexemes that are not blanks or comments.
func words(sql string) []lexeme {
	all := lex(sql)
	out := all[:0]
	for _, l := range all {
		if l.kind != lexSpace {
			out = append(out, l)
		}
	}
	return out
}

// splitBatch cuts a batch into statements: at semicolons, and after statements
// of the session, which drivers write under each other without semicolons.
func splitBatch(sql string) []string {
	var out []string
	w := words(sql)
	for start := 0; start < len(w); {
		n := sessionLen(w[start:])
		if n == 0 {
			for n < len(w)-start && w[start+n].text != ";" {
				n++
			}
		}
		if n > 0 {
			out = append(out, sql[w[start].start:w[start+n-1].end()])
		}
		start += n
		for start < len(w) && w[start].text == ";" {
			start++
		}
	}
	return out
}

// sessionLen is the number of lexemes of the session statement at the front,
// or 0 when there is another kind of statement.
func sessionLen(w []lexeme) int {
	at := func(i int) lexeme {
		if i < len(w) {
			return w[i]
		}
		return lexeme{}
	}
	switch {
	case at(0).is("use"):
		return min(2, len(w))
	case at(0).is("set") && at(1).is("transaction"):
		if at(4).is("read") || at(4).is("repeatable") {
			return min(6, len(w))
		}
		return min(5, len(w))
	case at(0).is("set") && at(1).kind == lexWord && !strings.HasPrefix(at(1).text, "@"):
		n := 2
		for at(n).text == "," {
			n += 2
		}
		if at(1).is("statistics") || at(1).is("identity_insert") {
			n++
		}
		if at(n).text == "-" {
			n++
		}
		return min(n+1, len(w))
	case at(0).is("begin") && isTran(at(1)), at(0).is("save") && isTran(at(1)):
		return withName(w, 2)
	case at(0).is("commit"), at(0).is("rollback"):
		if isTran(at(1)) {
			return withName(w, 2)
		}
		if at(1).is("work") {
			return 2
		}
		return 1
	}
	return 0
}

func isTran(l lexeme) bool { return l.is("tran") || l.is("transaction") }

// withName counts a transaction's name in when one follows.
func withName(w []lexeme, n int) int {
	if n < len(w) && (w[n].kind == lexQuoted || w[n].kind == lexWord && !startsStatement[strings.ToLower(w[n].text)]) {
		return n + 1
	}
	return n
}

var startsStatement = map[string]bool{
	"select": true, "set": true, "use": true, "with": true, "insert": true, "update": true, "delete": true,
	"begin": true, "commit": true, "rollback": true, "save": true, "exec": true, "execute": true, "print": true,
	"declare": true, "if": true, "while": true, "create": true, "drop": true, "alter": true, "truncate": true,
}

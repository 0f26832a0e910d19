package tdstest

import (
	"regexp"
	"strings"
)

// Match says whether a statement is meant. It is called with the statement's
// text; procedures are called "EXEC name".
type Match func(sql string) bool

// Any matches every statement.
func Any() Match { return func(string) bool { return true } }

// Exact matches a statement that differs in nothing but blanks, comments, the
// case of keywords and names, and a semicolon at the end.
func Exact(sql string) Match {
	want := canonical(sql)
	return func(sql string) bool { return canonical(sql) == want }
}

func canonical(sql string) string {
	var b strings.Builder
	for _, l := range words(strings.TrimRight(sql, "; \t\r\n")) {
		if l.kind != lexString {
			l.text = strings.ToLower(l.text)
		}
		b.WriteString(l.text)
		b.WriteByte(' ')
	}
	return b.String()
}

// Regexp matches statements in which the expression is found. It panics on an
// expression that is none, being part of a test's text.
func Regexp(expr string) Match {
	return regexp.MustCompile(expr).MatchString
}

// Word matches statements that name an object, column or keyword, in brackets
// or not, whatever its case. Strings and comments do not count, and of
// "dbo.vComputer" the last part does.
func Word(name string) Match {
	parts := words(name)
	if len(parts) > 0 && (len(parts) == 1 || strings.Contains(name, ".")) {
		name = parts[len(parts)-1].name()
	}
	return func(sql string) bool {
		for _, l := range words(sql) {
			if (l.kind == lexWord || l.kind == lexQuoted) && strings.EqualFold(l.name(), name) {
				return true
			}
		}
		return false
	}
}

package report

import (
	"math"
	"strings"
	"unicode"
)

// markdownText makes text from outside a piece of Markdown that shows just that
// text: no markup, no HTML, no link, and on GitHub and GitLab no mention of
// people or of issues, which a zero width space after the sign prevents.
func markdownText(s string) string {
	in := []rune(strings.TrimSpace(clean(s, math.MaxInt)))
	var b strings.Builder
	for i, r := range in {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case strings.ContainsRune("\\`*_[]|~$@#", r), opensBlock(in, i), opensLink(in, i):
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		if i+1 < len(in) && refers(in, i) {
			b.WriteRune('\u200b')
		}
	}
	return b.String()
}

// opensBlock reports whether a line that begins so is a list, a heading or a
// rule.
func opensBlock(in []rune, i int) bool {
	if strings.ContainsRune("-+=", in[i]) {
		return i == 0
	}
	return (in[i] == '.' || in[i] == ')') && i > 0 && strings.Trim(string(in[:i]), "0123456789") == ""
}

// opensLink reports whether GitHub would make a link of what surrounds the sign
// at i: https://host or www.host.
func opensLink(in []rune, i int) bool {
	switch in[i] {
	case ':':
		return i+1 < len(in) && in[i+1] == '/'
	case '.':
		return i > 0 && unicode.ToLower(in[i-1]) == 'w'
	}
	return false
}

// refers reports whether the sign at i and what follows can refer to a person,
// an issue or the like: @name, #1, !1, GH-1.
func refers(in []rune, i int) bool {
	next := in[i+1]
	switch {
	case in[i] == '@':
		return !unicode.IsSpace(next)
	case strings.ContainsRune("#!~%$&", in[i]):
		return unicode.IsDigit(next)
	case in[i] == '-' && i > 1:
		return unicode.IsDigit(next) && strings.EqualFold(string(in[i-2:i]), "gh")
	}
	return false
}

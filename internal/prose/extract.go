package main

import (
	"go/scanner"
	"go/token"
	"path"
	"regexp"
)

// code replaces bytes that are no prose. Patterns match spaces but not code, so
// that they do not join two texts.
const code = 0

// kindOf returns the function that keeps the prose of a file in its place, or nil
// if the file has none.
func kindOf(name string) func([]byte) []byte {
	switch path.Ext(name) {
	case ".go":
		return goProse
	case ".rego":
		return regoProse
	case ".md":
		return markdownProse
	case ".txtar", ".yaml", ".yml", ".sql":
		return textProse
	}
	return nil
}

// blank replaces all but line breaks.
func blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = code
		}
	}
}

// goProse keeps comments and string literals that have a space.
func goProse(text []byte) []byte {
	prose := make([]byte, len(text))
	for i, c := range text {
		if c == '\n' || c == '\t' || c == ' ' {
			prose[i] = c
		}
	}
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return prose
		}
		at := file.Offset(pos)
		switch {
		case tok == token.COMMENT && directive.MatchString(literal):
		case tok == token.COMMENT:
			copy(prose[at:], literal)
			copy(prose[at:], "  ")
			prose = maskSpans(prose, at, at+len(literal))
		case tok == token.STRING && space.MatchString(literal):
			copy(prose[at:], escapes.ReplaceAllString(literal, "  "))
			prose[at], prose[at+len(literal)-1] = code, code
			prose = maskSpans(prose, at, at+len(literal))
		}
	}
}

var (
	directive = regexp.MustCompile(`^//(?:go:|nolint|lint:)`)
	space     = regexp.MustCompile(`\w \w`)
	escapes   = regexp.MustCompile(`\\[ntr]`)
	spans     = regexp.MustCompile("(?s)`[^`]*`")
	fences    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	links     = regexp.MustCompile(`\]\([^)]*\)`)
	// regoTokens are comments, raw strings and strings; the rest is code.
	regoTokens = regexp.MustCompile("(?m)#.*$|`[^`]*`|\"(?:[^\"\\\\\n]|\\\\.)*\"")
	comments   = regexp.MustCompile(`(?m)^\s*(?:#|--)`)
)

// maskSpans blanks code spans between two positions.
func maskSpans(prose []byte, from, to int) []byte {
	for _, m := range spans.FindAllIndex(prose[from:to], -1) {
		blank(prose[from+m[0] : from+m[1]])
	}
	return prose
}

// regoProse keeps comments and strings that have a space.
func regoProse(text []byte) []byte {
	prose := make([]byte, len(text))
	for i, c := range text {
		if c == '\n' || c == '\t' || c == ' ' {
			prose[i] = c
		}
	}
	for _, m := range regoTokens.FindAllIndex(text, -1) {
		token := text[m[0]:m[1]]
		if token[0] == '#' {
			copy(prose[m[0]+1:], token[1:])
			prose[m[0]] = ' '
			prose = maskSpans(prose, m[0], m[1])
		} else if space.Match(token) {
			copy(prose[m[0]+1:m[1]-1], token[1:])
			prose[m[0]], prose[m[1]-1] = code, code
		}
	}
	return prose
}

// markdownProse keeps what is outside of code.
func markdownProse(text []byte) []byte {
	prose := append([]byte(nil), text...)
	for _, re := range []*regexp.Regexp{fences, links} {
		for _, m := range re.FindAllIndex(prose, -1) {
			blank(prose[m[0]:m[1]])
		}
	}
	return maskSpans(prose, 0, len(prose))
}

// textProse keeps all but code spans; the marks of comments become spaces, so
// that a sentence goes on in the next line.
func textProse(text []byte) []byte {
	prose := append([]byte(nil), text...)
	for _, m := range comments.FindAllIndex(prose, -1) {
		for i := m[0]; i < m[1]; i++ {
			if prose[i] != '\n' {
				prose[i] = ' '
			}
		}
	}
	return maskSpans(prose, 0, len(prose))
}

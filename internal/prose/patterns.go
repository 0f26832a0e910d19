package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// pattern is wording to replace. A space in it matches a line break, too.
type pattern struct {
	words   string // regular expression, whole words in any case
	instead string
}

var patterns = []pattern{
	{`where (?:there|nothing|none|nobody|neither)`, `if or unless: "if absent", "if there is no …"`},
	{`for (?:they|there|nobody|nothing|it) (?:is|are|has|have|was|were|can|cannot|could|would|may|must|needs?|reads?|knows?)`, `because`},
	{`(?:is|are|was|were|be) none`, `"is not a …", "invalid …", "got …"`},
	{`that there (?:is|are|was|were) (?:not|none)`, `"that does not exist", "unknown"`},
	{`whom`, `two sentences, or "affected clients"`},
	{`(?:stands?|stood) (?:in|on|at|beside|below|above|before|under|behind|there|enabled|alone)`, `is, is in`},
	{`must stand`, `is required`},
	{`beside`, `next to`},
	{`go(?:es)? (?:before|beside|by)`, `take precedence over, use`},
	{`taken for|takes? (?:it|them|that|this|one|each) for`, `treat as`},
	{`held to|holds? (?:it|them|us|nscheck) to`, `check against`},
	{`says? (?:so|of)`, `report, show, state`},
	{`tells?|told|telling`, `print, report, show, describe, warn; "tell apart" is distinguish`},
	{`judg(?:e|es|ed|ing|ements?|ments?)`, `evaluate, evaluation, verdict`},
	{`mend(?:s|ed|ing)?`, `fix, fixed`},
	{`harm(?:s|ed|ing)?`, `affect, affected`},
	{`held back`, `blocked`},
	{`frees|freed`, `unblocks, unblocked`},
	{`remember(?:s|ed|ing)?`, `cache, keep`},
	{`nobody|whoever|somebody|anybody`, `name them: users, clients, the caller, the reader`},
	{`anew`, `again`},
	{`as far as`, `if, to the extent`},
	{`(?:is|are|be) to be had`, `is available`},
	{`(?:at|to) hand`, `available`},
	{`shall`, `must, or the present tense`},
	{`lest`, `so that … does not`},
	{`midst`, `during, in the middle`},
	{`in goes|out comes?|what goes in`, `reads …; returns …`},
	{`pass(?:es|ed)? over`, `ignore, ignored`},
	{`bears?|borne`, `has`},
	{`(?:for|from) want of`, `because … is missing`},
	{`acquits?|acquitted|convicts?|convicted`, `pass, finding`},
	{`thereof|therein|whereby|wherein|whereabouts|herein`, `two sentences`},
	{`is what (?:a|an|the|it|is|was|we|they)`, `a verb: "X returns …", "X reads …"`},
	{`rests? on`, `depends on, uses`},
}

var (
	compiled = compilePatterns()
	// identifiers are words that are names rather than prose: with dots, slashes or
	// underscores, flags, and single words in double quotes.
	identifiers = regexp.MustCompile(`[\w*]*(?:[_./\\:]+\w+)+|--?[a-z][a-z-]*|\\?"\w+\\?"|\[[\w.]+\]`)
)

func compilePatterns() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(patterns))
	for i, p := range patterns {
		all[i] = regexp.MustCompile(`(?i)\b(?:` + strings.ReplaceAll(p.words, " ", `\s+`) + `)\b`)
	}
	return all
}

// finding is a pattern that was found.
type finding struct {
	file         string
	line, column int
	text         string // as in the file, in lower case and with single spaces
	instead      string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %q: write %s", f.file, f.line, f.column, f.text, f.instead)
}

// inspect finds the patterns in the prose of a file.
func inspect(name string, text []byte) []finding {
	prose := kindOf(name)(text)
	for _, m := range identifiers.FindAllIndex(prose, -1) {
		blank(prose[m[0]:m[1]])
	}
	var found []finding
	for i, re := range compiled {
		for _, m := range re.FindAllIndex(prose, -1) {
			before := text[:m[0]]
			found = append(found, finding{
				file:    name,
				line:    bytes.Count(before, []byte("\n")) + 1,
				column:  m[0] - bytes.LastIndexByte(before, '\n'),
				text:    strings.ToLower(strings.Join(strings.Fields(string(prose[m[0]:m[1]])), " ")),
				instead: patterns[i].instead,
			})
		}
	}
	return found
}

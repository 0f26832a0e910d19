package tsql

import (
	"slices"
	"strings"
)

// Replacement is the name of an object elsewhere, and of its columns.
type Replacement struct {
	Object  Name
	Columns map[string]string // by their name here, in lower case
}

// edit puts text in place of a part of another.
type edit struct {
	start, end int
	text       string
}

func apply(text string, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(text[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.WriteString(text[at:])
	return out.String()
}

// Rename writes a statement with other names for objects, by their name in
// lower case, and for those of their columns that are written behind the
// object's alias.
func Rename(text string, replacements map[string]Replacement) (string, error) {
	tokens, err := statement(text)
	if err != nil {
		return "", err
	}
	var edits []edit
	columns := make(map[string]map[string]string) // by alias
	for _, s := range sources(tokens) {
		r, ok := replacements[strings.ToLower(strings.Join(s.name, "."))]
		if !ok {
			continue
		}
		if len(r.Object) > 0 {
			edits = append(edits, edit{s.start, s.end, r.Object.String()})
		}
		if s.alias != "" {
			columns[strings.ToLower(s.alias)] = r.Columns
		}
	}
	for i := 2; i < len(tokens); i++ {
		if !tokens[i].isName() || !tokens[i-1].is(".") || !tokens[i-2].isName() {
			continue
		}
		if to, ok := columns[strings.ToLower(tokens[i-2].name())][strings.ToLower(tokens[i].name())]; ok {
			edits = append(edits, edit{tokens[i].start, tokens[i].end, Quote(to)})
		}
	}
	return apply(text, edits), nil
}

// WithoutComments writes a statement without its comments and the lines that
// they leave empty, and without a semicolon at the end.
func WithoutComments(text string) (string, error) {
	tokens, err := statement(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	at := 0
	for _, t := range tokens {
		gap := text[at:t.start]
		switch {
		case at == 0:
		case strings.Contains(gap, "\n"):
			indent := gap[strings.LastIndexByte(gap, '\n')+1:]
			if strings.TrimSpace(indent) != "" {
				indent = "" // the line has a comment too
			}
			out.WriteString("\n" + indent)
		case gap != "" && strings.TrimSpace(gap) == "":
			out.WriteString(gap)
		case gap != "":
			out.WriteString(" ")
		}
		out.WriteString(t.text)
		at = t.end
	}
	return out.String(), nil
}

// Parameterise replaces texts that a statement compares with by @parameters. names
// has the parameter's name, without the @, for each text.
func Parameterise(text string, names map[string]string) (string, error) {
	tokens, err := statement(text)
	if err != nil {
		return "", err
	}
	var edits []edit
	for i, t := range tokens {
		if name, ok := names[value(tokens, i)]; ok && compared(tokens, i) {
			text := "@" + name
			if i > 0 && tokens[i-1].end == t.start && tokens[i-1].kind != punct {
				text = " " + text
			}
			if i+1 < len(tokens) && tokens[i+1].start == t.end && tokens[i+1].kind != punct {
				text += " " // or it would be part of the parameter's name
			}
			edits = append(edits, edit{t.start, t.end, text})
		}
	}
	return apply(text, edits), nil
}

func value(tokens []token, i int) string {
	if tokens[i].kind != literal {
		return ""
	}
	return tokens[i].value()
}

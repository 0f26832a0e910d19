package tsql

import (
	"slices"
	"strings"
)

// Name is the name of a table, view or function, in the parts that a statement
// gives; the object itself is the last one.
type Name []string

// Quote writes a name as QUOTENAME does.
func Quote(name string) string {
	return "[" + strings.ReplaceAll(name, "]", "]]") + "]"
}

// QuoteText writes a text as a literal.
func QuoteText(text string) string {
	return "N'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// ParseName splits a name such as dbo.vItem or [dbo].[v.Item] into its parts.
func ParseName(text string) (Name, bool) {
	tokens, err := lex(text)
	if err != nil {
		return nil, false
	}
	name, length := chain(tokens)
	return name, length > 0 && length == len(tokens)
}

// String writes the name quoted.
func (n Name) String() string {
	parts := make([]string, len(n))
	for i, part := range n {
		if part != "" {
			parts[i] = Quote(part)
		}
	}
	return strings.Join(parts, ".")
}

// Plain writes the name for output: a part is quoted only if necessary.
func (n Name) Plain() string {
	parts := make([]string, len(n))
	for i, part := range n {
		if parts[i] = part; part != "" && wordLength(part) != len(part) {
			parts[i] = Quote(part)
		}
	}
	return strings.Join(parts, ".")
}

// chain reads the parts of a name and returns the number of their tokens.
func chain(tokens []token) (Name, int) {
	var name Name
	at := 0
	for at < len(tokens) && tokens[at].isName() {
		name = append(name, tokens[at].name())
		at++
		for at < len(tokens) && tokens[at].is(".") {
			if at++; at < len(tokens) && tokens[at].is(".") {
				name = append(name, "") // as in database..object
			} else {
				break
			}
		}
		if !tokens[at-1].is(".") {
			break
		}
	}
	return name, at
}

// Parameters are the parameters of a statement, without the @, in the order of
// their first use.
func Parameters(text string) ([]string, error) {
	tokens, err := statement(text)
	if err != nil {
		return nil, err
	}
	var names []string
	for i, t := range tokens {
		if t.kind != variable {
			continue
		}
		name := t.text[1:]
		if name == "" || strings.HasPrefix(name, "@") {
			continue // @@VERSION and the like are the server's own
		}
		if i+1 < len(tokens) && tokens[i+1].is("=") && i > 0 && tokens[i-1].isAny("SELECT", ",") {
			return nil, errorAt(text, t.start, "@%s is assigned to; a binding's columns are named AS [name]", name)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Literals are the texts in quotes that a statement compares with, each once.
// What follows THEN or ELSE is not among them: the statement returns it.
func Literals(text string) ([]string, error) {
	tokens, err := statement(text)
	if err != nil {
		return nil, err
	}
	var texts []string
	for i := range tokens {
		if compared(tokens, i) && !slices.Contains(texts, tokens[i].value()) {
			texts = append(texts, tokens[i].value())
		}
	}
	return texts, nil
}

func compared(tokens []token, i int) bool {
	return tokens[i].kind == literal && i > 0 && !tokens[i-1].isAny("THEN", "ELSE", "SELECT", "AS")
}

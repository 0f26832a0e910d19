package tsql

import "strings"

// source is an object that a statement reads.
type source struct {
	name       Name
	start, end int // of the name in the text
	alias      string
}

// clause is the state of a SELECT with open brackets.
type clause struct {
	selects bool // its SELECT has been seen
	from    bool // it is in its FROM clause
	wanted  bool // an object may follow
}

// sources finds the objects that a statement reads: the names that follow FROM,
// JOIN, APPLY and the commas of a FROM clause, without its own common table
// expressions.
func sources(tokens []token) []source {
	common := commonTables(tokens)
	clauses := []clause{{}}
	var found []source
	for i := 0; i < len(tokens); i++ {
		t, top := tokens[i], &clauses[len(clauses)-1]
		switch {
		case t.is("("):
			// Brackets may surround a join as well as a SELECT.
			clauses = append(clauses, clause{from: top.wanted, wanted: top.wanted})
			clauses[len(clauses)-2].wanted = false
		case t.is(")"):
			if len(clauses) > 1 {
				clauses = clauses[:len(clauses)-1]
			}
		case t.is("SELECT"):
			*top = clause{selects: true}
		case t.is("FROM"):
			if top.selects && !(i > 0 && tokens[i-1].is("DISTINCT")) {
				top.from, top.wanted = true, true
			}
		case t.isAny("JOIN", "APPLY"):
			top.wanted = top.from
		case t.is(","):
			top.wanted = top.from
		case t.isAny("WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "OPTION"):
			top.from, top.wanted = false, false
		case top.wanted && t.isName():
			top.wanted = false
			name, length := chain(tokens[i:])
			one := source{name, t.start, tokens[i+length-1].end, alias(tokens, i+length)}
			if len(name) != 1 || !common[strings.ToLower(name[0])] {
				found = append(found, one)
			}
			i += length - 1
		}
	}
	return found
}

// commonTables are the names of a statement's common table expressions.
func commonTables(tokens []token) map[string]bool {
	names := make(map[string]bool)
	if !tokens[0].is("WITH") {
		return names
	}
	depth := 0
	for i, t := range tokens[1:] {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth > 0:
		case t.is("SELECT"):
			return names
		case t.isName() && (i == 0 || tokens[i].is(",")):
			names[strings.ToLower(t.name())] = true
		}
	}
	return names
}

// alias is the name of an object in a FROM clause.
func alias(tokens []token, at int) string {
	if at < len(tokens) && tokens[at].is("AS") {
		at++
	}
	if at < len(tokens) && (tokens[at].kind == quoted || tokens[at].kind == word && !grammar[strings.ToUpper(tokens[at].text)]) {
		return tokens[at].name()
	}
	return ""
}

// Objects are the tables, views and functions that a statement reads, each
// once.
func Objects(text string) ([]Name, error) {
	tokens, err := statement(text)
	if err != nil {
		return nil, err
	}
	var names []Name
	seen := make(map[string]bool)
	for _, s := range sources(tokens) {
		if key := strings.ToLower(s.name.String()); !seen[key] {
			seen[key] = true
			names = append(names, s.name)
		}
	}
	return names, nil
}

// Columns are the names of the columns that a statement returns; empty for
// those without a name. It refuses *, by which others than those meant may come.
func Columns(text string) ([]string, error) {
	tokens, err := statement(text)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, item := range selectList(tokens) {
		if len(item) == 0 {
			return nil, errorAt(text, tokens[0].start, "its list of columns has a gap")
		}
		if last := item[len(item)-1]; last.is("*") && (len(item) == 1 || item[len(item)-2].is(".")) {
			return nil, errorAt(text, last.start, "it returns *; name the columns one by one")
		}
		names = append(names, columnName(item))
	}
	return names, nil
}

// selectList is the items of the main SELECT.
func selectList(tokens []token) [][]token {
	depth, first := 0, -1
	for i, t := range tokens {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth == 0 && t.is("SELECT"):
			first = i + 1
		}
		if first >= 0 {
			break
		}
	}
	tokens = afterTop(tokens[first:])
	items, start := [][]token{}, 0
	for i, t := range tokens {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth > 0:
		case t.is(","):
			items = append(items, tokens[start:i])
			start = i + 1
		case t.isAny("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "OPTION"):
			return append(items, tokens[start:i])
		}
	}
	return append(items, tokens[start:])
}

// afterTop skips DISTINCT and TOP (n) PERCENT WITH TIES.
func afterTop(tokens []token) []token {
	for len(tokens) > 0 && tokens[0].isAny("ALL", "DISTINCT") {
		tokens = tokens[1:]
	}
	if len(tokens) < 2 || !tokens[0].is("TOP") {
		return tokens
	}
	tokens = tokens[1:]
	if tokens[0].is("(") {
		for depth := 0; len(tokens) > 0; {
			switch {
			case tokens[0].is("("):
				depth++
			case tokens[0].is(")"):
				depth--
			}
			if tokens = tokens[1:]; depth == 0 {
				break
			}
		}
	} else {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[0].isAny("PERCENT", "WITH", "TIES") {
		tokens = tokens[1:]
	}
	return tokens
}

// columnName is the name of one item: a AS x, a x, x = a, t.x or x.
func columnName(item []token) string {
	last := item[len(item)-1]
	switch {
	case len(item) > 2 && item[0].isName() && item[1].is("="):
		return item[0].name()
	case last.kind == quoted, last.kind == word && !grammar[strings.ToUpper(last.text)]:
		return last.name()
	case last.kind == literal && len(item) > 1 && item[len(item)-2].is("AS"):
		return last.value()
	}
	return ""
}

// Ordered reports whether a statement orders its rows.
func Ordered(text string) (bool, error) {
	tokens, err := statement(text)
	if err != nil {
		return false, err
	}
	depth := 0
	for i, t := range tokens[:len(tokens)-1] {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth == 0 && t.is("ORDER") && tokens[i+1].is("BY"):
			return true, nil
		}
	}
	return false, nil
}

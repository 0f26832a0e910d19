package tsql

import "strings"

// readsOnly ends the messages of Check: it explains what is allowed.
const readsOnly = "a binding is one SELECT statement that only reads"

// Check refuses anything but one SELECT statement that reads tables and views of
// the CMDB and calls only functions of the allow-list. It may begin
// with common table expressions and with and end with semicolons. Its errors are
// of type *Error.
func Check(text string) error {
	_, err := statement(text)
	return err
}

// CheckOwn refuses anything but one SELECT statement. It is for queries that are
// part of nscheck and ask the server for its catalogue.
func CheckOwn(text string) error {
	_, err := oneSelect(text)
	return err
}

// statement is the tokens of a text that Check lets pass, without the semicolons
// around it.
func statement(text string) ([]token, error) {
	c, err := oneSelect(text)
	if err != nil {
		return nil, err
	}
	return c.tokens, c.reads()
}

func oneSelect(text string) (*checker, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].is(";") {
		tokens = tokens[:len(tokens)-1]
	}
	for len(tokens) > 0 && tokens[0].is(";") {
		tokens = tokens[1:] // ;WITH is a usual beginning of a common table expression
	}
	if len(tokens) == 0 {
		return nil, &Error{1, 1, "no statement; " + readsOnly}
	}
	c := &checker{text: text, tokens: tokens}
	if !tokens[0].isAny("SELECT", "WITH") {
		return nil, c.fail(0, "it begins with %s; %s", tokens[0].text, readsOnly)
	}
	for i := range tokens {
		if err := c.token(i); err != nil {
			return nil, err
		}
	}
	switch {
	case len(c.open) > 0:
		return nil, c.fail(c.open[len(c.open)-1], "this bracket is never closed")
	case !c.selected:
		return nil, c.fail(0, "WITH is followed by no SELECT; %s", readsOnly)
	case len(c.cases) > 0:
		return nil, c.fail(c.cases[len(c.cases)-1], "this CASE has no END")
	}
	return c, nil
}

// checker checks a statement in one pass.
type checker struct {
	text     string
	tokens   []token
	open     []int // brackets
	cases    []int
	selected bool // the main SELECT has been seen
}

func (c *checker) fail(i int, format string, args ...any) error {
	return errorAt(c.text, c.tokens[i].start, format, args...)
}

// before is the token before, or one that is nothing.
func (c *checker) before(i, steps int) token {
	if i < steps {
		return token{kind: blank}
	}
	return c.tokens[i-steps]
}

func (c *checker) after(i int) token {
	if i+1 == len(c.tokens) {
		return token{kind: blank}
	}
	return c.tokens[i+1]
}

func (c *checker) token(i int) error {
	t := c.tokens[i]
	switch t.kind {
	case punct:
		return c.punctuation(i)
	case quoted, word:
		if name := strings.ToLower(t.name()); strings.HasPrefix(name, "xp_") {
			return c.fail(i, "%s is an extended procedure; %s", t.text, readsOnly)
		}
	}
	if t.kind != word {
		return nil
	}
	return c.word(i)
}

func (c *checker) punctuation(i int) error {
	switch t := c.tokens[i]; t.text {
	case "(":
		c.open = append(c.open, i)
	case ")":
		if len(c.open) == 0 {
			return c.fail(i, "this bracket closes none")
		}
		c.open = c.open[:len(c.open)-1]
	case ";":
		return c.fail(i, "another statement follows this semicolon; %s", readsOnly)
	case "{", "}", "]", "`", ":", "\\", "?", "$":
		return c.fail(i, "the sign %s has no place in a query", t.text)
	}
	return nil
}

func (c *checker) word(i int) error {
	upper := strings.ToUpper(c.tokens[i].text)
	part := c.before(i, 1).is(".") // of a name, which cannot be a keyword
	switch {
	case reserved[upper]:
		return c.fail(i, "%s is not allowed; %s", upper, readsOnly)
	case part:
		return nil
	case starters[upper]:
		return c.fail(i, "%s is not allowed; %s. Put it into brackets if it is a name", upper, readsOnly)
	case locking[upper]:
		return c.fail(i, "the hint %s takes locks that others wait for; remove it", upper)
	case upper == "NEXT" && c.after(i).is("VALUE"):
		return c.fail(i, "NEXT VALUE changes a sequence; %s", readsOnly)
	case upper == "CASE":
		c.cases = append(c.cases, i)
	case upper == "END":
		if len(c.cases) == 0 {
			return c.fail(i, "this END belongs to no CASE")
		}
		c.cases = c.cases[:len(c.cases)-1]
	case upper == "SELECT":
		return c.selects(i)
	case upper == "WITH" && i > 0 && !c.after(i).is("(") && !c.after(i).is("TIES"):
		return c.fail(i, "another statement begins with this WITH; %s", readsOnly)
	case upper == "FETCH" && !c.before(i, 1).isAny("ROW", "ROWS"):
		return c.fail(i, "FETCH is not allowed but after OFFSET … ROWS; %s", readsOnly)
	}
	return nil
}

// selects checks the words before a SELECT. T-SQL needs no semicolon between
// statements, so a SELECT that nothing leads up to begins another one.
func (c *checker) selects(i int) error {
	last := c.before(i, 1)
	joined := last.isAny("UNION", "EXCEPT", "INTERSECT") || last.is("ALL") && c.before(i, 2).is("UNION")
	if len(c.open) > 0 {
		if joined || last.is("(") {
			return nil
		}
	} else {
		first := i == 0 || !c.selected && last.is(")")
		if first && !c.selected {
			c.selected = true
			return nil
		}
		if joined && c.selected {
			return nil
		}
	}
	return c.fail(i, "another statement begins with this SELECT; %s", readsOnly)
}

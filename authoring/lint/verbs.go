package lint

import (
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/authoring/regotypes"
)

// The verbs of sprintf that fit numbers, and those that fit all else: OPA hands texts
// on as they are, and writes other values as texts first.
const (
	numberVerbs = "bcdeEfFgGoOqUvxXT"
	otherVerbs  = "sqvxXT"
)

var (
	verbForm = regexp.MustCompile(`(?s)%[-+# 0-9.]*(.)`)
	// numbered are formats that say which value goes where.
	numbered = regexp.MustCompile(`%[-+# 0-9.]*[\[*]`)
)

// verbsOf are the verbs of a format, in their order; ok is false where they do not
// stand for one value each.
func verbsOf(format string) (verbs []string, ok bool) {
	if numbered.MatchString(format) {
		return nil, false
	}
	for _, found := range verbForm.FindAllStringSubmatch(format, -1) {
		if found[1] != "%" {
			verbs = append(verbs, found[1])
		}
	}
	return verbs, true
}

// verbs looks at the values that sprintf is given: what does not fit its verb is shown
// with the marks of Go, such as %!s(int=8).
func (c *comparer) verbs(e *ast.Expr) {
	format := c.scope.Term(e.Operand(0))
	values, written := elements(e.Operand(1))
	if format == nil || len(format.Texts) != 1 || !written {
		return
	}
	verbs, ok := verbsOf(format.Texts[0])
	if !ok {
		return
	}
	if len(verbs) != len(values) {
		c.at(e.Location, wrongVerb, "the format has %s for %s", count(len(verbs), "verb"), count(len(values), "value"))
		return
	}
	for i, verb := range verbs {
		o, known := c.operand(values[i])
		if !known {
			continue
		}
		kinds := o.value.Kinds &^ regotypes.Null
		switch {
		case kinds == regotypes.Number && !strings.Contains(numberVerbs, verb):
			c.at(place(values[i], e), wrongVerb, "%%%s does not fit %s", verb, c.withKind(o))
		case kinds&regotypes.Number == 0 && !strings.Contains(otherVerbs, verb):
			c.at(place(values[i], e), wrongVerb, "%%%s fits numbers, and not %s", verb, c.withKind(o))
		}
	}
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/open-policy-agent/opa/v1/ast"
)

// place is what identifies a mutant while lines of the file move.
type place struct {
	File string
	// Rule is the name that the changed rule defines, such as violation.
	Rule string
	// Source is the line that is changed, without indentation.
	Source string
	// Change names the change, such as "== -> !=".
	Change string
}

// mutant is a file of Rego with one change of its meaning.
type mutant struct {
	place
	Line int
	// Killer names the test that failed.
	Killer string
	edits  []edit
}

// edit replaces bytes of a file.
type edit struct {
	from, to int
	text     string
}

// apply returns the mutated text.
func (m *mutant) apply(text string) string {
	edits := slices.Clone(m.edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return b.from - a.from }) // back to front
	for _, e := range edits {
		text = text[:e.from] + e.text + text[e.to:]
	}
	return text
}

func (m *mutant) String() string {
	return fmt.Sprintf("policies/%s:%d: %s, in %s: %s", m.File, m.Line, m.Change, m.Rule, m.Source)
}

// operators are the replacements of operators and functions.
var operators = map[string][]string{
	"==": {"!="}, "!=": {"=="},
	"<": {"<=", ">="}, "<=": {"<", ">"}, ">": {">=", "<="}, ">=": {">", "<"},
	"+": {"-"}, "*": {"/"}, "/": {"*"},
	"-": {"+", "|"}, "|": {"&", "-"}, "&": {"|"},
	"min": {"max"}, "max": {"min"},
	"startswith": {"endswith"}, "endswith": {"startswith"},
	"floor": {"ceil"}, "ceil": {"floor"},
	"union": {"intersection"}, "intersection": {"union"},
	// Without the function.
	"lower": {""}, "upper": {""}, "trim_space": {""},
}

// finder collects the mutants of a file.
type finder struct {
	file, text string
	found      []*mutant
	rule       string
}

// mutantsOf returns all mutants of a file. Not all of them compile.
func mutantsOf(file, text string, module *ast.Module) []*mutant {
	f := &finder{file: file, text: text}
	for _, rule := range module.Rules {
		f.rule = string(rule.Head.Name)
		ast.WalkBodies(rule, func(b ast.Body) bool {
			f.body(b)
			return false
		})
		ast.WalkExprs(rule, func(e *ast.Expr) bool {
			f.expr(e)
			return false
		})
		ast.WalkTerms(rule, func(t *ast.Term) bool {
			f.term(t)
			return false
		})
	}
	slices.SortStableFunc(f.found, func(a, b *mutant) int { return a.edits[0].from - b.edits[0].from })
	return f.found
}

// add records a mutant unless its edits are known already.
func (f *finder) add(change string, edits ...edit) {
	m := &mutant{place: place{File: f.file, Rule: f.rule, Change: change}, edits: edits}
	m.Line = 1 + strings.Count(f.text[:edits[0].from], "\n")
	m.Source = strings.TrimSpace(strings.Split(f.text, "\n")[m.Line-1])
	if !slices.ContainsFunc(f.found, func(o *mutant) bool { return slices.Equal(o.edits, m.edits) }) {
		f.found = append(f.found, m)
	}
}

// body adds the mutants of conditions, and turns quantifiers round.
func (f *finder) body(b ast.Body) {
	if isTrue(b[0]) {
		return // the parser adds it to a rule without conditions
	}
	_, end, closed := f.span(b[len(b)-1].Location)
	if from, _, ok := f.span(b[0].Location); ok && closed {
		if strings.HasSuffix(strings.TrimSpace(f.text[:from]), " if") {
			f.add("never", edit{from, from, "{\nfalse; "}, edit{end, end, "\n}"})
		} else {
			f.add("never", edit{from, from, "false; "})
		}
	}
	for i, e := range b {
		from, to, ok := f.span(e.Location)
		if !ok || e.IsAssignment() {
			continue
		}
		source := f.text[from:to]
		if !e.IsSome() || strings.HasPrefix(source, "some _ in ") {
			// The variables of the condition stay in use, which strict mode requires.
			f.add("drop "+oneLine(source), edit{from, from, "count([1 | "}, edit{to, to, "]) >= 0"})
		}
		if e.IsSome() && closed && i < len(b)-1 && strings.Contains(source, " in ") {
			next, _, _ := f.span(b[i+1].Location)
			f.add("some -> every", edit{from, from + len("some"), "every"}, edit{to, next, " {\n"}, edit{end, end, "\n}"})
		}
	}
}

// expr adds the mutants of negations and of every.
func (f *finder) expr(e *ast.Expr) {
	from, to, ok := f.span(e.Location)
	if !ok || isTrue(e) {
		return
	}
	source := f.text[from:to]
	every, isEvery := e.Terms.(*ast.Every)
	switch {
	case e.Negated && strings.HasPrefix(source, "not "):
		f.add("not removed", edit{from, from + len("not "), ""})
	case isEvery:
		if start, _, ok := f.span(every.Body[0].Location); ok {
			if brace := strings.LastIndex(f.text[from:start], "{"); brace >= 0 {
				at := from + brace
				f.add("every -> some", edit{from, from + len("every"), "count([1 | some"}, edit{at, at + 1, ";"}, edit{to - 1, to, "]) > 0"})
			}
		}
	case !e.IsSome() && !e.IsAssignment():
		f.add("not added", edit{from, from, "not "})
	}
}

// term adds the mutants of constants and operators.
func (f *finder) term(t *ast.Term) {
	from, to, ok := f.span(t.Location)
	if !ok {
		return
	}
	source := f.text[from:to]
	replace := func(text string) { f.add(source+" -> "+text, edit{from, to, text}) }
	switch v := t.Value.(type) {
	case ast.Boolean:
		if source == v.String() {
			replace(fmt.Sprint(!bool(v)))
		}
	case ast.Number:
		if n, isInt := v.Int(); isInt && source == v.String() {
			replace(fmt.Sprint(n + 1))
		}
	case ast.String:
		switch source {
		case `"sure"`:
			replace(`"possible"`)
		case `"possible"`:
			replace(`"sure"`)
		}
	case *ast.Array:
		f.elements(v.Foreach)
	case ast.Set:
		f.elements(v.Foreach)
	case ast.Object:
		f.entries(v)
	case ast.Ref:
		for _, text := range operators[source] {
			replace(text)
		}
	}
}

// elements adds the mutants that lack an element of a list or a set.
func (f *finder) elements(each func(func(*ast.Term))) {
	var parts []edit
	each(func(t *ast.Term) {
		if from, to, ok := f.span(t.Location); ok {
			parts = append(parts, edit{from, to, ""})
		}
	})
	f.without(parts)
}

// entries adds the mutants that lack a key of an object.
func (f *finder) entries(object ast.Object) {
	var parts []edit
	object.Foreach(func(key, value *ast.Term) {
		from, _, ok := f.span(key.Location)
		_, to, closed := f.span(value.Location)
		if ok && closed {
			parts = append(parts, edit{from, to, ""})
		}
	})
	f.without(parts)
}

// without adds the mutants that lack one part of a list of several.
func (f *finder) without(parts []edit) {
	slices.SortFunc(parts, func(a, b edit) int { return a.from - b.from })
	for i, part := range parts {
		change := "without " + oneLine(f.text[part.from:part.to])
		switch {
		case i+1 < len(parts):
			f.add(change, edit{part.from, parts[i+1].from, ""})
		case i > 0:
			f.add(change, edit{parts[i-1].to, part.to, ""})
		}
	}
}

// span returns where a location is in the text.
func (f *finder) span(l *ast.Location) (from, to int, ok bool) {
	if l == nil || l.Offset < 0 || l.Offset+len(l.Text) > len(f.text) {
		return 0, 0, false
	}
	source := strings.TrimRightFunc(string(l.Text), unicode.IsSpace)
	from, to = l.Offset, l.Offset+len(source)
	return from, to, to > from && f.text[from:to] == source
}

// isTrue reports whether an expression is the body that the parser adds to a rule
// without conditions.
func isTrue(e *ast.Expr) bool {
	t, ok := e.Terms.(*ast.Term)
	return ok && !e.Negated && t.Value.Compare(ast.Boolean(true)) == 0
}

// oneLine returns a text without line breaks and repeated spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

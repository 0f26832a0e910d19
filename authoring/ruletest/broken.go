package ruletest

import (
	"path"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// brokenFile is the entry for a file of tests or of examples that cannot be read or
// compiled.
func brokenFile(kind Kind, file string, flaws rule.Flaws) Test {
	return Test{Kind: kind, Name: path.Base(file), WholeFile: true, File: file, Line: flaws[0].Row, Outcome: Errored, Msg: flaws.Error()}
}

func (s *suite) isBroken(file string) bool {
	return slices.ContainsFunc(s.broken, func(t Test) bool { return t.File == file })
}

// flawed is a test that does not compile, or where rule is nil, a file of tests.
type flawed struct {
	file string
	rule *ast.Rule
}

// putAside takes what does not compile out of the tests, and reports whether it
// was there.
func (f flawed) putAside(tests map[string]*ast.Module) bool {
	m := tests[f.file]
	if m == nil {
		return false
	}
	before := len(m.Rules)
	if f.rule != nil {
		m.Rules = slices.DeleteFunc(m.Rules, func(r *ast.Rule) bool { return r == f.rule })
	}
	if len(m.Rules) == before {
		delete(tests, f.file)
	}
	return true
}

// flaws are those that compiling tests with the rules finds, by what they are in.
type flaws struct {
	order []flawed
	by    map[flawed]rule.Flaws
}

// note notes the flaws that are in tests, and tells whether there were any.
func (f *flaws) note(s *suite, found rule.Flaws) (in []flawed) {
	for _, flaw := range found {
		m := s.tests[flaw.File]
		if m == nil {
			continue // it is in a rule, where only a test can have put it
		}
		at := flawed{file: flaw.File}
		for _, r := range m.Rules {
			if r.Location.Row <= flaw.Row && (at.rule == nil || r.Location.Row >= at.rule.Location.Row) {
				at.rule = r
			}
		}
		if at.rule != nil && testRef(at.rule) == nil {
			at.rule = nil
		}
		if f.by == nil {
			f.by = map[flawed]rule.Flaws{}
		}
		if f.by[at] == nil {
			f.order = append(f.order, at)
		}
		if !slices.ContainsFunc(f.by[at], func(o *rule.Flaw) bool { return o.Row == flaw.Row && o.Col == flaw.Col && o.Msg == flaw.Msg }) {
			f.by[at] = append(f.by[at], flaw)
		}
		in = append(in, at)
	}
	return in
}

// entries are the tests and files that do not compile.
func (f *flaws) entries(s *suite) []Test {
	var out []Test
	for _, at := range f.order {
		found := f.by[at]
		found.ShowIn(at.file, s.texts[at.file])
		t := brokenFile(Rego, at.file, found)
		if at.rule != nil {
			t.Name, t.WholeFile, t.Line = s.testName(at.file, at.rule), false, at.rule.Location.Row
		}
		t.Rule = s.testedRule(at.file)
		out = append(out, t)
	}
	return out
}

func (s *suite) testName(file string, r *ast.Rule) string {
	return s.tests[file].Package.Path.Extend(testRef(r)).String()
}

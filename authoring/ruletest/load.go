package ruletest

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// suite is what is run.
type suite struct {
	Options
	pack *rule.Pack
	// The rules that are tested.
	rules []ruleUnderTest
	// The modules with tests and their texts, by file, and all files whose coverage
	// counts.
	tests map[string]*ast.Module
	texts map[string]string
	files []string
	// Tests, and files of tests or examples, that cannot be run.
	broken []Test
}

type ruleUnderTest struct {
	*rule.Rule
	exampleFile string
	examples    []evaluator.Example
}

// load reads rules, tests and examples.
func load(o Options) (*suite, error) {
	s := &suite{Options: o, tests: map[string]*ast.Module{}, texts: map[string]string{}}
	sources := slices.Clone(o.Others)
	for _, t := range o.Targets {
		if !slices.ContainsFunc(sources, func(s rule.Source) bool { return s.Name == t.Source.Name }) {
			sources = append(sources, t.Source)
		}
	}
	var err error
	if s.pack, err = rule.LoadPack(sources...); err != nil {
		return nil, err
	}
	byFile := map[string]*rule.Rule{}
	for _, r := range s.pack.Rules {
		byFile[r.File] = r
	}
	for _, t := range o.Targets {
		if err := s.read(t, byFile); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// read reads the tests and examples of a target.
func (s *suite) read(t Target, byFile map[string]*rule.Rule) error {
	return fs.WalkDir(t.Source.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".rego") || !t.holds(name) {
			return err
		}
		file := t.Source.File(name)
		if slices.Contains(s.files, file) || s.texts[file] != "" {
			return nil // another target has it too
		}
		if !strings.HasSuffix(name, "_test.rego") {
			s.files = append(s.files, file)
			return s.readExamples(t.Source, name, byFile[file])
		}
		text, err := fs.ReadFile(t.Source.FS, name)
		if err != nil {
			return err
		}
		s.texts[file] = rule.RegoText(text)
		return s.readTests(file, text)
	})
}

// readTests reads a file of tests.
func (s *suite) readTests(file string, text []byte) error {
	m, err := rule.ParseRego(file, text)
	var flaws rule.Flaws
	switch {
	case errors.As(err, &flaws):
		s.broken = append(s.broken, brokenFile(Rego, file, flaws))
	case err != nil:
		return err
	default:
		s.tests[file] = m
	}
	return nil
}

// readExamples reads the examples beside a rule; r is nil for a library.
func (s *suite) readExamples(source rule.Source, name string, r *rule.Rule) error {
	if r == nil {
		return nil
	}
	name = stem(name) + ".yaml"
	rl := ruleUnderTest{Rule: r, exampleFile: source.File(name)}
	text, err := fs.ReadFile(source.FS, name)
	if err == nil {
		rl.examples, err = evaluator.ReadExamples(rl.exampleFile, text)
	}
	var flaws rule.Flaws
	if errors.As(err, &flaws) {
		t := brokenFile(Example, rl.exampleFile, flaws)
		t.Rule = r.ID
		s.broken = append(s.broken, t)
	} else if err != nil && !isMissing(err) {
		return err
	}
	s.rules = append(s.rules, rl)
	return nil
}

// gaps are the rules without tests or without examples.
func (s *suite) gaps() []Gap {
	var gaps []Gap
	for _, r := range s.rules {
		if !s.isTested(r.Rule) && !s.isBroken(stem(r.File)+"_test.rego") {
			gaps = append(gaps, Gap{r.ID, r.File, "tests"})
		}
		if len(r.examples) == 0 && !s.isBroken(r.exampleFile) {
			gaps = append(gaps, Gap{r.ID, r.File, "worked examples"})
		}
	}
	return gaps
}

// isTested reports whether a module with tests refers to a rule's package.
func (s *suite) isTested(r *rule.Rule) bool {
	path := ast.MustParseRef(r.Package)
	for _, m := range s.tests {
		refers := m.Package.Path.Equal(path)
		ast.WalkRefs(m, func(ref ast.Ref) bool {
			refers = refers || ref.HasPrefix(path)
			return refers
		})
		if refers && slices.ContainsFunc(m.Rules, isTest) {
			return true
		}
	}
	return false
}

func isTest(r *ast.Rule) bool {
	ref := testRef(r)
	return ref != nil && !strings.HasPrefix(nameOf(ref[len(ref)-1]), tester.SkipTestPrefix)
}

// testRef is the name of a test, or of one that is yet to be done, as OPA's runner
// knows it; nil where the rule is none.
func testRef(r *ast.Rule) ast.Ref {
	ref := r.Head.Ref().GroundPrefix()
	for i, t := range ref {
		if name := nameOf(t); strings.HasPrefix(name, tester.TestPrefix) || strings.HasPrefix(name, tester.SkipTestPrefix) {
			return ref[:i+1]
		}
	}
	return nil
}

func nameOf(t *ast.Term) string {
	switch v := t.Value.(type) {
	case ast.Var:
		return string(v)
	case ast.String:
		return string(v)
	}
	return ""
}

// testedRule is the rule beside which a file of tests stands; empty where there
// is none.
func (s *suite) testedRule(testFile string) string {
	for _, r := range s.rules {
		if stem(r.File) == stem(testFile) {
			return r.ID
		}
	}
	return ""
}

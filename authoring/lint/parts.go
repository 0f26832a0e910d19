package lint

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// parts makes sure that a rule is three files side by side, and a library two.
func (l *linter) parts(f *file) {
	folder, stem := f.folder, f.stem()
	test, examples := folder.byName[stem+"_test"+regoEnding], folder.byName[stem+".yaml"]
	switch {
	case f.isTest && f.rule() == nil:
		l.on(f, orphanFile, 0, "there is no rule or library %s for these tests", stem+regoEnding)
	case f.isExamples() && f.rule() == nil:
		l.on(f, orphanFile, 0, "there is no rule %s for these examples", stem+regoEnding)
	case f.isExamples() && !f.rule().isRule && f.rule().module != nil:
		l.on(f, orphanFile, 0, "%s is a library, and only rules have worked examples", stem+regoEnding)
	case !f.isRego() || f.isTest || f.module == nil:
	default:
		if !hasTests(test) {
			what := "library"
			if f.isRule {
				what = "rule"
			}
			l.on(f, noTests, f.top(), "the %s has no tests; there is no test_… in %s", what, path.Base(stem)+"_test"+regoEnding)
		}
		if f.isRule && examples == nil {
			l.on(f, noExamples, f.top(), "the rule has no worked examples; there is no %s beside it", path.Base(stem)+".yaml")
		}
	}
}

// hasTests reports whether a file has tests; one that cannot be read may have.
func hasTests(f *file) bool {
	return f != nil && (f.module == nil || slices.ContainsFunc(f.module.Rules, func(r *ast.Rule) bool {
		return strings.HasPrefix(r.Head.Ref()[0].String(), "test_") ||
			r.Head.Ref()[0].Equal(ast.VarTerm("test")) // a table of tests
	}))
}

// examples looks at the worked examples of a rule.
func (l *linter) examples(f *file) {
	if !f.isExamples() || f.rule() == nil {
		return
	}
	examples, err := evaluator.ReadExamples(f.shown, []byte(f.text))
	var flaws rule.Flaws
	if errors.As(err, &flaws) {
		l.flaws(flaws)
		return
	}
	if !slices.ContainsFunc(examples, func(e evaluator.Example) bool { return len(e.Expect.Findings) > 0 }) {
		l.on(f, noFailingExample, 0, "no example has findings, so nothing shows that the rule finds what it is for")
	}
	var missing []string
	for _, kind := range evaluator.ExampleCases {
		if !slices.ContainsFunc(examples, func(e evaluator.Example) bool { return e.Case == kind }) {
			missing = append(missing, kind)
		}
	}
	if len(missing) > 0 {
		l.on(f, missingCase, 0, "no example of the case %s", strings.Join(missing, ", nor of "))
	}
}

package ruletest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/nscheck/nscheck/evaluator/rule"
)

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// compiled are the rules and the tests that compile with them.
type compiled struct {
	rules   map[string]*ast.Module
	results chan *tester.Result
	covered *cover.Cover // nil where nobody asks
	// To evaluate a test once more.
	compiler *ast.Compiler
	store    storage.Store
}

// start compiles rules and tests together and begins to run the tests. What does
// not compile is put aside, and the rest compiled once more.
func (s *suite) start(ctx context.Context) (*compiled, []Test, error) {
	tests := maps.Clone(s.tests)
	for file, m := range tests {
		copied := *m
		copied.Rules = slices.Clone(m.Rules)
		tests[file] = &copied
	}
	var found flaws
	for round := 0; ; round++ {
		c, err := s.compile(ctx, tests, round == 0) // what is only strict about keeps nothing from running
		list, err := rule.CompileFlaws(err)
		if err != nil {
			return nil, nil, err
		}
		if len(list) == 0 {
			return c, found.entries(s), nil
		}
		moved := round == 0
		for _, at := range found.note(s, list) {
			moved = round > 0 && at.putAside(tests) || moved
		}
		if !moved || len(found.order) == 0 {
			return nil, nil, list
		}
	}
}

// compile compiles the rules with tests, and begins to run these.
func (s *suite) compile(ctx context.Context, tests map[string]*ast.Module, strict bool) (*compiled, error) {
	modules, compiler, err := s.pack.Code()
	if err != nil {
		return nil, err
	}
	c := &compiled{
		rules: maps.Clone(modules), store: inmem.New(),
		compiler: compiler.WithEnablePrintStatements(true).WithRewriteTestRules(true).WithStrict(strict),
	}
	for file, m := range tests {
		modules[file] = m.Copy()
	}
	runner := tester.NewRunner().SetCompiler(c.compiler).SetModules(modules).SetStore(c.store).RaiseBuiltinErrors(true).
		SetTimeout(s.Timeout).SetParallel(s.Parallel).SetCoverageRuns(nil).Filter(s.filter())
	if s.Coverage {
		c.covered = cover.New()
		runner.SetCoverageQueryTracer(c.covered)
	}
	c.results, err = runner.RunTests(ctx, nil)
	return c, err
}

// runRego runs the Rego tests, and those that failed once more to see where.
func (s *suite) runRego(ctx context.Context) ([]Test, *Coverage, error) {
	c, broken, err := s.start(ctx)
	if err != nil {
		return nil, nil, err
	}
	tests := s.chosen(broken)
	var failed []*tester.Result
	for r := range c.results {
		isBroken := slices.ContainsFunc(broken, func(t Test) bool { return !t.WholeFile && t.File == r.Location.File && t.Line == r.Location.Row })
		if s.tests[r.Location.File] == nil || isBroken {
			continue // of a library that is only loaded, or told already
		}
		if r.Fail || r.Error != nil && !topdown.IsCancel(r.Error) {
			failed = append(failed, r)
			continue
		}
		tests = append(tests, s.testOf(r))
	}
	for _, r := range failed {
		t := s.testOf(r)
		if r.Error != nil {
			s.explainError(ctx, c, r, &t)
		} else {
			t.Failures = s.failuresOf(ctx, c, r)
		}
		tests = append(tests, t)
	}
	var coverage *Coverage
	if s.Coverage {
		coverage = s.coverage(c.covered, c.rules)
	}
	return tests, coverage, nil
}

// explainError evaluates a test as nscheck evaluates rules, which stops where a
// built-in function cannot take what it is given. OPA's runner goes on, as if the
// expression were undefined, and tells all such errors without their places.
func (s *suite) explainError(ctx context.Context, c *compiled, r *tester.Result, t *Test) {
	err := s.again(ctx, c, r, rego.StrictBuiltinErrors(true))
	var flaw *topdown.Error
	if !errors.As(err, &flaw) || flaw.Location == nil {
		return
	}
	t.Msg = flaw.Message
	if flaw.Code == topdown.TypeErr || flaw.Code == topdown.BuiltinErr {
		t.Msg = "a built-in function cannot take what it is given, and on a snapshot the rule's verdict would be error: " + flaw.Message
	}
	t.Failures = []Failure{{File: flaw.Location.File, Line: flaw.Location.Row, Source: tidy(string(flaw.Location.Text))}}
}

// again evaluates a test once more.
func (s *suite) again(ctx context.Context, c *compiled, r *tester.Result, how func(*rego.Rego), options ...rego.EvalOption) error {
	limited, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	q, err := rego.New(rego.Compiler(c.compiler), rego.Store(c.store), rego.Query(queryOf(r)), how).PrepareForEval(limited)
	if err == nil {
		_, err = q.Eval(limited, options...)
	}
	return err
}

// queryOf asks for a test. The second one of a name is called NAME#01.
func queryOf(r *tester.Result) string {
	if strings.ContainsAny(r.Name, ".[") {
		return r.Package + "." + r.Name
	}
	return r.Package + "[" + strconv.Quote(r.Name) + "]"
}

// chosen are the tests that do not compile and are asked for. Of a whole file
// nobody knows.
func (s *suite) chosen(broken []Test) []Test {
	filter := regexp.MustCompile(s.filter())
	return slices.DeleteFunc(slices.Clone(broken), func(t Test) bool { return !t.WholeFile && !filter.MatchString(t.Name) })
}

// filter chooses the tests by name, and those of rules whose ids are asked for.
func (s *suite) filter() string {
	if s.Pattern == nil {
		return ""
	}
	either := []string{"(?:" + s.Pattern.String() + ")"}
	for _, file := range slices.Sorted(maps.Keys(s.tests)) {
		if id := s.testedRule(file); id != "" && s.Pattern.MatchString(id) {
			either = append(either, "^"+regexp.QuoteMeta(s.tests[file].Package.Path.String())+`[.\[]`)
		}
	}
	return strings.Join(either, "|")
}

func (s *suite) testOf(r *tester.Result) Test {
	t := Test{
		Kind: Rego, Name: r.Package + "." + r.Name, Rule: s.testedRule(r.Location.File),
		File: r.Location.File, Line: r.Location.Row, Duration: r.Duration, Outcome: Passed,
		Output: string(r.Output),
	}
	switch {
	case r.Skip:
		t.Outcome, t.Msg = Skipped, "its name begins with todo_"
	case topdown.IsCancel(r.Error):
		t.Outcome, t.Msg = Errored, fmt.Sprintf("it was stopped after %v; --timeout sets how long one test may take", s.Timeout)
	case r.Error != nil:
		t.Outcome, t.Msg = Errored, r.Error.Error()
	case r.Fail:
		t.Outcome, t.Msg = Failed, "it is not true"
	}
	return t
}

// failuresOf runs a test again and watches where it fails. Where OPA's index of
// rules knew beforehand that it would, as with a name that does not exist, it does
// without.
func (s *suite) failuresOf(ctx context.Context, c *compiled, r *tester.Result) []Failure {
	for _, indexed := range []bool{true, false} {
		last := &lastFailures{}
		err := s.again(ctx, c, r, rego.StrictBuiltinErrors(false), rego.EvalQueryTracer(last), rego.EvalRuleIndexing(indexed))
		if err != nil {
			return nil // watching takes time, and it was stopped
		}
		if out := last.failures(r); len(out) > 0 {
			return out
		}
	}
	return nil
}

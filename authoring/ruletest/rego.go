package ruletest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/nscheck/nscheck/evaluator"
)

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// runRego runs the Rego tests, and those that failed once more to see where.
func (s *suite) runRego(ctx context.Context) ([]Test, *Coverage, error) {
	modules, compiler, err := s.pack.Code()
	if err != nil {
		return nil, nil, err
	}
	rules := maps.Clone(modules)
	maps.Copy(modules, s.tests)
	compiler = compiler.WithEnablePrintStatements(true).WithRewriteTestRules(true)
	runner := tester.NewRunner().SetCompiler(compiler).SetModules(modules).SetStore(inmem.New()).
		SetTimeout(s.Timeout).SetParallel(s.Parallel).SetCoverageRuns(nil).Filter(s.filter())
	var covered *cover.Cover
	if s.Coverage {
		covered = cover.New()
		runner.SetCoverageQueryTracer(covered)
	}
	results, err := runner.RunTests(ctx, nil)
	if err != nil {
		return nil, nil, evaluator.CompileError(err)
	}
	var tests []Test
	var failed []*tester.Result
	for r := range results {
		if s.tests[r.Location.File] == nil {
			continue // of a library that is only loaded
		}
		if r.Fail {
			failed = append(failed, r)
			continue
		}
		tests = append(tests, s.testOf(r))
	}
	runner.SetModules(nil) // they are compiled
	for _, r := range failed {
		t := s.testOf(r)
		t.Failures = failuresOf(ctx, runner, r)
		tests = append(tests, t)
	}
	var coverage *Coverage
	if s.Coverage {
		coverage = s.coverage(covered, rules)
	}
	return tests, coverage, nil
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

// failuresOf runs a test again and watches where it fails.
func failuresOf(ctx context.Context, runner *tester.Runner, r *tester.Result) []Failure {
	last := &lastFailures{}
	name := regexp.QuoteMeta(r.Package) + `(\.` + regexp.QuoteMeta(r.Name) + `|\["` + regexp.QuoteMeta(r.Name) + `"\])$`
	results, err := runner.SetParallel(1).SetCoverageQueryTracer(last).Filter("^"+name).RunTests(ctx, nil)
	if err != nil {
		return nil // it ran before
	}
	for again := range results {
		if again.Error != nil {
			return nil // watching takes time, and it was stopped
		}
	}
	failing := map[string]bool{}
	for path, sub := range r.SubResults.Iter {
		if sub.Fail && len(sub.SubResults) == 0 {
			failing[strings.Join(path, "/")] = true
		}
	}
	var out []Failure
	for _, c := range last.cases {
		if c.failed == nil || len(failing) > 0 && !failing[c.name] {
			continue
		}
		failures := c.failed.failures()
		failures[0].Case = c.name
		out = append(out, failures...)
	}
	return out
}

// lastFailures remembers the last expression that failed, in each case of a
// test: what failed before was tried, and something else held.
type lastFailures struct{ cases []*caseFailure }

type caseFailure struct {
	name   string
	failed *failedExpr
}

// failedExpr is an expression that failed, and the one in what it calls.
type failedExpr struct {
	event *topdown.Event
	inner *failedExpr
}

func (*lastFailures) Enabled() bool { return true }

func (*lastFailures) Config() topdown.TraceConfig { return topdown.TraceConfig{PlugLocalVars: true} }

func (l *lastFailures) TraceEvent(e topdown.Event) {
	expr, ok := e.Node.(*ast.Expr)
	if !ok {
		return
	}
	switch {
	case e.Op == topdown.TestCaseOp:
		l.cases = append(l.cases, &caseFailure{name: caseName(expr)})
	case e.Op == topdown.FailOp && e.Location != nil && e.QueryID != 0:
		if _, isEvery := expr.Terms.(*ast.Every); isEvery {
			return // what failed inside tells more
		}
		if len(l.cases) == 0 {
			l.cases = append(l.cases, &caseFailure{})
		}
		c, failed := l.cases[len(l.cases)-1], &failedExpr{event: &e}
		if c.failed != nil && c.failed.event.ParentID == e.QueryID {
			failed.inner = c.failed
		}
		c.failed = failed
	}
}

// caseName is the name of a test case as the runner knows it.
func caseName(expr *ast.Expr) string {
	names, ok := expr.Operand(0).Value.(*ast.Array)
	if !ok {
		return ""
	}
	var out []string
	names.Foreach(func(t *ast.Term) {
		if s, ok := t.Value.(ast.String); ok {
			out = append(out, string(s))
		} else {
			out = append(out, t.String())
		}
	})
	return strings.Join(out, "/")
}

package ruletest

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

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

// failures are those of the cases of a test that failed.
func (l *lastFailures) failures(r *tester.Result) []Failure {
	failing := map[string]bool{}
	for path, sub := range r.SubResults.Iter {
		if sub.Fail && len(sub.SubResults) == 0 {
			failing[strings.Join(path, "/")] = true
		}
	}
	var out []Failure
	for _, c := range l.cases {
		if c.failed == nil || len(failing) > 0 && !failing[c.name] {
			continue
		}
		failures := c.failed.failures()
		failures[0].Case = c.name
		out = append(out, failures...)
	}
	return out
}

package evaluator

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/types"

	"github.com/nscheck/nscheck/snapshot"
)

// stuckQuery is a query with a function that looks at no cancel flag.
func stuckQuery(t *testing.T, function func()) *rego.PreparedEvalQuery {
	t.Helper()
	q, err := rego.New(rego.Query("stuck(1, x)"), rego.Function1(
		&rego.Function{Name: "stuck", Decl: types.NewFunction(types.Args(types.N), types.N)},
		func(rego.BuiltinContext, *ast.Term) (*ast.Term, error) {
			function()
			return ast.IntNumberTerm(1), nil
		})).PrepareForEval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return &q
}

// TestStuck makes sure that nobody waits for a function that cannot be stopped,
// and that the guard goes on with others.
func TestStuck(t *testing.T) {
	defer func(d time.Duration) { stopGrace = d }(stopGrace)
	stopGrace = 100 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	g := newGuard(ctx, Options{RuleTimeout: 50 * time.Millisecond})
	defer g.release()
	leave := make(chan struct{})
	defer close(leave)
	stuck := stuckQuery(t, func() { <-leave })
	_, err := g.eval(ctx, stuck, nil)
	var limit *LimitError
	if !errors.As(err, &limit) || !limit.Stuck || err.Error() != "it was stopped after 50ms, its time limit (--rule-timeout); it is in a built-in function that cannot be stopped and goes on until nscheck ends" {
		t.Errorf("got %v", err)
	}
	for range 3 {
		if results, err := g.eval(ctx, stuckQuery(t, func() {}), nil); err != nil || len(results) != 1 {
			t.Errorf("the next one: %v, %v", results, err)
		}
	}
	if _, err := g.eval(ctx, stuckQuery(t, func() { panic("makeslice: len out of range") }), nil); err == nil || !strings.Contains(err.Error(), "OPA broke on it: makeslice: len out of range") {
		t.Errorf("a panic: %v", err)
	}
	g.timeout = time.Minute
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	if _, err := g.eval(ctx, stuck, nil); !errors.Is(err, context.Canceled) || time.Since(began) > 50*time.Second {
		t.Errorf("cancelled: %v after %v", err, time.Since(began))
	}
}

// TestStuckEatsMemory makes sure that no rule is evaluated any longer once a function
// that cannot be stopped goes on eating memory, and that the report still can be made.
func TestStuckEatsMemory(t *testing.T) {
	defer func(d time.Duration) { stopGrace = d }(stopGrace)
	stopGrace = 100 * time.Millisecond
	ctx := t.Context()
	g := newGuard(ctx, Options{RuleMemory: 16 << 20})
	defer g.release()
	leave := make(chan struct{})
	defer close(leave)
	var eaten [][]byte
	stuck := stuckQuery(t, func() {
		for len(eaten) < 400 {
			block := make([]byte, 1<<20)
			for i := range block {
				block[i] = byte(i)
			}
			eaten = append(eaten, block)
			select {
			case <-leave:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
		<-leave
	})
	_, err := g.eval(ctx, stuck, nil)
	if want := "it was stopped where it took more memory than 16 MiB, its limit (--rule-memory); it is in a built-in function that cannot be stopped and goes on until nscheck ends"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	for began := time.Now(); g.exhausted.Load() == nil; time.Sleep(time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatal("other rules are still evaluated")
		}
	}
	next := &query{engine: &engine{guard: g}, prepared: *stuckQuery(t, func() {})}
	if _, err := next.eval(ctx, nil); err == nil || err.Error() != "it was not evaluated to the end, because a rule takes more memory than 32 MiB, twice its limit (--rule-memory), in a built-in function that cannot be stopped" {
		t.Errorf("the next rule: %v", err)
	}
	next.always = true
	if _, err := next.eval(ctx, nil); err != nil {
		t.Errorf("a part of the report: %v", err)
	}
}

// TestReportOfAnExhaustedRun makes sure that a run in which rules are no longer
// evaluated ends with a report: the rules are in error, and the status says so.
func TestReportOfAnExhaustedRun(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.Rule, "b.rego": acme.ClientRule})
	snap, err := snapshot.NewReader(strings.NewReader(twoSites), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRun(t.Context(), p, snap, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.engine.guard.exhaust(0)
	res, err := r.judge()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	for _, rule := range res.Rules {
		if rule.Verdict != result.Errored || len(rule.Reasons) != 1 || !strings.Contains(rule.Reasons[0].Msg, "it was not evaluated to the end, because a rule takes more memory than") {
			t.Errorf("%s: %s %v", rule.ID, rule.Verdict, rule.Reasons)
		}
	}
	if status := res.ExitStatus(rule.Medium, true); status != result.ExitTrouble {
		t.Errorf("exit status %d", status)
	}
}

// TestWhereAStoppedRuleWas makes sure that a trial shows at what a rule was at work.
func TestWhereAStoppedRuleWas(t *testing.T) {
	r := strings.Replace(acme.Rule, `site.name == "X"`, "site.name == \"X\"\n\t_endless", 1) + "\n_endless if " + unending["a cross product"].condition + "\n"
	trial := tryOn(t, packtest.Must(t, map[string]string{"a.rego": r}), "ACME-SITE-001", twoSites, TryOptions{Explain: true, RuleTimeout: 300 * time.Millisecond})
	if trial.Verdict != result.Errored || len(trial.Clauses) != 1 {
		t.Fatalf("%+v", trial)
	}
	if got, want := stopText(trial.Clauses[0].Stops[0]), "_endless | the rule was at work here when it was stopped"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

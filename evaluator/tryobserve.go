package evaluator

import (
	"context"
	"errors"
	"math"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown/print"
)

// Printed is one line that print() wrote.
type Printed struct {
	// File of the call.
	File string `json:"file"`
	// Line of the call.
	Line int `json:"line"`
	// The client that was judged; absent in rules of scope estate.
	Client *result.Resource `json:"client,omitempty"`
	// What was written.
	Text string `json:"text"`
}

// observe evaluates the rule again, now that its verdict is known, to hear what
// it prints and to see where it stops. OPA leaves calls of print out of rules that
// are compiled for judging, so that printing a field does not make it needed.
func (r *run) observe(ctx context.Context, t *Trial, rule *rule.Rule, index int, opts TryOptions) error {
	state := r.states[index]
	prints := r.pack.Prints()
	if !prints && !opts.Explain || state.verdict != "" && state.verdict != result.Errored {
		return nil
	}
	judged := r.pack
	spoken, err := r.pack.WithPrint()
	if err != nil {
		return err
	}
	r.pack, r.engine = spoken, r.engine.with(spoken)
	if prints {
		if err := r.hear(ctx, t, rule, state, opts.Limit); err != nil {
			return err
		}
	}
	if !opts.Explain {
		return nil
	}
	return r.follow(ctx, t, rule, state, judged, opts.Limit)
}

// with is an engine for another pack over the same documents.
func (e *engine) with(p *rule.Pack, options ...rego.EvalOption) *engine {
	return &engine{pack: p, store: e.store, now: e.now, guard: e.guard, options: options}
}

// hear evaluates the rule and keeps what it prints. That the rule breaks is known
// already.
func (r *run) hear(ctx context.Context, t *Trial, rl *rule.Rule, state *ruleState, limit int) error {
	e := &ear{trial: t, limit: limit}
	quiet := r.engine
	defer func() { r.engine = quiet }()
	r.engine = quiet.with(r.pack, rego.EvalPrintHook(e))
	if rl.Scope == rule.EstateScope {
		again := &ruleState{}
		if state.clauses != nil {
			var err error
			if again.clauses, err = r.knownClauses(rl); err != nil {
				return err
			}
		}
		_, _ = r.judgeEstateBy(ctx, rl, again)
		return ctx.Err()
	}
	q, err := r.engine.prepare(ctx, rl.Package, rule.Sets(rl.Outputs))
	if err != nil {
		return err
	}
	clients := r.sampling.listened()
	if t.Client == nil {
		t.PrintedClients = len(clients)
	}
	for _, s := range clients {
		who := s.resource()
		e.client = &who
		_, _ = q.eval(ctx, s.input.value)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// ear keeps the first lines that print() writes.
type ear struct {
	trial  *Trial
	limit  int
	client *result.Resource
}

// Print implements print.Hook.
func (e *ear) Print(c print.Context, text string) error {
	if len(e.trial.Printed) == e.limit {
		e.trial.PrintedMore++
		return nil
	}
	p := Printed{Client: e.client, Text: text}
	if c.Location != nil {
		p.File, p.Line = c.Location.File, c.Location.Row
	}
	e.trial.Printed = append(e.trial.Printed, p)
	return nil
}

// follow evaluates the rule and keeps where its clauses stop.
func (r *run) follow(ctx context.Context, t *Trial, rl *rule.Rule, state *ruleState, judged *rule.Pack, limit int) error {
	tracer := newStopTracer(r.pack.Compiler, limit, func(name string) ast.Value { return r.engine.document(ctx, name) })
	var input ast.Value
	if rl.Scope == rule.ClientScope {
		s := r.sampling.explained()
		if s == nil {
			return nil // there are no clients
		}
		input = s.input.value
		if t.Client == nil {
			who := s.resource()
			t.ClausesClient = &who
		}
	}
	var outputs []string
	for _, output := range []string{rule.ViolationOutput, rule.UnknownOutput} {
		if rl.Defines(output) {
			outputs = append(outputs, output)
			tracer.watch(output, r.pack.Compiler.GetRulesExact(rule.OutputRef(rl.Package, output)))
		}
	}
	engine := r.engine.with(r.pack, rego.EvalQueryTracer(tracer), rego.EvalRuleIndexing(false), rego.EvalEarlyExit(false))
	q, err := engine.prepare(ctx, rl.Package, outputs)
	if err != nil {
		return err
	}
	_, err = q.eval(ctx, input) // that the rule breaks is known already
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if limit := new(LimitError); errors.As(err, &limit) {
		if limit.Stuck {
			return nil // OPA goes on, and with it the tracer
		}
		tracer.stopped()
	}
	t.Clauses = tracer.clauses()
	return r.excuse(t, rl, state, judged)
}

// excuse tells of clauses that were not evaluated for want of a section.
func (r *run) excuse(t *Trial, rl *rule.Rule, state *ruleState, judged *rule.Pack) error {
	if state.clauses == nil {
		return nil
	}
	for i := range t.Clauses {
		c := &t.Clauses[i]
		for _, clause := range judged.Compiler.GetRulesExact(rule.OutputRef(rl.Package, c.Output)) {
			var n rule.Needs
			if err := judged.AddNeeds(&n, rl, clause); err != nil {
				return err
			}
			if clause.Location.File == c.File && clause.Location.Row == c.Line {
				c.Reasons = r.coll.missing(&n)
			}
		}
	}
	return nil
}

// document is one of the host's documents; nil where there is no such.
func (e *engine) document(ctx context.Context, name string) ast.Value {
	doc, err := storage.ReadOne(ctx, e.store, storage.Path{name})
	if err != nil {
		return nil
	}
	if v, ok := doc.(ast.Value); ok {
		return v
	}
	v, err := ast.InterfaceToValue(doc)
	if err != nil {
		return nil
	}
	return v
}

// work keeps which expression of a clause is evaluated, itself or in its helpers.
func (t *stopTracer) work(f *frame) {
	for f != nil && t.byRule[f.rule] == nil {
		f = f.parent
	}
	if f != nil {
		t.working, t.workedOn = f, f.at
	}
}

// stopped keeps where the rule was at work when it went beyond a limit.
func (t *stopTracer) stopped() {
	if t.working == nil || t.workedOn.BaseCogeneratedExpr().Location == nil {
		return
	}
	stop := newStop(t.workedOn.BaseCogeneratedExpr())
	stop.Iterations, stop.Samples = 1, []Iteration{{Why: "the rule was at work here when it was stopped"}}
	t.byRule[t.working.rule].stops[[2]int{-1, -1}] = &stopAt{math.MaxInt, stop} // before those that did not hold
}

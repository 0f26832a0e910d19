package evaluator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Clause is one "violation contains" or "unknown contains" of a rule, and where it
// stopped.
type Clause struct {
	// violation or unknown.
	Output string `json:"output"`
	// File of the clause.
	File string `json:"file"`
	// Line of the clause.
	Line int `json:"line"`
	// How often it held to the end.
	Matched int64 `json:"matched"`
	// Why it does not count: what it reads was not collected.
	Reasons []result.Reason `json:"reasons,omitempty"`
	// The expressions that did not hold, the one that was reached last first.
	Stops []Stop `json:"stops"`
}

// Stop is an expression of a rule that did not hold.
type Stop struct {
	// Name of the helper that it is in; absent in a clause of the rule itself.
	Helper string `json:"helper,omitempty"`
	// File of the expression.
	File string `json:"file,omitempty"`
	// Line of the expression.
	Line int `json:"line,omitempty"`
	// The expression as it is written; absent where a helper is not for such arguments.
	Source string `json:"source,omitempty"`
	// How often it did not hold.
	Iterations int64 `json:"iterations"`
	// The first of those times.
	Samples []Iteration `json:"samples"`
}

// Iteration is one time that an expression did not hold.
type Iteration struct {
	// What the iteration is about: the variables that "some" bound before, objects by their names.
	Of []NamedValue `json:"of,omitempty"`
	// Why: false, or undefined and what is not there.
	Why string `json:"why"`
	// What the expression reads.
	Values []NamedValue `json:"values,omitempty"`
	// Where the helpers that it calls stopped.
	Helpers []Stop `json:"helpers,omitempty"`
}

// NamedValue is the value of a part of an expression.
type NamedValue struct {
	// The part as it is written.
	Name string `json:"name"`
	// Its value as Rego writes it, cut short where it is long.
	Value string `json:"value"`
}

// maxHelpers bounds what is kept of the helpers that one expression asks.
const maxHelpers = 4

// stopTracer keeps which expressions of some clauses did not hold, and with which
// values. It implements topdown.QueryTracer.
//
// OPA evaluates a clause depth first, and comes back to an expression for each
// solution of those before it. An expression fails where it has no solution at all:
// then the clause stops there, for this time.
type stopTracer struct {
	watched  []*watchedClause
	byRule   map[*ast.Rule]*watchedClause
	frames   map[uint64]*frame
	last     map[*ast.Rule]*Stop // of helpers: OPA does not evaluate one again for the same arguments
	compiler *ast.Compiler
	limit    int
	document func(name string) ast.Value
	read     map[string]ast.Value
	inside   map[*ast.Rule]*stopAt // of helpers: where their comprehensions stopped
	complete map[string]ast.Value  // of rules that define one value, by their references
	working  *frame                // of a clause, where OPA evaluated last
	workedOn *ast.Expr             // there
}

type watchedClause struct {
	output  string
	rule    *ast.Rule
	matched int64
	stops   map[[2]int]*stopAt
}

// stopAt is a stop and how far into the clause it is.
type stopAt struct {
	index int
	stop  Stop
}

// frame is a query that OPA evaluates: the body of a rule, of not or every, or of a
// comprehension.
type frame struct {
	id     uint64
	parent *frame
	rule   *ast.Rule
	// Whether it is in a comprehension: that it stops there stops nobody else.
	silent bool
	every  bool             // whether it goes through the elements of an every
	at     *ast.Expr        // the expression that is evaluated
	called map[int][]*frame // by the position of the expression
	exits  int              // how often it held
	far    *stopAt          // of a helper: the furthest expression that did not hold
}

func newStopTracer(c *ast.Compiler, limit int, document func(string) ast.Value) *stopTracer {
	return &stopTracer{
		byRule: map[*ast.Rule]*watchedClause{}, frames: map[uint64]*frame{}, last: map[*ast.Rule]*Stop{}, inside: map[*ast.Rule]*stopAt{},
		compiler: c, limit: limit, document: document, read: map[string]ast.Value{}, complete: map[string]ast.Value{},
	}
}

// watch asks for the stops of an output's clauses.
func (t *stopTracer) watch(output string, rules []*ast.Rule) {
	for _, rule := range rules {
		c := &watchedClause{output: output, rule: rule, stops: map[[2]int]*stopAt{}}
		t.watched = append(t.watched, c)
		t.byRule[rule] = c
	}
}

// Enabled implements topdown.QueryTracer.
func (*stopTracer) Enabled() bool { return true }

// Config implements topdown.QueryTracer. Variables are looked up only where an
// expression fails.
func (*stopTracer) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent implements topdown.QueryTracer.
func (t *stopTracer) TraceEvent(e topdown.Event) {
	f := t.frames[e.QueryID]
	expr, _ := e.Node.(*ast.Expr)
	switch {
	case e.Op == topdown.EnterOp:
		t.enter(&e)
	case f == nil:
	case e.Op == topdown.ExitOp:
		t.exit(&e, f)
	case expr == nil:
	case e.Op == topdown.EvalOp:
		f.at = expr
		t.work(f)
		t.forget(f, expr.Index)
	case e.Op == topdown.RedoOp:
		f.at = expr
	case e.Op == topdown.FailOp:
		f.at = expr
		t.fail(&e, f, expr)
	}
}

func (t *stopTracer) enter(e *topdown.Event) {
	f := &frame{id: e.QueryID, called: map[int][]*frame{}}
	f.rule, _ = e.Node.(*ast.Rule)
	_, f.every = e.Node.(*ast.Expr)
	if e.ParentID != e.QueryID {
		f.parent = t.frames[e.ParentID]
	}
	if p := f.parent; p != nil && p.at != nil {
		_, body := e.Node.(ast.Body)
		f.silent = p.silent || body && !p.at.Negated && !p.every && p.id != 0
		p.called[p.at.Index] = append(p.called[p.at.Index], f)
	}
	t.frames[f.id] = f
}

func (t *stopTracer) exit(e *topdown.Event, f *frame) {
	f.exits++
	if f.rule == nil {
		return
	}
	if c := t.byRule[f.rule]; c != nil {
		c.matched++
	}
	head := f.rule.Head
	if len(head.Args) == 0 && head.Value != nil && head.RuleKind() == ast.SingleValue && f.rule.Ref().IsGround() {
		t.complete[f.rule.Ref().String()] = e.Plug(head.Value).Value
	}
}

// forget drops what was called by an expression that is evaluated anew, and by
// those behind it.
func (t *stopTracer) forget(f *frame, index int) {
	for i, list := range f.called {
		if i >= index {
			for _, inner := range list {
				t.drop(inner)
			}
			delete(f.called, i)
		}
	}
}

func (t *stopTracer) drop(f *frame) {
	if f.rule != nil && f.far != nil {
		t.last[f.rule] = &f.far.stop
	}
	delete(t.frames, f.id)
	for _, list := range f.called {
		for _, inner := range list {
			t.drop(inner)
		}
	}
}

// fail keeps that an expression did not hold.
func (t *stopTracer) fail(e *topdown.Event, f *frame, expr *ast.Expr) {
	base := expr.BaseCogeneratedExpr()
	if base.Location == nil {
		return
	}
	if f.silent {
		t.failInside(e, f, expr)
		return
	}
	c := t.byRule[f.rule]
	if c == nil {
		if f.far == nil || expr.Index > f.far.index {
			f.far = t.stopOf(e, f, expr, f.rule)
		}
		return
	}
	place := [2]int{base.Location.Row, base.Location.Col}
	at := c.stops[place]
	if at == nil {
		at = &stopAt{expr.Index, newStop(base)}
		c.stops[place] = at
	}
	at.index = max(at.index, expr.Index)
	if at.stop.Iterations++; len(at.stop.Samples) < t.limit {
		at.stop.Samples = append(at.stop.Samples, t.iteration(e, f, expr))
	}
}

// failInside keeps the furthest stop in the comprehensions of a helper.
func (t *stopTracer) failInside(e *topdown.Event, f *frame, expr *ast.Expr) {
	owner := f
	for owner != nil && owner.rule == nil {
		owner = owner.parent
	}
	if owner == nil || t.byRule[owner.rule] != nil {
		return
	}
	if at := t.inside[owner.rule]; at == nil || expr.Index > at.index {
		t.inside[owner.rule] = t.stopOf(e, f, expr, owner.rule)
	}
}

// stopOf is one time that an expression of a helper did not hold.
func (t *stopTracer) stopOf(e *topdown.Event, f *frame, expr *ast.Expr, helper *ast.Rule) *stopAt {
	s := newStop(expr.BaseCogeneratedExpr())
	s.Helper, s.Iterations = helperName(helper), 1
	s.Samples = []Iteration{t.iteration(e, f, expr)}
	return &stopAt{expr.Index, s}
}

func newStop(base *ast.Expr) Stop {
	return Stop{File: base.Location.File, Line: base.Location.Row, Source: oneLine(string(base.Location.Text), maxSource)}
}

// helperName is the name of a rule that others call; empty for a body.
func helperName(rule *ast.Rule) string {
	if rule == nil {
		return ""
	}
	return rule.Head.Ref().GroundPrefix().String()
}

// clauses are what was seen, by output and in the order of the file.
func (t *stopTracer) clauses() []Clause {
	var out []Clause
	for _, w := range t.watched {
		c := Clause{Output: w.output, File: w.rule.Location.File, Line: w.rule.Location.Row, Matched: w.matched, Stops: []Stop{}}
		var all []*stopAt
		for _, at := range w.stops {
			all = append(all, at)
		}
		slices.SortFunc(all, func(a, b *stopAt) int {
			return cmp.Or(cmp.Compare(b.index, a.index), cmp.Compare(b.stop.Line, a.stop.Line), strings.Compare(a.stop.Source, b.stop.Source))
		})
		for _, at := range all {
			c.Stops = append(c.Stops, at.stop)
		}
		out = append(out, c)
	}
	return out
}

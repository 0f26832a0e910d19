package evaluator

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// engine evaluates the rules of a pack against one estate.
type engine struct {
	pack  *rule.Pack
	store storage.Store
	now   time.Time
	guard *guard
	// Of every evaluation beside those that all have.
	options []rego.EvalOption
	mu      sync.Mutex // for preparing queries: the compiler is not made for several at once
}

// newEngine puts the estate's documents into a store. The documents must not
// be changed afterwards.
func newEngine(pack *rule.Pack, docs map[string]any, now time.Time, g *guard) *engine {
	return &engine{
		pack:  pack,
		now:   now,
		guard: g,
		store: inmem.NewFromObjectWithOpts(docs,
			inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true)),
	}
}

// release ends the watch over evaluations.
func (e *engine) release() { e.guard.release() }

// addDocument adds a top-level document, seen by queries prepared later.
func (e *engine) addDocument(ctx context.Context, name string, doc any) error {
	return storage.WriteOne(ctx, e.store, storage.AddOp, storage.Path{name}, doc)
}

// query is a prepared question about some rules of one package.
type query struct {
	engine   *engine
	names    []string
	prepared rego.PreparedEvalQuery
	// Whether it is part of the report and so answered also if rules are no longer.
	always bool
}

// prepare makes a query for the values of names in pkg.
func (e *engine) prepare(ctx context.Context, pkg string, names []string) (*query, error) {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s = %s.%s", name, pkg, name)
	}
	return e.prepareText(ctx, pkg, names, strings.Join(parts, "; "))
}

// prepareBatch makes a query for the same values of many clients: its input is
// the list of them.
func (e *engine) prepareBatch(ctx context.Context, pkg string, names []string) (*query, error) {
	parts := []string{"client = input[_]"}
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s = %s.%s with input as client", name, pkg, name))
	}
	return e.prepareText(ctx, pkg, names, fmt.Sprintf("%s = [[%s] | %s]", batchAnswers, strings.Join(names, ", "), strings.Join(parts, "; ")))
}

const batchAnswers = "answers"

func (e *engine) prepareText(ctx context.Context, pkg string, names []string, text string) (*query, error) {
	q, err := e.prepareQuery(ctx, rego.Query(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", pkg, err)
	}
	q.names = names
	return q, nil
}

// prepareQuery makes a query from a text or a body.
func (e *engine) prepareQuery(ctx context.Context, q func(*rego.Rego)) (*query, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	prepared, err := rego.New(
		rego.Compiler(e.pack.Compiler),
		rego.Store(e.store),
		q,
		rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return &query{engine: e, prepared: prepared}, nil
}

// eval answers the query, for one client where input is not nil.
func (q *query) eval(ctx context.Context, input ast.Value) (map[string]any, error) {
	opts := append([]rego.EvalOption{rego.EvalTime(q.engine.now)}, q.engine.options...)
	if input != nil {
		opts = append(opts, rego.EvalParsedInput(input))
	}
	if exhausted := q.engine.guard.exhausted.Load(); exhausted != nil && !q.always {
		return nil, exhausted
	}
	rs, err := q.engine.guard.eval(ctx, &q.prepared, opts)
	if err != nil {
		return nil, err
	}
	if len(rs) != 1 {
		return nil, fmt.Errorf("the query has %d answers instead of one", len(rs))
	}
	return rs[0].Bindings, nil
}

// evalEach answers a query of prepareBatch, in the order of its input.
func (q *query) evalEach(ctx context.Context, clients *ast.Array) ([]map[string]any, error) {
	bindings, err := q.eval(ctx, clients)
	if err != nil {
		return nil, err
	}
	list, _ := bindings[batchAnswers].([]any)
	if len(list) != clients.Len() {
		return nil, fmt.Errorf("the query has %d answers about %d clients", len(list), clients.Len())
	}
	answers := make([]map[string]any, len(list))
	for i := range list {
		values, _ := list[i].([]any)
		if len(values) != len(q.names) {
			return nil, fmt.Errorf("the query has an answer of %d values instead of %d", len(values), len(q.names))
		}
		answers[i] = map[string]any{}
		for j, name := range q.names {
			answers[i][name] = values[j]
		}
	}
	return answers, nil
}

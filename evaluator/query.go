package evaluator

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// engine evaluates the rules of a pack against one estate.
type engine struct {
	pack   *Pack
	store  storage.Store
	now    time.Time
	cancel topdown.Cancel
	stop   func() bool
}

// newEngine puts the estate's documents into a store. The documents must not
// be changed afterwards.
func newEngine(ctx context.Context, pack *Pack, docs map[string]any, now time.Time) *engine {
	e := &engine{
		pack:   pack,
		now:    now,
		cancel: topdown.NewCancel(),
		store: inmem.NewFromObjectWithOpts(docs,
			inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true)),
	}
	e.stop = context.AfterFunc(ctx, e.cancel.Cancel)
	return e
}

// release ends the watch over the context.
func (e *engine) release() { e.stop() }

// addDocument adds a top-level document, seen by queries prepared later.
func (e *engine) addDocument(ctx context.Context, name string, doc any) error {
	return storage.WriteOne(ctx, e.store, storage.AddOp, storage.Path{name}, doc)
}

// query is a prepared question about some rules of one package.
type query struct {
	engine   *engine
	prepared rego.PreparedEvalQuery
}

// prepare makes a query for the values of names in pkg.
func (e *engine) prepare(ctx context.Context, pkg string, names []string) (*query, error) {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s = %s.%s", name, pkg, name)
	}
	prepared, err := rego.New(
		rego.Compiler(e.pack.compiler),
		rego.Store(e.store),
		rego.Query(strings.Join(parts, "; ")),
		rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", pkg, err)
	}
	return &query{engine: e, prepared: prepared}, nil
}

// eval answers the query, for one client where input is not nil.
func (q *query) eval(ctx context.Context, input ast.Value) (map[string]any, error) {
	opts := []rego.EvalOption{
		rego.EvalTime(q.engine.now),
		rego.EvalExternalCancel(q.engine.cancel),
	}
	if input != nil {
		opts = append(opts, rego.EvalParsedInput(input))
	}
	rs, err := q.prepared.Eval(ctx, opts...)
	if err != nil {
		return nil, err
	}
	if len(rs) != 1 {
		return nil, fmt.Errorf("the query has %d answers instead of one", len(rs))
	}
	return rs[0].Bindings, nil
}

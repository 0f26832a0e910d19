package evaluator

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/open-policy-agent/opa/v1/ast"
)

// shared is a program that several workers ask, and its answers.
type shared[T any] struct {
	*program
	rule *clientRule // nil for other programs
	read func(sets map[string]any, c *streamed) (T, error)
	// isSilent tells whether there is nothing to note about a client.
	isSilent func(T) bool

	// stopped is why the rule is not asked again: it went beyond a limit.
	stopped atomic.Pointer[LimitError]

	mu    sync.Mutex
	table map[string]*answer[T]
}

func newShared[T any](p *program, read func(map[string]any, *streamed) (T, error), isSilent func(T) bool) *shared[T] {
	return &shared[T]{program: p, read: read, isSilent: isSilent, table: map[string]*answer[T]{}}
}

// memo is what one worker remembers of a program's answers, by what they
// depend on.
type memo[T any] struct {
	*shared[T]
	own   map[string]*answer[T]
	idle  bool // it remembers nothing, for clients do not repeat
	key   []byte
	stats result.Timing
}

// answer is what a program says about some clients.
type answer[T any] struct {
	value T
	err   error // the rule broke
	// silent says that there is nothing to note about the clients.
	silent bool
}

func newMemo[T any](s *shared[T]) *memo[T] {
	return &memo[T]{shared: s, own: map[string]*answer[T]{}, idle: s.whole != ""}
}

// recall looks for an answer that was given before. Where there is none, key is
// where to remember it; nil where it is not remembered.
func (m *memo[T]) recall(c *streamed) (found *answer[T], key []byte) {
	m.stats.Clients++
	if m.idle {
		return nil, nil
	}
	m.key = m.appendKey(m.key[:0], c)
	found = m.own[string(m.key)]
	if found == nil {
		m.mu.Lock()
		found = m.table[string(m.key)]
		m.mu.Unlock()
		if found != nil {
			m.keep(m.own, m.key, found)
		}
	}
	if found != nil {
		m.stats.Remembered++
	}
	return found, m.key
}

func (m *memo[T]) remember(key []byte, a *answer[T]) {
	if key == nil {
		return
	}
	if m.stats.Clients >= limits.memoTrial && m.stats.Remembered*100 < m.stats.Clients*limits.memoWorth {
		m.idle, m.own = true, nil
		return
	}
	m.keep(m.own, key, a)
	m.mu.Lock()
	m.keep(m.table, key, a)
	m.mu.Unlock()
}

func (*memo[T]) keep(table map[string]*answer[T], key []byte, a *answer[T]) {
	if len(table) >= limits.memoEntries {
		clear(table)
	}
	table[string(key)] = a
}

// ask has the engine answer for one client. The error is that of a context
// which is done; a rule that breaks is an answer.
func (m *memo[T]) ask(ctx context.Context, c *streamed) (*answer[T], error) {
	began := time.Now()
	defer func() { m.stats.Duration += time.Since(began) }()
	if stopped := m.stopped.Load(); stopped != nil {
		return &answer[T]{err: stopped}, nil
	}
	m.stats.Evaluations++
	input, err := c.inputOf(m.program)
	if err != nil {
		return &answer[T]{err: err}, nil
	}
	sets, err := m.single.eval(ctx, input)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if stopped := new(LimitError); errors.As(err, &stopped) {
		m.stopped.Store(stopped)
	}
	return m.answer(sets, c, err), nil
}

func (m *memo[T]) answer(sets map[string]any, c *streamed, err error) *answer[T] {
	a := &answer[T]{err: err}
	if err == nil {
		a.value, a.err = m.read(sets, c)
	}
	a.silent = a.err == nil && m.isSilent(a.value)
	return a
}

// of answers for one client, by memory where it can.
func (m *memo[T]) of(ctx context.Context, c *streamed) (*answer[T], error) {
	found, key := m.recall(c)
	if found != nil {
		return found, nil
	}
	a, err := m.ask(ctx, c)
	if err == nil {
		m.remember(key, a)
	}
	return a, err
}

// batchSize is how many clients are judged by one evaluation where their
// answers cannot be remembered.
const batchSize = 64

// askAll answers for many clients with one evaluation. Where that breaks it asks
// for each alone, to find out on which client the rule breaks.
func (m *memo[T]) askAll(ctx context.Context, clients []*streamed, take func(*streamed, *answer[T])) error {
	began := time.Now()
	answers, err := m.evalBatch(ctx, clients)
	m.stats.Duration += time.Since(began)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for i, c := range clients {
		if err != nil {
			a, err := m.ask(ctx, c)
			if err != nil {
				return err
			}
			take(c, a)
			continue
		}
		m.stats.Evaluations++
		take(c, m.answer(answers[i], c, nil))
	}
	return nil
}

func (m *memo[T]) evalBatch(ctx context.Context, clients []*streamed) ([]map[string]any, error) {
	if stopped := m.stopped.Load(); stopped != nil {
		return nil, stopped
	}
	inputs := make([]*ast.Term, len(clients))
	for i, c := range clients {
		input, err := c.inputOf(m.program)
		if err != nil {
			return nil, err
		}
		inputs[i] = ast.NewTerm(input)
	}
	return m.batch.evalEach(ctx, ast.NewArray(inputs...))
}

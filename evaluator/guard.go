package evaluator

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// The limits of one evaluation of one rule, where no others are set.
const (
	DefaultRuleTimeout = time.Minute
	DefaultRuleMemory  = 1 << 30
)

// LimitError says that a rule was stopped, for it ran or grew beyond a limit.
type LimitError struct {
	msg string
	// Stuck says that it is in a built-in function which cannot be stopped.
	Stuck bool
}

func (e *LimitError) Error() string {
	if e.Stuck {
		return e.msg + "; it is in a built-in function that cannot be stopped and goes on until nscheck ends"
	}
	return e.msg
}

// How the guard watches.
const (
	watchInterval = 20 * time.Millisecond
	// An evaluation has to run so long before it can be what eats the memory.
	suspectAfter = 100 * time.Millisecond
	// Collecting garbage to find out what is in use is not repeated sooner.
	collectInterval = time.Second
)

// stopGrace is how long a built-in function may go on after its evaluation was
// stopped; then nobody waits for it. Only tests change it.
var stopGrace = 2 * time.Second

// guard runs evaluations and stops those that go beyond the limits. Each runs in a
// goroutine of its own kind, so that one which does not stop can be left behind:
// handing it over takes less than a hundredth of what an evaluation takes.
type guard struct {
	timeout time.Duration
	memory  uint64
	base    uint64 // of the heap: the least that it took since rules are judged
	epoch   time.Time
	// Why no rule is evaluated any longer; nil at first.
	exhausted atomic.Pointer[LimitError]

	mu        sync.Mutex
	idle      []*seat
	busy      []*seat
	stuck     []*seat // left behind
	ended     bool
	collected time.Time
	quit      chan struct{}
}

// seat is where one evaluation after the other takes place.
type seat struct {
	work    chan evaluation
	done    chan evaluated
	left    chan struct{} // closed when nobody waits any longer
	cancel  topdown.Cancel
	began   int64 // since the guard's epoch
	stopped *LimitError
	since   int64 // when it was stopped
	isLeft  bool
}

type evaluation struct {
	ctx      context.Context
	prepared *rego.PreparedEvalQuery
	options  []rego.EvalOption
}

type evaluated struct {
	results rego.ResultSet
	err     error
}

// newGuard begins to watch until release is called.
func newGuard(ctx context.Context, opts Options) *guard {
	g := &guard{
		timeout: opts.RuleTimeout, memory: uint64(opts.RuleMemory), base: heapInUse(),
		epoch: time.Now(), quit: make(chan struct{}),
	}
	if g.timeout <= 0 {
		g.timeout = DefaultRuleTimeout
	}
	if opts.RuleMemory <= 0 {
		g.memory = DefaultRuleMemory
	}
	go g.watch(ctx)
	return g
}

// release ends the watch. Evaluations that nobody waits for any longer go on.
func (g *guard) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended {
		return
	}
	g.ended = true
	close(g.quit)
	for _, s := range g.idle {
		close(s.work)
	}
	g.idle = nil
}

// eval evaluates a query within the limits.
func (g *guard) eval(ctx context.Context, q *rego.PreparedEvalQuery, options []rego.EvalOption) (rego.ResultSet, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s := g.begin()
	s.work <- evaluation{ctx, q, append(options, rego.EvalExternalCancel(s.cancel), rego.EvalGenerateJSON(g.decode))}
	select {
	case a := <-s.done:
		if stopped := g.end(s); stopped != nil && a.err != nil {
			return nil, stopped
		}
		return a.results, a.err
	case <-s.left:
		stopped := g.end(s)
		if stopped == nil {
			return nil, context.Cause(ctx)
		}
		return nil, &LimitError{stopped.msg, true}
	}
}

// Bytes that one value of an answer takes once it is decoded, in addition to its text.
const decodedWeight = 64

// decode is how answers of rules become values of Go. A value that holds another one
// many times is copied each time, which nothing can stop, so it is weighed first.
func (g *guard) decode(t *ast.Term, _ *rego.EvalContext) (any, error) {
	if limit := int(g.memory); rule.WeightWithin(0, t, decodedWeight, limit) > limit {
		return nil, &LimitError{msg: fmt.Sprintf("its answer takes more memory than %s, its limit (--rule-memory)", bytesText(g.memory))}
	}
	return ast.JSONWithOpt(t.Value, ast.JSONOpt{})
}

// begin takes a seat.
func (g *guard) begin() *seat {
	g.mu.Lock()
	defer g.mu.Unlock()
	var s *seat
	if n := len(g.idle); n > 0 {
		s, g.idle = g.idle[n-1], g.idle[:n-1]
	} else {
		s = &seat{work: make(chan evaluation, 1), done: make(chan evaluated, 1), left: make(chan struct{}), cancel: topdown.NewCancel()}
		go s.run()
	}
	s.began = int64(time.Since(g.epoch))
	g.busy = append(g.busy, s)
	return s
}

// end gives a seat back. One in which an evaluation was stopped is not used again.
func (g *guard) end(s *seat) *LimitError {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy = slices.DeleteFunc(g.busy, func(x *seat) bool { return x == s })
	if s.isLeft {
		g.stuck = append(g.stuck, s)
	}
	if s.cancel.Cancelled() || g.ended {
		close(s.work)
	} else {
		g.idle = append(g.idle, s)
	}
	return s.stopped
}

func (s *seat) run() {
	for e := range s.work {
		s.done <- e.run()
	}
}

// run evaluates. OPA itself breaks on some values that its built-in functions are
// given, such as sizes beyond all memory.
func (e evaluation) run() (a evaluated) {
	defer func() {
		if r := recover(); r != nil {
			a = evaluated{err: fmt.Errorf("OPA broke on it: %v", r)}
		}
	}()
	results, err := e.prepared.Eval(e.ctx, e.options...)
	return evaluated{results, err}
}

func (g *guard) watch(ctx context.Context) {
	tick := time.NewTicker(max(time.Millisecond, min(watchInterval, g.timeout/4)))
	defer tick.Stop()
	done, over := ctx.Done(), false
	for {
		select {
		case <-g.quit:
			return
		case <-done:
			done, over = nil, true
			g.stopAll()
		case <-tick.C:
			if over {
				g.stopAll() // also what began meanwhile
			}
			g.look()
		}
	}
}

// stopAll stops everything, for the context is done.
func (g *guard) stopAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := int64(time.Since(g.epoch))
	for _, s := range g.busy {
		if !s.cancel.Cancelled() {
			s.since = now
			s.cancel.Cancel()
		}
	}
}

// look stops what is beyond a limit, and leaves what does not stop.
func (g *guard) look() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := int64(time.Since(g.epoch))
	for _, s := range g.busy {
		switch {
		case !s.cancel.Cancelled() && now-s.began > int64(g.timeout):
			s.stop(now, fmt.Sprintf("it was stopped after %v, its time limit (--rule-timeout)", g.timeout))
		case s.cancel.Cancelled() && now-s.since > int64(stopGrace):
			s.leave()
		}
	}
	g.lookAtMemory(now)
}

func (s *seat) stop(now int64, msg string) {
	s.stopped, s.since = &LimitError{msg: msg}, now
	s.cancel.Cancel()
}

func (s *seat) leave() {
	if !s.isLeft {
		s.isLeft = true
		close(s.left)
	}
}

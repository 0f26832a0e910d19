package evaluator

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

// blockResult is what a worker found out about a block of clients.
type blockResult struct {
	err      error // stops everything
	first    int64 // number of the first client
	clients  int64
	harmed   int64
	findings []int64 // by position in Pack.Rules
	records  []byte  // of clients with findings, as the spool keeps them
	observed []byte  // what the observer keeps of all clients
	unknowns []unknownClients
	failures []failure
	index    map[unknownKey]int
	named    int // how many clients are named of those that cannot be judged for one reason
}

type unknownKey struct {
	rule int
	msg  string
}

// unknownClients are clients that a rule could not judge for one reason.
type unknownClients struct {
	unknownKey
	count   int64
	sample  []result.Resource
	objects []result.Resource // all of them, in the order of the snapshot; see maxObjects
}

// failure is a rule that broke on clients.
type failure struct {
	rule    int
	err     error
	client  string // the first one
	clients int64
}

func newBlockResult(rules, named int) *blockResult {
	return &blockResult{findings: make([]int64, rules), named: named}
}

func (b *blockResult) unknown(rule int, msg string, c *streamed) {
	key := unknownKey{rule, msg}
	i, ok := b.index[key]
	if !ok {
		if b.index == nil {
			b.index = map[unknownKey]int{}
		}
		i = len(b.unknowns)
		b.index[key] = i
		b.unknowns = append(b.unknowns, unknownClients{unknownKey: key})
	}
	u := &b.unknowns[i]
	u.count++
	object := c.resource()
	u.objects = append(u.objects, object)
	if len(u.sample) < b.named || result.CompareNames(object, u.sample[b.named-1]) < 0 {
		u.sample = result.AddSampleOf(u.sample, object, b.named)
	}
}

func (b *blockResult) fail(rule int, err error, c *streamed) {
	i := slices.IndexFunc(b.failures, func(f failure) bool { return f.rule == rule })
	if i < 0 {
		i = len(b.failures)
		b.failures = append(b.failures, failure{rule: rule, err: err, client: c.resource().Name})
	}
	b.failures[i].clients++
}

// judgeClients streams the clients past the rules of scope client: the reader
// hands out blocks, workers judge them, and what they found is put together in
// the order of the snapshot.
func (r *run) judgeClients(ctx context.Context) error {
	rules, err := r.prepareRules(ctx)
	if err != nil {
		return err
	}
	workers := make([]*worker, r.parallel())
	programs := r.newPrograms(rules)
	for i := range workers {
		workers[i] = r.newWorker(programs)
	}
	err = r.stream(ctx, workers)
	if ctx.Err() != nil {
		return fmt.Errorf("stopped after %s: %w", result.Count(r.coll.clients, "client"), context.Cause(ctx))
	}
	if err == nil {
		r.tallied = r.gather(workers, &programs.tallies)
	}
	return err
}

// maxParallel bounds the workers: each has programs and blocks of its own.
const maxParallel = 1024

// parallel is how many workers there are.
func (r *run) parallel() int {
	if r.opts.Parallel > 0 {
		return min(r.opts.Parallel, maxParallel)
	}
	return runtime.GOMAXPROCS(0)
}

// job is a block on its way to a worker, and where its result will come.
type job struct {
	block  *snapshot.Block
	result chan *blockResult
}

// stream runs the workers. As many blocks are under way as there are workers,
// and as many again wait.
func (r *run) stream(ctx context.Context, workers []*worker) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan job)
	order := make(chan job, len(workers)) // in the order of the snapshot
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			for j := range jobs {
				res := w.judge(ctx, j.block)
				j.block.Release()
				j.result <- res
			}
		})
	}
	var readError error
	wg.Go(func() {
		defer close(order)
		defer close(jobs)
		for block, err := range r.snap.Blocks() {
			if err != nil {
				readError = err
				return
			}
			j := job{block, make(chan *blockResult, 1)}
			select {
			case order <- j:
			case <-ctx.Done():
				return
			}
			jobs <- j // a worker will come: each ends its block soon when ctx is done
		}
	})
	var failed error
	for j := range order {
		res := <-j.result
		if failed != nil {
			continue
		}
		if failed = r.add(res); failed != nil {
			cancel()
		}
	}
	wg.Wait()
	return cmp.Or(failed, readError)
}

// add keeps what was found in the next block for the end of the run.
func (r *run) add(res *blockResult) error {
	r.coll.clients += res.clients
	for i, n := range res.findings {
		r.states[i].findings += n
	}
	r.harmed += res.harmed
	for _, u := range res.unknowns {
		r.states[u.rule].unknown.addClients(u)
	}
	for _, f := range res.failures {
		r.states[f.rule].failOn(f)
	}
	if _, err := r.spool.Write(res.records); err != nil {
		return err
	}
	if r.opts.Observer != nil {
		if err := r.opts.Observer.Keep(res.observed); err != nil {
			return err
		}
	}
	if r.opts.Progress != nil {
		r.opts.Progress(r.coll.clients)
	}
	return res.err
}

// gather adds up what the workers counted.
func (r *run) gather(workers []*worker, tallies *tallies) []tallyCount {
	counts := make([]int64, len(tallies.keys))
	for _, w := range workers {
		w.locator.forget()
		w.totals.leave(w.locator.None)
		r.totals.add(w.totals)
		for key, n := range w.tallied {
			counts[key] += n
		}
		for i, m := range w.rules {
			r.states[w.indexes[i]].timing.Add(m.stats)
			r.states[w.indexes[i]].timing.Whole = m.whole
		}
	}
	return tallies.counted(counts)
}

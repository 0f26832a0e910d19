package evaluator

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"
)

// lookAtMemory stops the evaluation that has run longest where more memory is in
// use than rules may take. The others are given time to show that it was not them.
func (g *guard) lookAtMemory(now int64) {
	heap := heapInUse()
	g.base = min(g.base, heap) // at first there may be garbage of what went before
	if heap < g.base+g.memory || time.Since(g.collected) < collectInterval {
		return
	}
	suspect, unstoppable := g.suspect(now)
	if suspect == nil && !unstoppable {
		return
	}
	runtime.GC()
	g.collected = time.Now()
	switch heap = heapInUse(); {
	case heap < g.base+g.memory:
	case suspect != nil:
		suspect.stop(now, fmt.Sprintf("it was stopped where it took more memory than %s, its limit (--rule-memory)", bytesText(g.memory)))
	case heap > g.base+2*g.memory:
		g.exhaust(now)
	}
}

// exhaust ends the evaluation of rules: nothing but the end of nscheck stops the one
// that takes the memory, so that the report is to be written soon.
func (g *guard) exhaust(now int64) {
	msg := fmt.Sprintf("it was not evaluated to the end, because a rule takes more memory than %s, twice its limit (--rule-memory), in a built-in function that cannot be stopped", bytesText(2*g.memory))
	if !g.exhausted.CompareAndSwap(nil, &LimitError{msg: msg}) {
		return
	}
	for _, s := range g.busy {
		if !s.cancel.Cancelled() && now-s.began > int64(suspectAfter) {
			s.stop(now, msg)
		}
	}
}

// suspect is what may eat memory and can be stopped, and whether there is what was
// stopped and goes on.
func (g *guard) suspect(now int64) (suspect *seat, unstoppable bool) {
	g.stuck = slices.DeleteFunc(g.stuck, func(s *seat) bool { return len(s.done) > 0 }) // it came to an end
	unstoppable = len(g.stuck) > 0
	for _, s := range g.busy {
		switch {
		case s.cancel.Cancelled():
			unstoppable = true
		case now-s.began > int64(suspectAfter) && (suspect == nil || s.began < suspect.began):
			suspect = s
		}
	}
	return suspect, unstoppable
}

func bytesText(n uint64) string {
	const mebi = 1 << 20
	if n >= 1<<30 && n%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n/mebi)
}

// heapInUse is how many bytes of the heap objects take, garbage too.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

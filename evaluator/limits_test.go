package evaluator

import "testing"

// tightLimits makes the engine forget, spill and give up all the time.
func tightLimits(t testing.TB) {
	setLimits(t, limitsOf{memoEntries: 3, memoTrial: 20, memoWorth: 40, bundled: 3, bundleWorth: 50, places: 2, kept: 3, keptText: 600, attributed: 2, spoolMemory: 500})
}

// eagerLimits makes the engine remember all that it can, and bundle rules soon.
func eagerLimits(t testing.TB) {
	l := limits
	l.memoTrial, l.memoWorth, l.bundled, l.bundleWorth = 20, 0, 1<<10, 0
	setLimits(t, l)
}

func setLimits(t testing.TB, l limitsOf) {
	old := limits
	limits = l
	t.Cleanup(func() { limits = old })
}

package evaluator

import "testing"

// tightLimits makes the engine forget, spill and give up all the time.
func tightLimits(t testing.TB) {
	old := limits
	limits = limitsOf{memoEntries: 3, memoTrial: 20, memoWorth: 40, bundled: 3, bundleWorth: 50, places: 2, classes: 3, classText: 600, spoolMemory: 500}
	t.Cleanup(func() { limits = old })
}

package main

import (
	"math"
	"os"
	"runtime/debug"
	"sync"
)

// How soon garbage is collected. Most runs are over before there is enough to be
// worth it, and loading the rules goes half as fast with Go's default. If there
// are many clients, memory matters more.
const (
	fewPercent  = 400
	fewMemory   = 64 << 20 // bytes, of which garbage takes no more than is left
	manyPercent = 50
	manyClients = 2_000
)

// collectSooner is for runs with many clients.
var collectSooner = func() {}

// paceGarbage leaves things as GOGC and GOMEMLIMIT say, where they are set.
func paceGarbage() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(fewPercent)
	debug.SetMemoryLimit(fewMemory)
	collectSooner = sync.OnceFunc(func() {
		debug.SetGCPercent(manyPercent)
		debug.SetMemoryLimit(math.MaxInt64)
	})
}

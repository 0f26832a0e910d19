package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
)

// TestMergedIsOneRun judges estates by the built-in rules, whole and in shards:
// the reports must be the same, byte for byte.
func TestMergedIsOneRun(t *testing.T) {
	t.Chdir(t.TempDir())
	const clients = "2500" // in three chunks
	shards := []int{3}
	nscheck := func(status int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(append([]string{"nscheck"}, args...), &out, &out); got != status {
			t.Fatalf("exit status %d: %s", got, out.String())
		}
	}
	reports := func(name string) []string {
		return []string{"-f", "json=" + name + ".json", "-f", "table=" + name + ".txt"}
	}
	nscheck(evaluator.ExitClean, "collect", "--demo", "-o", "demo")
	nscheck(evaluator.ExitClean, "fixture", "generate", "--clients", clients, "--violating", "50", "-o", "synthetic")
	for _, estate := range []string{"demo", "synthetic"} {
		nscheck(evaluator.ExitFindings, append([]string{"eval", estate}, reports("one")...)...)
		for _, n := range shards {
			var parts []string
			for i := range n {
				part := fmt.Sprintf("%s-%d-of-%d.nsresult.zst", estate, i+1, n)
				nscheck(evaluator.ExitClean, "eval", estate, "--shard", fmt.Sprintf("%d/%d", i+1, n), "-o", part)
				parts = append(parts, part)
			}
			rand.Shuffle(n, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			nscheck(evaluator.ExitFindings, append(append([]string{"result", "merge"}, parts...), reports("merged")...)...)
			for _, ending := range []string{".json", ".txt"} {
				same(t, fmt.Sprintf("%s in %d shards", estate, n), "one"+ending, "merged"+ending)
			}
		}
	}
}

func same(t *testing.T, what, a, b string) {
	t.Helper()
	want, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s: %s and %s differ", what, a, b)
	}
}

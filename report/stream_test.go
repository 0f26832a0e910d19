package report

import (
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// many yields n findings about clients and keeps none; now and then it measures
// what is held.
func many(n int, held *uint64) iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		for i := range n {
			f := result.Finding{
				Rule: "ACME-CLI-001", Severity: rule.High, Msg: "It is called ill", Path: "name", Actual: "ill",
				Resource: result.Resource{Type: "client", GUID: fmt.Sprintf("%032d", i), Name: fmt.Sprintf("ill-%d", i)},
			}
			if !yield(f, nil) {
				return
			}
			if i%(n/4) == n/8 {
				runtime.GC()
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				*held = max(*held, stats.HeapAlloc)
			}
		}
	}
}

// TestFormatsStream checks that no format holds the findings of an estate, and
// that none leaves a temporary file.
func TestFormatsStream(t *testing.T) {
	const findings, limit = 40000, 8 << 20 // held as text they would be 20 MB
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	r := evaluate(t, docs["broken"])
	for name, format := range streamedFormats {
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var held uint64
		if err := format.write(io.Discard, r, many(findings, &held), Options{FailOn: rule.Medium}); err != nil {
			t.Fatal(err)
		}
		if held > before.HeapAlloc+limit {
			t.Errorf("%s holds %d kB", name, (held-before.HeapAlloc)>>10)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s leaves %v, %v", name, left, err)
		}
	}
}

// TestFindingsMayFail checks that a format which cannot read all findings says
// so, and tidies up.
func TestFindingsMayFail(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	r := evaluate(t, docs["broken"])
	failure := fmt.Errorf("the disk is gone")
	var held uint64
	broken := func(yield func(result.Finding, error) bool) {
		for f := range many(1000, &held) {
			if !yield(f, nil) {
				return
			}
		}
		yield(result.Finding{}, failure)
	}
	for name, format := range streamedFormats {
		if err := format.write(io.Discard, r, broken, Options{FailOn: rule.Medium}); err != failure {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s leaves %v, %v", name, left, err)
		}
	}
}

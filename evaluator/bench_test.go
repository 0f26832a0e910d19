package evaluator

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/fixtures/synthetic"
	"github.com/nscheck/nscheck/internal/packtest"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// Benchmarks of parts of a run. Those of a whole run, as a process and beside
// other programs, are in internal/bench.

func BenchmarkLoadPack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS}); err != nil {
			b.Fatal(err)
		}
	}
}

// generated is an estate with as many clients as the benchmark has operations, of
// which a share in percent violates a rule.
func generated(b *testing.B, clients int, violating float64) []byte {
	b.Helper()
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	if err := synthetic.Write(b.Context(), w, synthetic.Options{Clients: int64(clients), Seed: 1, Violating: violating}); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len() / clients))
	return file.Bytes()
}

func judgedBy(b *testing.B, p *rule.Pack, text []byte, o Options) *result.Result {
	b.Helper()
	snap, err := snapshot.NewReader(bytes.NewReader(text), "bench")
	if err != nil {
		b.Fatal(err)
	}
	r, err := Evaluate(b.Context(), p, snap, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { r.Close() })
	return r
}

// One operation is one client, read, checked and judged by all rules; the estate
// is judged once. The engine, on one processor and on all, and the plain one.
func BenchmarkEvaluate(b *testing.B) {
	p := packtest.Builtin(b)
	for _, c := range []struct {
		name string
		Options
	}{{"one", Options{Parallel: 1}}, {"all", Options{}}, {"plain", Options{Plain: true}}} {
		for _, violating := range []float64{5, 50} {
			b.Run(fmt.Sprintf("%s/%v%%", c.name, violating), func(b *testing.B) {
				text := generated(b, b.N, violating)
				b.ReportAllocs()
				b.ResetTimer()
				judgedBy(b, p, text, c.Options)
			})
		}
	}
}

// One operation is one client; its findings are read back from the spool with
// their causes.
func BenchmarkFindings(b *testing.B) {
	p := packtest.Builtin(b)
	for _, violating := range []float64{5, 50} {
		b.Run(fmt.Sprintf("%v%%", violating), func(b *testing.B) {
			r := judgedBy(b, p, generated(b, b.N, violating), Options{})
			b.ReportAllocs()
			b.ResetTimer()
			for _, err := range r.Findings() {
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One operation is one client whose addresses are looked up.
func BenchmarkLocate(b *testing.B) {
	snap, err := snapshot.NewReader(bytes.NewReader(demoSnapshot(b)), "demo")
	if err != nil {
		b.Fatal(err)
	}
	estate, _ := snap.Estate()
	l := NewLocator(newNetworks(estate), func(*Place) {})
	var text []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		text = fmt.Appendf(text[:0], `["10.%d.%d.%d/24"]`, i%16, i/16%4, i/64%250)
		if _, err := l.At(text); err != nil {
			b.Fatal(err)
		}
	}
}

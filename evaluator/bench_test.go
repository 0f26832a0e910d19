package evaluator

import (
	"testing"

	"github.com/nscheck/nscheck/policies"
)

func BenchmarkLoadPack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadPack(Source{Name: "builtin", FS: policies.FS}); err != nil {
			b.Fatal(err)
		}
	}
}

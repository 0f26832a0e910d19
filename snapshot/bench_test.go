package snapshot_test

import (
	"bytes"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

func BenchmarkAppendClient(b *testing.B) {
	c := fullClient()
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if line, err = snapshot.AppendClient(line[:0], c); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(line)))
}

// One operation is one client, read and checked.
func BenchmarkClients(b *testing.B) {
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	w.WriteManifest(&snapshot.Manifest{CollectedAt: *when})
	w.WriteEstate(&snapshot.Estate{})
	for range b.N {
		w.WriteClient(fullClient())
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len() / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	r, err := snapshot.NewReader(&file, "bench")
	if err != nil {
		b.Fatal(err)
	}
	for _, err := range r.Clients() {
		if err != nil {
			b.Fatal(err)
		}
	}
}

package spill

import (
	"testing"
)

// TestSorter_stable sorts more records than fit into memory: those that compare as
// equal stay in their order, and they can be read twice.
func TestSorter_stable(t *testing.T) {
	s := NewSorter(t.TempDir(), "rows", 300, func(a, b []byte) int { return int(a[0]) - int(b[0]) })
	defer s.Close()
	for i := range 1000 {
		if err := s.Add([]byte{byte(i * 7 % 5), byte(i >> 8), byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		next, err := s.Records()
		if err != nil {
			t.Fatal(err)
		}
		last, count := -1, 0
		for record, err := next(); err == nil; record, err = next() {
			rank := int(record[0])*1000 + int(record[1])<<8 + int(record[2])
			if rank <= last {
				t.Fatalf("record %v comes after rank %d", record, last)
			}
			last, count = rank, count+1
		}
		if count != 1000 {
			t.Errorf("%d records", count)
		}
	}
}

package evaluator

import (
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpool(t *testing.T) {
	for _, limit := range []int{1 << 20, 2000, 0} {
		t.Run(fmt.Sprintf("limit %d", limit), func(t *testing.T) {
			s := newSpool()
			s.limit = limit
			var want []string
			for i := range 100 {
				name := fmt.Sprintf("C%d\n<&", i)
				want = append(want, name)
				if err := s.add(&clientRecord{Name: name, Findings: []clientFinding{{Msg: "m"}}}); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // it can be read again
				var got []string
				for r, err := range s.records() {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, r.Name)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			var file string
			if s.file != nil {
				file = s.file.Name()
			}
			if onDisk := limit < 1<<20; onDisk != (file != "") {
				t.Errorf("on disk: %v, want %v", file != "", onDisk)
			}
			if err := s.close(); err != nil {
				t.Fatal(err)
			}
			if file != "" {
				if _, err := os.Stat(file); !os.IsNotExist(err) {
					t.Errorf("the temporary file %s is left behind", file)
				}
			}
			for _, err := range s.records() {
				if err == nil {
					t.Error("a closed spool yields records")
				}
			}
		})
	}
}

package evaluator

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/spill"
)

// classIn numbers what a record shares with others.
func classIn(s *spool, r *clientRecord) (class, error) {
	where, err := s.where(&r.whereabouts)
	if err != nil {
		return noClass, err
	}
	what, err := s.what(&r.pattern)
	return class{where, what}, err
}

// spoolClient adds a client; one that is odd is kept whole.
func spoolClient(s *spool, name string, odd bool) error {
	rec := &clientRecord{pattern: pattern{Findings: []clientFinding{{Msg: "m", Actual: json.Number("7")}}}}
	who := result.Resource{Name: name}
	if odd {
		record, err := appendOddRecord(nil, rec, who)
		if err != nil {
			return err
		}
		_, err = s.Write(record)
		return err
	}
	class, err := classIn(s, rec)
	if err != nil {
		return err
	}
	_, err = s.Write(appendRecord(nil, class, who))
	return err
}

func TestSpoolKeepsFewPatterns(t *testing.T) {
	s := newSpool()
	of := func(i int) (uint32, error) { return s.what(&pattern{Reached: i}) }
	for i := range limits.kept + 10 {
		at, err := of(i)
		if err != nil || (at == 0) != (i >= limits.kept) {
			t.Fatalf("pattern %d has number %d, %v", i, at, err)
		}
	}
	if at, _ := of(4); at != 5 {
		t.Errorf("the fifth pattern has number %d now", at)
	}
}

func TestSpool(t *testing.T) {
	for _, limit := range []int{1 << 20, 2000, 0} {
		t.Run(fmt.Sprintf("limit %d", limit), func(t *testing.T) {
			s := newSpool()
			s.Buffer = spill.New("findings", limit)
			var want []string
			for i := range 100 {
				name := fmt.Sprintf("C%d\n<&", i)
				want = append(want, name)
				if err := spoolClient(s, name, i%3 == 0); err != nil {
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
					if n, _ := r.Findings[0].Actual.(json.Number); r.Findings[0].Msg != "m" || len(got)%3 != 1 && n != "7" {
						t.Errorf("%s came back as %+v", r.Name, r.Findings[0])
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			file := s.Name()
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

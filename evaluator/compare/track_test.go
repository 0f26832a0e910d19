package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/spill"
	"github.com/nscheck/nscheck/snapshot"
)

func TestTrackRoundTrip(t *testing.T) {
	for _, want := range []track{
		{guid: [16]byte{1}, name: "A", active: true, addresses: []byte(`["10.0.0.1/24"]`), findings: []tracked{{3, result.Fingerprint{7}}, {200, result.Fingerprint{8}}}, unknown: []int{1, 300}},
		{guid: [16]byte{2}, addresses: []byte{}},
		{guid: [16]byte{3}, name: "no addresses"},
	} {
		got, err := readTrack(want.append(nil))
		if err != nil || !cmp.Equal(got, want, cmp.AllowUnexported(track{}, tracked{})) {
			t.Errorf("%v %+v, want %+v", err, got, want)
		}
	}
	text := (&track{name: "cut off", findings: []tracked{{1, result.Fingerprint{}}}}).append(nil)
	for n := range len(text) {
		if _, err := readTrack(text[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken for a track", n, len(text))
		}
	}
}

// TestTracksInOrder sorts in memory and in many runs; clients of one GUID stay
// in the order that they came in.
func TestTracksInOrder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	random := rand.New(rand.NewPCG(1, 2))
	shuffled, ordered := spill.New("clients", trackMemory), spill.New("clients", trackMemory)
	defer shuffled.Close()
	defer ordered.Close()
	var all []track
	for i := range 3000 {
		all = append(all, track{guid: [16]byte{byte(random.IntN(200)), byte(random.IntN(3))}, name: fmt.Sprint(i)})
	}
	for _, c := range all {
		shuffled.Write(c.append(nil))
	}
	slices.SortStableFunc(all, func(a, b track) int { return bytes.Compare(a.guid[:], b.guid[:]) })
	for _, c := range all {
		ordered.Write(c.append(nil))
	}
	for name, s := range map[string]*spill.Buffer{"shuffled": shuffled, "ordered": ordered} {
		for _, memory := range []int{500, 1 << 20} {
			i := 0
			for text, err := range inOrder(t.Context(), s, memory) {
				if err != nil {
					t.Fatal(err)
				}
				if got, _ := readTrack(text); got.name != all[i].name {
					t.Fatalf("%s, %d bytes: %s at %d, want %s", name, memory, got.name, i, all[i].name)
				}
				i++
			}
			if i != len(all) {
				t.Errorf("%s: %d clients, want %d", name, i, len(all))
			}
		}
	}
	if files, _ := os.ReadDir(os.Getenv("TMPDIR")); len(files) > 0 {
		t.Errorf("files are left: %v", files)
	}
}

func TestPair(t *testing.T) {
	fill := func(guids ...byte) *spill.Buffer {
		s := spill.New("clients", trackMemory)
		for _, g := range guids {
			s.Write((&track{guid: [16]byte{g}}).append(nil))
		}
		return s
	}
	got := ""
	err := pair(t.Context(), fill(5, 1, 3, 3), fill(2, 3, 5, 6), func(b, h *track) {
		for _, side := range []*track{b, h} {
			if side == nil {
				got += "-"
			} else {
				got += fmt.Sprint(side.guid[0])
			}
		}
		got += " "
	})
	if want := "1- -2 33 3- 55 -6 "; err != nil || got != want {
		t.Errorf("%v %q, want %q", err, got, want)
	}
}

// TestPairStops: comparing ends with its context, wherever it is, and leaves no
// files.
func TestPairStops(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	stop := errors.New("enough")
	for name, at := range map[string]int{"before it begins": 0, "on the way": 2} {
		ctx, cancel := context.WithCancelCause(t.Context())
		s, seen := spill.New("clients", trackMemory), 0
		for _, g := range []byte{3, 2, 1} {
			s.Write((&track{guid: [16]byte{g}}).append(nil))
		}
		if at == 0 {
			cancel(stop)
		}
		err := pair(ctx, s, spill.New("clients", trackMemory), func(b, h *track) {
			if seen++; seen == at {
				cancel(stop)
			}
		})
		if !errors.Is(err, stop) || seen != at {
			t.Errorf("%s: %v after %d", name, err, seen)
		}
		for _, memory := range []int{1, sortMemory} {
			for _, err := range inOrder(ctx, s, memory) {
				if !errors.Is(err, stop) {
					t.Errorf("%s, %d bytes: %v", name, memory, err)
				}
			}
		}
	}
	if files, _ := os.ReadDir(os.Getenv("TMPDIR")); len(files) > 0 {
		t.Errorf("files are left: %v", files)
	}
}

func TestReach(t *testing.T) {
	two := []string{"L", "Y"}
	at := func(sites ...string) *evaluator.Place { return &evaluator.Place{Loc: locationIn(sites)} }
	for name, c := range map[string]struct {
		on   []result.Selector
		at   *evaluator.Place
		want int
	}{
		"the site":                 {[]result.Selector{{Site: "L", Certainty: result.Sure}}, at("L"), surely},
		"another site":             {[]result.Selector{{Site: "L", Certainty: result.Sure}}, at("Y"), 0},
		"one of two sites":         {[]result.Selector{{Site: "L", Certainty: result.Sure}}, at(two...), possibly},
		"both sites":               {[]result.Selector{{Site: "L", Certainty: result.Sure}, {Site: "Y", Certainty: result.Sure}}, at(two...), surely},
		"possible":                 {[]result.Selector{{Site: "L", Certainty: result.Possible}}, at("L"), possibly},
		"all":                      {[]result.Selector{{All: true, Certainty: result.Sure}}, at(), surely},
		"a package everywhere":     {[]result.Selector{{Package: "scan", Certainty: result.Sure}}, &evaluator.Place{}, surely},
		"nobody knows where it is": {[]result.Selector{{Site: "L", Certainty: result.Sure}}, &evaluator.Place{}, 0},
		"another client":           {[]result.Selector{{Client: "C", Certainty: result.Sure}}, at("L"), 0},
	} {
		f := fault{on: c.on}
		hits := []hit{f.hitOn(c.at, "A")}
		closeSites(hits, c.at, "A")
		if got := hits[0].level; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func locationIn(sites []string) *snapshot.Location { return &snapshot.Location{Sites: sites} }

package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

// TestNamesakes checks that clients of one name are listed alike whatever the
// order in which several goroutines ask about them.
func TestNamesakes(t *testing.T) {
	n := &namesakes{name: "pc01"}
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			if !n.add(&snapshot.Client{GUID: fmt.Sprintf("00000000-0000-0000-0000-0000000005%02d", 29-i), Name: "PC01"}) {
				t.Error("PC01 is not called pc01")
			}
		})
	}
	all.Wait()
	got := strings.Split(n.check().Error(), "\n")
	if want := `30 clients in the snapshot are called "pc01"; use the GUID of one of them:`; got[0] != want {
		t.Errorf("got  %s\nwant %s", got[0], want)
	}
	for i, line := range got[1:11] {
		if want := fmt.Sprintf("  00000000-0000-0000-0000-0000000005%02d  PC01  status unknown", i); line != want {
			t.Errorf("line %d is %q, want %q", i, line, want)
		}
	}
	if last := got[len(got)-1]; len(got) != 12 || last != "  and 20 more" {
		t.Errorf("%d lines, the last %q; want 12 and how many more there are", len(got), last)
	}
}

package evaluator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
)

// TestSampleIsByName checks that a sample is the first objects by name, in
// whatever order they come.
func TestSampleIsByName(t *testing.T) {
	var got []result.Resource
	for _, name := range []string{"f", "b", "g", "a", "e", "d", "c", "b"} {
		got = result.AddSample(got, result.Resource{Name: name})
	}
	want := []result.Resource{{Name: "a"}, {Name: "b"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

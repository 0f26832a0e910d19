package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCSVRoundTrip reads rows back and compares them with the findings.
func TestCSVRoundTrip(t *testing.T) {
	text := writeHostile(t, "csv")
	text, ok := bytes.CutPrefix(text, []byte("\ufeff"))
	if !ok {
		t.Error("there is no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(csvColumns, rows[0]); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
	for i, f := range hostileFindings(t) {
		want := findingRow(f, rows[i+1][slices.Index(csvColumns, "title")])
		for j, cell := range rows[i+1] {
			if strings.IndexAny(cell, "=+-@\t\r\n") == 0 {
				t.Errorf("row %d: %s begins a formula: %.60q", i, csvColumns[j], cell)
			}
			if got := strings.TrimPrefix(cell, "'"); got != clean(want[j], maxCell) {
				t.Errorf("row %d: %s is %.60q, want %.60q", i, csvColumns[j], got, want[j])
			}
		}
	}
}

// FuzzDisarm checks that no cell begins a formula, and that taking the
// apostrophe away gives the text again.
func FuzzDisarm(f *testing.F) {
	addHostile(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := disarm(s)
		if trimmed := strings.TrimLeft(got, " \u00a0"); strings.IndexAny(trimmed, "=+-@\t\r\n") == 0 {
			t.Errorf("%q begins a formula", got)
		}
		if back := strings.TrimPrefix(got, "'"); back != s {
			t.Errorf("%q becomes %q and that %q", s, got, back)
		}
	})
}

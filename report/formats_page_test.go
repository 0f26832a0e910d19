package report

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFormatsPage holds docs/formats.md to the formats and to the columns of
// csv.
func TestFormatsPage(t *testing.T) {
	text, err := os.ReadFile("../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	for head, want := range map[string][]string{"| format |": Names, "| column |": csvColumns} {
		_, table, found := strings.Cut(string(text), head)
		if !found {
			t.Fatalf("there is no table %q", head)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		var rows []string
		for line := range strings.Lines(table) {
			if name, ok := strings.CutPrefix(line, "| `"); ok {
				name, _, _ = strings.Cut(name, "`")
				rows = append(rows, name)
			}
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%s (-code +page):\n%s", head, diff)
		}
	}
}

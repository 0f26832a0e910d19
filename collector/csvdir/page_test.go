package csvdir

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

var update = os.Getenv("UPDATE_GOLDEN") != ""

const (
	page  = "../../docs/csv.md"
	begin = "<!-- Generated from the bindings by make golden. -->\n"
	stop  = "<!-- End of the generated part. -->\n"
)

// TestPage holds the list of files in docs/csv.md to the bindings.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ended := strings.Cut(rest, stop)
	if !ok || !ended {
		t.Fatalf("%s lacks the lines that mark its generated part", page)
	}
	want := before + begin + "\n" + files() + stop + after
	if want == string(text) {
		return
	}
	if !update {
		t.Fatalf("%s is not what the bindings say; refresh it with make golden", page)
	}
	if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

var kindNames = map[binding.Kind]string{binding.Text: "text", binding.GUID: "GUID", binding.Int: "whole number", binding.Count: "whole number", binding.Bool: "true or false", binding.Time: "date"}

// files describes every file, in the order of reading.
func files() string {
	bindings := map[string]*binding.Binding{}
	for _, b := range binding.All() {
		bindings[b.Section] = b
	}
	var out strings.Builder
	for _, layout := range binding.Layouts() {
		b := bindings[layout.Section]
		fmt.Fprintf(&out, "### %s.csv\n\n", layout.Section)
		fmt.Fprintf(&out, "%s.\n", strings.ToUpper(b.Fills[:1])+b.Fills[1:])
		if unique[layout.Section] {
			fmt.Fprintf(&out, "One line for each %s.\n", layout.Columns[0].Name)
		}
		fmt.Fprintf(&out, "In the CMDB: %s.\n\n", objects(b))
		out.WriteString("| column | holds | meaning | also taken |\n|---|---|---|---|\n")
		for _, c := range layout.Columns {
			holds := kindNames[c.Kind]
			if list := wordList(layout.Section, c.Name); list != "" {
				holds = list
			} else if m := b.Maps[c.Name]; m != nil {
				holds = mapped(m)
			}
			fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", c.Name, holds, strings.TrimSuffix(meaning(b, c.Name), ", see map"), quoted(Aliases(layout.Section, c.Name)))
		}
		out.WriteString("\n")
	}
	return out.String()
}

// meaning is the text that the head comment of the query gives a column.
func meaning(b *binding.Binding, column string) string {
	for line := range strings.SplitSeq(b.Query, "\n") {
		if text, ok := strings.CutPrefix(line, "-- column: "+column+": "); ok {
			return text
		}
	}
	return ""
}

func objects(b *binding.Binding) string {
	var list []string
	for _, o := range b.Objects {
		marks := map[binding.Mark]bool{}
		var shown []string
		for _, c := range o.Columns {
			if !marks[c.Mark] {
				marks[c.Mark] = true
				shown = append(shown, string(c.Mark))
			}
		}
		list = append(list, fmt.Sprintf("`%s` (%s)", o.Name, strings.Join(shown, ", ")))
	}
	return strings.Join(list, ", ")
}

// mapped lists the stored values that are known. Others are unknown statuses.
func mapped(values map[string]string) string {
	var list []string
	for _, from := range slices.Sorted(maps.Keys(values)) {
		text := "`" + from + "`"
		if to := values[from]; to != from {
			text += " = " + to
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ") + "; anything else is unknown"
}

func wordList(section, column string) string {
	values, others := Words(section, column)
	var list []string
	for _, names := range values {
		text := "`" + names[0] + "`"
		if len(names) > 1 {
			text += " (" + strings.Join(names[1:], ", ") + ")"
		}
		list = append(list, text)
	}
	if others {
		list = append(list, "anything else stands for none of these")
	}
	return strings.Join(list, "; ")
}

func quoted(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, "`"+n+"`")
	}
	return strings.Join(list, ", ")
}

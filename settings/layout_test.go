package settings

import (
	"strings"
	"testing"
)

// TestExportKeepsTheLayout changes one setting of a file that people laid out,
// and holds all other lines to what they were.
func TestExportKeepsTheLayout(t *testing.T) {
	text := exported(t)
	for _, section := range []string{"sites:", "subnets:", "package_servers:", "policies:"} {
		text = strings.Replace(text, "\n"+section, "\n\n\n# The "+section+"\n\n"+section, 1)
	}
	text = strings.Replace(text, "  Leeds:\n", "\n  # In the north.\n  Leeds:\n\n", 1)
	text = strings.Replace(text, "    constrained: false\n", "    constrained: false # as long as it is alone\n\n    # What follows was measured.\n\n", 1)
	text = strings.Replace(text, "sites: [Leeds]", "sites:\n      # by GUID\n\n      - "+leeds, 1)
	text += "\n# The end.\n"
	changed := rawOf(t, strings.Replace(base, "constrained: false", "constrained: true", 1))
	for name, earlier := range map[string]string{
		"LF":       text,
		"CRLF":     strings.ReplaceAll(text, "\n", "\r\n"),
		"a mark":   byteOrder + text,
		"4 spaces": strings.ReplaceAll(text, "  ", "    "),
	} {
		want := strings.Replace(earlier, "constrained: false", "constrained: true", 1)
		got, err := Export(changed, []byte(earlier), "e.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, want)
		}
	}
}

// FuzzExport writes over what people may have made of a file.
func FuzzExport(f *testing.F) {
	f.Add(exported(f))
	f.Add(strings.ReplaceAll(exported(f), "\n", "\r\n\r\n"))
	f.Add("nscheck: estate\nsites:\n  Leeds: |\n    a\n\n    b\n")
	f.Add("nscheck: estate\nsites: [a,\n\n b]\n# c\n\n")
	f.Add("nscheck: estate\n\n? sites\n\n: {}\n--- # x\n")
	f.Add("nscheck: estate # " + blankMark + "\n\nsites: {Leeds: {}}")
	raw := rawOf(f, base)
	f.Fuzz(func(t *testing.T, earlier string) {
		file, err := Export(raw, []byte(earlier), "f.yaml")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml: ") {
				t.Errorf("an error without its place: %v", err)
			}
			return
		}
		out, err := Apply(raw, []File{{Name: "again.yaml", Text: file}})
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if len(out.Settings) > 0 {
			t.Errorf("%s\n%s", lines(out.Settings), file)
		}
		if strings.Contains(string(file), blankMark) && !strings.Contains(earlier, blankMark) {
			t.Errorf("a mark is left in\n%s", file)
		}
	})
}

package lint

import (
	"context"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/rule"
)

const page = "../../docs/lints.md"

// section is what the page says about a lint.
type section struct {
	name, severity string
	file           string // that the examples change; empty where they are lists of files
	bad, good      string
}

var sectionForm = regexp.MustCompile("(?s)^`([a-z-]+)`\n\n\\*(.+?)\\*.*\n\nBad, (?:in `([^`]+)`|among the files):\n\n```\\w+\n(.*?)\n```\n\nGood:\n\n```\\w+\n(.*?)\n```\n*$")

func sections(t *testing.T) (out []section) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(text), "\n### ")[1:] {
		found := sectionForm.FindStringSubmatch(part)
		if found == nil {
			t.Fatalf("a section of %s is not of the form of the others:\n%s", page, part)
		}
		out = append(out, section{found[1], found[2], found[3], found[4], found[5]})
	}
	return out
}

// severities is how the page tells the severity of a lint.
func severities(l Lint) string {
	capital := map[Severity]string{Error: "Error", Warning: "Warning", Advice: "Advice"}
	switch l.Severity {
	case off:
		return "Only with `--strict`: " + string(l.Strict) + "."
	case l.Strict:
		return capital[l.Severity] + "."
	}
	return capital[l.Severity] + "; with `--strict` a " + string(l.Strict) + "."
}

func TestThePageDescribesEveryLint(t *testing.T) {
	var got, want [][2]string
	for _, s := range sections(t) {
		got = append(got, [2]string{s.name, s.severity})
	}
	for _, l := range Lints() {
		want = append(want, [2]string{l.Name, severities(l)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// house is the pack that the examples of the page change.
func house(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	dir := os.DirFS("testdata/house")
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, name)
		out[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(text), "\r\n", "\n"))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// change puts the bad example in the place of the good one.
func (s *section) change(t *testing.T, files fstest.MapFS) {
	t.Helper()
	if s.file == "" {
		good, bad := strings.Split(s.good, "\n"), strings.Split(s.bad, "\n")
		for _, name := range good {
			if files[name] == nil {
				t.Fatalf("the good example names %s, which is not there", name)
			}
			if !slices.Contains(bad, name) {
				delete(files, name)
			}
		}
		for _, name := range bad {
			if files[name] == nil {
				files[name] = &fstest.MapFile{Data: []byte("package acme.more_test\n\ntest_it if 1 + 1 == 2\n")}
			}
		}
		return
	}
	text := string(files[s.file].Data)
	if strings.Count(text, s.good+"\n") != 1 {
		t.Fatalf("the good example is not to be found, or not once, in %s", s.file)
	}
	var bad []string
	for _, line := range strings.Split(s.bad, "\n") {
		if line == "⋮" {
			bad = append(bad, slices.Repeat(bad[len(bad)-1:], 50)...)
		} else {
			bad = append(bad, line)
		}
	}
	files[s.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, s.good+"\n", strings.Join(bad, "\n")+"\n", 1))}
}

func lintFiles(t *testing.T, files fs.FS, opts Options) *Report {
	t.Helper()
	report, err := Run(context.Background(), []rule.Source{{Name: "house", FS: files}}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestGoodExamplesAreClean: all of them stand in one pack.
func TestGoodExamplesAreClean(t *testing.T) {
	report := lintFiles(t, house(t), Options{Strict: true, Beside: []rule.Source{builtin}})
	for _, p := range report.Problems {
		t.Error(p.Text())
	}
	if len(report.Silenced) != 1 || report.Silenced[0].Name != unusedHelper || report.Silenced[0].Reason != "rules of other packs call minor" {
		t.Errorf("silenced: %+v", report.Silenced)
	}
}

func TestBadExamplesHaveTheirLint(t *testing.T) {
	for _, s := range sections(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			opts := Options{Strict: true}
			if s.name == string(rule.FlawReserved) {
				opts.Beside = []rule.Source{builtin}
			}
			files := house(t)
			s.change(t, files)
			report := lintFiles(t, files, opts)
			if len(report.Problems) != 1 || report.Problems[0].Name != s.name {
				t.Errorf("got %d problems", len(report.Problems))
				for _, p := range report.Problems {
					t.Error(p.Text())
				}
				return
			}
			if p := report.Problems[0]; p.Line == 0 && s.file != "" && !slices.Contains([]string{doesNotLoad, missingCase, noFailingExample}, s.name) {
				t.Errorf("it has no line: %s", p.Text())
			}
			quiet := lintFiles(t, files, Options{Beside: opts.Beside})
			if l, _ := named(s.name); (l.Severity == off) != (len(quiet.Problems) == 0) {
				t.Errorf("without strict there are %d problems", len(quiet.Problems))
			}
		})
	}
}

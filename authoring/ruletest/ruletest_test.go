package ruletest

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/nscheck/nscheck/evaluator/rule"
)

var update = os.Getenv("UPDATE_GOLDEN") != ""

// pack is testdata/pack.txtar, with some files replaced, or left out where they
// are empty.
func pack(t *testing.T, files map[string]string) rule.Source {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/pack.txtar")
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, f := range archive.Files {
		folder[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	for name, text := range files {
		if folder[name] = (&fstest.MapFile{Data: []byte(text)}); text == "" {
			delete(folder, name)
		}
	}
	return rule.Source{Name: "house", FS: folder}
}

func run(t *testing.T, o Options) *Report {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Tests {
		r.Tests[i].Duration = 0
	}
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// The pack has one of everything that can go well and wrong.
func TestFormats(t *testing.T) {
	r := run(t, Options{Targets: []Target{{Source: pack(t, nil)}}, Coverage: true})
	for _, name := range FormatNames {
		write, err := LookupFormat(name)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := write(&out, r, FormatOptions{Threshold: 90.5}); err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/report."+name, out.String())
		switch name {
		case "json":
			if !json.Valid(out.Bytes()) {
				t.Error("it is no JSON")
			}
		case "junit":
			checkXML(t, out.Bytes())
		}
	}
}

func checkXML(t *testing.T, text []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

func TestColors(t *testing.T) {
	r := &Report{Tests: []Test{{Kind: Rego, Name: "data.a.test_b", File: "a_test.rego", Line: 1, Outcome: Failed, Msg: "it is not true",
		Failures: []Failure{{Diff: "--- x\n+++ y\n a\n-b\n+c"}}}}}
	r.count()
	var out bytes.Buffer
	if err := writeText(&out, r, FormatOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{red + "FAIL " + plain, red + "-b" + plain, green + "+c" + plain, red + "1 failed" + plain} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%q", want, out.String())
		}
	}
}

func TestHostileNames(t *testing.T) {
	const hostile = "]]><x a=\"1\">&amp;\x00\x1b[31m\nnext"
	r := &Report{Tests: []Test{{Kind: Example, Name: hostile, Rule: "A-001", File: hostile, Line: 1, Outcome: Failed, Msg: hostile, Output: hostile,
		Failures: []Failure{{Case: hostile, File: hostile, Line: 1, Source: hostile, Diff: "-" + hostile, Input: hostile}}}}}
	r.count()
	for name, write := range formats {
		var out bytes.Buffer
		if err := write(&out, r, FormatOptions{Color: true, Verbose: true}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x00") || strings.Contains(out.String(), "\x1b[31mnext") {
			t.Errorf("%s lets control characters through: %q", name, out.String())
		}
		if name == "junit" {
			checkXML(t, out.Bytes())
		}
	}
}

func TestPattern(t *testing.T) {
	source := pack(t, nil)
	for pattern, want := range map[string][]string{
		"test_broken$":         {"data.house.site.crowded_test.test_broken"},
		"few subnets":          {"few subnets"},
		"test_broken|^few":     {"few subnets", "data.house.site.crowded_test.test_broken"},
		"^data.house.site.bro": nil,
	} {
		r, err := Run(t.Context(), Options{Targets: []Target{{Source: source}}, Pattern: regexp.MustCompile(pattern)})
		if len(want) == 0 {
			if !errors.Is(err, ErrNothing) || !strings.HasSuffix(err.Error(), "no test and no worked example matches \""+pattern+`"`) {
				t.Errorf("%s: error %v", pattern, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, test := range r.Tests {
			got = append(got, test.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, diff)
		}
		if r.Gaps != nil {
			t.Errorf("%s: %v, though not all was run", pattern, r.Gaps)
		}
	}
}

// A rule's id chooses its tests and its examples.
func TestPatternOfAnID(t *testing.T) {
	r := run(t, Options{Targets: []Target{{Source: pack(t, nil)}}, Pattern: regexp.MustCompile("ACME-001")})
	if len(r.Tests) != 13 {
		t.Errorf("%d tests ran, not 13", len(r.Tests))
	}
}

func TestWithin(t *testing.T) {
	other := map[string]string{
		"lib/used_test.rego":     "package house.lib.used_test\n\nimport data.house.lib.used\n\ntest_one if used.one == 1\n",
		"site/crowded_test.rego": "package house.site.crowded_test\n\ntest_one if true\n",
	}
	for within, want := range map[string]int{"": 5, ".": 5, "lib": 1, "lib/used.rego": 1, "site": 4, "site/crowded.rego": 4, "site/crowded_test.rego": 4, "site/crowded.yaml": 4} {
		r := run(t, Options{Targets: []Target{{Source: pack(t, other), Within: within}}})
		if len(r.Tests) != want {
			t.Errorf("%q: %d tests ran, not %d", within, len(r.Tests), want)
		}
	}
}

func TestNothing(t *testing.T) {
	source := pack(t, map[string]string{"site/crowded_test.rego": "", "site/crowded.yaml": ""})
	for _, within := range []string{"", "site"} {
		_, err := Run(t.Context(), Options{Targets: []Target{{Source: source, Within: within}}})
		where := strings.TrimSuffix("house/"+within, "/")
		want := "there is nothing to run: no test and no worked example is in " + where +
			"; write tests into RULE_test.rego and examples into RULE.yaml, beside RULE.rego"
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	files := map[string]string{"site/bare.rego": strings.Replace(ruleText(t, "site/bare.rego"), "estate.sites", "estate.sitez", 1)}
	_, err := Run(t.Context(), Options{Targets: []Target{{Source: pack(t, files)}}})
	if want := "house/site/bare.rego:16:20: `data.estate.sitez` does not exist; did you mean `sites`?"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func ruleText(t *testing.T, name string) string {
	t.Helper()
	return string(pack(t, nil).FS.(fstest.MapFS)[name].Data)
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(300*time.Millisecond, cancel)
	began := time.Now()
	_, err := Run(ctx, Options{Targets: []Target{{Source: pack(t, nil)}}, Timeout: time.Minute})
	if !errors.Is(err, context.Canceled) || time.Since(began) > 20*time.Second {
		t.Errorf("error %v after %v", err, time.Since(began))
	}
}

// What counts is what the author wrote: rules that are only loaded are neither
// tested nor counted.
func TestOthersAreNotTested(t *testing.T) {
	other := rule.Source{Name: "other", FS: fstest.MapFS{
		"lib/a.rego":      {Data: []byte("package other.lib.a\n\none := 1\n\ntest_one if one == 2\n")},
		"lib/a_test.rego": {Data: []byte("package other.lib.a_test\n\ntest_two if false\n")},
	}}
	uses := map[string]string{
		"site/crowded_test.rego": "package house.site.crowded_test\n\nimport data.other.lib.a\n\ntest_lib if a.one == 1\n",
		"site/crowded.yaml":      "",
	}
	r := run(t, Options{Targets: []Target{{Source: pack(t, uses)}}, Others: []rule.Source{other}, Coverage: true})
	if len(r.Tests) != 1 || !r.OK() {
		t.Errorf("tests %+v", r.Tests)
	}
	got := map[string]float64{}
	for _, f := range r.Coverage.Files {
		got[f.File] = f.Percent
	}
	want := map[string]float64{"house/lib/used.rego": 0, "house/site/bare.rego": 0, "house/site/crowded.rego": 0}
	if !maps.Equal(got, want) || r.Coverage.Percent != 0 {
		t.Errorf("coverage %v, %v", got, r.Coverage.Percent)
	}
}

func TestShortfall(t *testing.T) {
	for _, tt := range []struct {
		percent, threshold float64
		want               string
	}{
		{100, 100, ""}, {90, 0, ""}, {90, 90, ""},
		{99.99, 100, "the Rego tests reach 99.9 % of the rules' lines, 0.1 points less than the 100 % of --threshold"},
		{75.5, 90, "the Rego tests reach 75.5 % of the rules' lines, 14.5 points less than the 90 % of --threshold"},
	} {
		r := &Report{Coverage: &Coverage{Percent: tt.percent}}
		if got := r.Shortfall(tt.threshold); got != tt.want {
			t.Errorf("%v of %v: %q, want %q", tt.percent, tt.threshold, got, tt.want)
		}
	}
	if got := (&Report{}).Shortfall(50); got != "" {
		t.Errorf("without coverage: %q", got)
	}
}

func TestMerged(t *testing.T) {
	got := lines(merged([]LineRange{{9, 9}, {3, 5}, {1, 1}, {4, 4}, {6, 7}, {11, 12}}))
	if want := "1, 3-7, 9, 11-12"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const events = `{"Action":"run","Package":"github.com/nscheck/nscheck/a","Test":"TestGood"}
{"Action":"output","Package":"github.com/nscheck/nscheck/a","Test":"TestGood","Output":"quiet\n"}
{"Action":"pass","Package":"github.com/nscheck/nscheck/a","Test":"TestGood"}
{"Action":"run","Package":"github.com/nscheck/nscheck/a","Test":"TestBad"}
{"Action":"output","Package":"github.com/nscheck/nscheck/a","Test":"TestBad","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"github.com/nscheck/nscheck/a","Test":"TestBad"}
{"Action":"skip","Package":"github.com/nscheck/nscheck/a","Test":"TestElsewhere"}
{"Action":"run","Package":"github.com/nscheck/nscheck/a","Test":"TestCrash"}
{"Action":"output","Package":"github.com/nscheck/nscheck/a","Test":"TestCrash","Output":"panic: at once\n"}
{"Action":"fail","Package":"github.com/nscheck/nscheck/a","Elapsed":2}
{"Action":"output","Package":"github.com/nscheck/nscheck/b","Output":"ok (cached)\n"}
{"Action":"pass","Package":"github.com/nscheck/nscheck/b","Elapsed":0.1}
not JSON
{"ImportPath":"github.com/nscheck/nscheck/c","Action":"build-output","Output":"c.go:1:1: wrong\n"}
{"ImportPath":"github.com/nscheck/nscheck/c","Action":"build-fail"}
`

func TestReport_counts(t *testing.T) {
	var out strings.Builder
	r := newReport(&out, 3)
	r.read(strings.NewReader(events))
	err := r.summary(90*time.Second, nil, false)
	if err == nil {
		t.Error("failed tests are no error")
	}
	want := `got 1, want 2
panic: at once
FAIL [1/3] a: 1 passed, 2.0s
ok   [2/3] b: 0 passed, 0.1s, cached
not JSON
c.go:1:1: wrong

failed: a.TestBad
failed: a.TestCrash
failed: build of github.com/nscheck/nscheck/c
skipped: a.TestElsewhere
FAIL: 1 passed, 3 failed, 1 skipped in 1m30s
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSummary_skips checks that in CI a skip without a reason fails.
func TestSummary_skips(t *testing.T) {
	reasons := map[string]string{"a.TestScale": "takes hours"}
	for _, test := range []struct {
		skipped []string
		ci      bool
		fails   bool
	}{
		{nil, true, false},
		{[]string{"a.TestScale"}, true, false},
		{[]string{"a.TestPage"}, false, false},
		{[]string{"a.TestScale", "a.TestPage"}, true, true},
	} {
		var out strings.Builder
		r := newReport(&out, 1)
		r.skipped = test.skipped
		err := r.summary(0, reasons, test.ci)
		if (err != nil) != test.fails || strings.Contains(out.String(), "FAIL:") != test.fails {
			t.Errorf("%v in CI %t: %v\n%s", test.skipped, test.ci, err, out.String())
		}
	}
}

func TestParseSkips_refusesNoReason(t *testing.T) {
	if _, err := parseSkips("# none\na.TestScale: takes hours\na.TestPage:\n"); err == nil || !strings.Contains(err.Error(), "skips.txt:3:") {
		t.Errorf("got %v", err)
	}
}

// TestRaceList reads the list of the module: each name exists, and each package
// with goroutines, channels or locks has one.
func TestRaceList(t *testing.T) {
	l, err := racedTests("../..")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(l.packages, "./evaluator") {
		t.Errorf("packages %v", l.packages)
	}
}

func TestChooseTests_refuses(t *testing.T) {
	tests := map[string][]string{"TestWorkers": {"./a"}}
	for text, want := range map[string]string{
		"# workers\nTestWorker\n": "race.txt:2: no package has the test TestWorker",
		"TestWorkers\n":           "./b has goroutines",
	} {
		if _, err := chooseTests(text, tests, []string{"./a", "./b"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
)

// streamedRecord is how a finding begins in the formats that write all of them:
// in one line each, or in a test case.
var streamedRecord = map[string]*regexp.Regexp{
	"csv":   regexp.MustCompile(`(?m)^"finding","([A-Z0-9-]+)".*\r\n`),
	"junit": regexp.MustCompile(`(?s) {4}<testcase [^>]* classname="([A-Z0-9-]+)">.*?</testcase>\n`),
	"sarif": regexp.MustCompile(`(?m)^ {4}\{"ruleId":"([A-Z0-9-]+)".*\n`),
}

// TestDemoFormats holds the demo's reports to golden files, in one run of the
// program. Of the formats that write every finding they have the first two of
// each rule.
func TestDemoFormats(t *testing.T) {
	dir := t.TempDir()
	args := []string{"nscheck", "scan", "--demo"}
	formats := []string{"sarif", "junit", "csv", "markdown", "github", "azuredevops"}
	for _, format := range formats {
		args = append(args, "-f", format+"="+filepath.Join(dir, format))
	}
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	var stdout, stderr bytes.Buffer
	if status := run(args, &stdout, &stderr); status != result.ExitFindings {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	for _, format := range formats {
		got, err := os.ReadFile(filepath.Join(dir, format))
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`(?i)(snapshot(Sha256": "| ))[0-9a-f]{12,64}`).ReplaceAllString(string(got), "${1}…")
		compareDemo(t, "testdata/demo."+format, firstOfEachRule(text, streamedRecord[format]))
	}
}

func firstOfEachRule(text string, record *regexp.Regexp) string {
	if record == nil {
		return text
	}
	seen := map[string]int{}
	return record.ReplaceAllStringFunc(text, func(s string) string {
		rule := record.FindStringSubmatch(s)[1]
		if seen[rule]++; seen[rule] > 2 {
			return ""
		}
		return s
	})
}

func compareDemo(t *testing.T, file, got string) {
	t.Helper()
	if update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

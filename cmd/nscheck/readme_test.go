package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
)

// TestDemoReport holds the demo's report, byte for byte, to a golden file.
func TestDemoReport(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "scan", "--demo"}, &stdout, &stderr); status != result.ExitFindings {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	const file = "testdata/demo.txt"
	if update {
		if err := os.WriteFile(file, stdout.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), stdout.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestReadmeExcerpt holds the README's excerpt to that report.
func TestReadmeExcerpt(t *testing.T) {
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	demo, err := os.ReadFile("testdata/demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(readme), "## What it prints")
	intro, rest, _ := strings.Cut(rest, "```\n")
	_, after, _ := strings.Cut(rest, "```\n")
	want := before + "## What it prints" + intro + "```\n" + excerpt(string(demo)) + "```\n" + after
	if update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(readme)); diff != "" {
		t.Errorf("the excerpt in the README is stale; run \"make golden\" (-want +got):\n%s", diff)
	}
}

// excerpt is the head of a report, its second cause, and its last paragraph.
func excerpt(report string) string {
	head, causes, _ := strings.Cut(report, "CAUSES\n")
	blocks := strings.Split(strings.TrimSpace(causes), "\n\n")
	return head + "CAUSES\n\n  …\n\n" + blocks[1] + "\n\n  …\n\n" + blocks[len(blocks)-1] + "\n"
}

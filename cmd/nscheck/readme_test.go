package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator"
)

// TestDemoReport holds the demo's report, byte for byte, to a golden file.
func TestDemoReport(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "scan", "--demo"}, &stdout, &stderr); status != evaluator.ExitFindings {
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

// TestReadmeExcerpt holds the README's excerpt to that report: its lines stand
// there in this order; … marks what is left out.
func TestReadmeExcerpt(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	report, err := os.ReadFile("testdata/demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(readme), "## What it prints")
	_, after, _ = strings.Cut(after, "```\n")
	excerpt, _, _ := strings.Cut(after, "```")
	lines := strings.Split(string(report), "\n")
	count := 0
	for _, want := range strings.Split(strings.TrimSpace(excerpt), "\n") {
		if want == "" || strings.TrimSpace(want) == "…" {
			continue
		}
		i := slices.Index(lines, want)
		if i < 0 {
			t.Fatalf("the demo does not print this line of the README, or not in this order: %q", want)
		}
		lines = lines[i+1:]
		count++
	}
	if count < 10 {
		t.Errorf("the excerpt has only %d lines", count)
	}
}

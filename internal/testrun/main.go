// Command testrun is "make test" after the set-up: it runs every test of the
// module once, then the tests named in race.txt under the race detector. It
// shows progress while packages run, the output of failed tests, and ends with
// a line of counts. Its exit status is 1 if a test failed, if a package did not
// build, or, in CI, if a test was skipped without a reason listed in skips.txt.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "testrun:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	raced, err := racedTests(".")
	if err != nil {
		return err
	}
	allowed, err := readSkips()
	if err != nil {
		return err
	}
	packages, err := modulePackages(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	every := newReport(os.Stdout, len(packages))
	if err := every.goTest(ctx, append([]string{"-timeout", "30m"}, packages...)); err != nil {
		return err
	}
	fmt.Println("\nwith the race detector:")
	race := newReport(os.Stdout, len(raced.packages))
	if err := race.goTest(ctx, raced.args()); err != nil {
		return err
	}
	every.add(race)
	return every.summary(time.Since(start), allowed, os.Getenv("CI") != "")
}

// summary prints failed and skipped tests, and the counts as the last line.
func (r *report) summary(took time.Duration, allowed map[string]string, ci bool) error {
	fmt.Fprintln(r.out)
	for _, name := range r.failed {
		fmt.Fprintln(r.out, "failed:", name)
	}
	refused := 0
	for _, name := range r.skipped {
		if reason, ok := allowed[name]; ok {
			fmt.Fprintf(r.out, "skipped: %s (%s)\n", name, reason)
			continue
		}
		refused++
		fmt.Fprintln(r.out, "skipped:", name)
	}
	verdict := "PASS"
	if len(r.failed) > 0 || ci && refused > 0 {
		verdict = "FAIL"
	}
	if ci && refused > 0 {
		fmt.Fprintf(r.out, "%d skipped tests are failures in CI; install what they need or give a reason in internal/testrun/skips.txt\n", refused)
	}
	fmt.Fprintf(r.out, "%s: %d passed, %d failed, %d skipped in %s\n",
		verdict, r.passed, len(r.failed), len(r.skipped), took.Round(time.Second))
	if verdict == "FAIL" {
		return fmt.Errorf("tests failed")
	}
	return nil
}

func readSkips() (map[string]string, error) {
	text, err := os.ReadFile("internal/testrun/skips.txt")
	if err != nil {
		return nil, err
	}
	return parseSkips(string(text))
}

// parseSkips reads lines of the form "package.Test: reason".
func parseSkips(text string) (map[string]string, error) {
	skips := make(map[string]string)
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, ok := strings.Cut(line, ": ")
		if !ok || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("internal/testrun/skips.txt:%d: write PACKAGE.TEST: REASON", i+1)
		}
		skips[name] = reason
	}
	return skips, nil
}

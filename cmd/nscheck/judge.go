package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Flags of all commands that evaluate a snapshot.
func judgeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "parallel", Usage: "evaluate `N` blocks of clients at once", DefaultText: "the number of processors", EnvVars: []string{"NSCHECK_PARALLEL"}},
		&cli.BoolFlag{Name: "timing", Usage: "print the time of each rule on standard error"},
		&cli.Int64Flag{Name: "self-check", Usage: "evaluate every `N`th client also without the cache, and fail if the verdicts differ", EnvVars: []string{"NSCHECK_SELF_CHECK"}},
	}
}

// judgeOptions reads the flags of judgeFlags.
func judgeOptions(c *cli.Context) (evaluator.Options, error) {
	o := evaluator.Options{ToolVersion: version, Parallel: c.Int("parallel"), SelfCheck: c.Int64("self-check")}
	if c.IsSet("self-check") && o.SelfCheck <= 0 {
		return o, errors.New("--self-check must be 1 or more; leave it out for the default")
	}
	if err := checkParallel(c); err != nil {
		return o, err
	}
	return o, setRuleLimits(c, &o)
}

// maxParallel is far more than any machine has a use for; each takes memory.
const maxParallel = 1024

// checkParallel refuses what --parallel cannot be.
func checkParallel(c *cli.Context) error {
	if n := c.Int("parallel"); c.IsSet("parallel") && (n <= 0 || n > maxParallel) {
		return fmt.Errorf("--parallel must be from 1 to %d, got %d; leave it out for one per processor", maxParallel, n)
	}
	return nil
}

// evaluateFile evaluates a snapshot file and reports.
func evaluateFile(ctx context.Context, c *cli.Context, path string, pack *rule.Pack, opts evaluator.Options, baseline *compare.Against, out *outputs) error {
	snap, err := openSnapshot(ctx, path)
	if err != nil {
		return err
	}
	defer snap.Close()
	stop := showJudging(c, snap.Manifest(), &opts)
	result, err := compare.EvaluateAgainst(ctx, pack, snap, opts, baseline)
	stop()
	var incomparable *compare.IncomparableError
	if errors.As(err, &incomparable) {
		return fmt.Errorf("--baseline: it cannot be compared: %w; --compare-anyway compares it anyway", err)
	}
	if err != nil {
		return err
	}
	defer result.Close()
	if c.Bool("timing") {
		writeTimings(c.App.ErrWriter, result.Timings)
	}
	return out.write(c, result)
}

// showJudging makes the options show progress until stop is called.
func showJudging(c *cli.Context, m *snapshot.Manifest, opts *evaluator.Options) (stop func()) {
	p := startProgress(c)
	total := clientsOf(m)
	opts.Progress = func(clients int64) {
		if clients >= manyClients {
			collectSooner()
		}
		p.recordClients(clients, total)
	}
	return p.stop
}

// clientsOf is how many clients a snapshot says it has; 0 where it does not.
func clientsOf(m *snapshot.Manifest) int64 {
	if m == nil {
		return 0
	}
	i := slices.IndexFunc(m.Sections, func(s snapshot.Section) bool { return s.Name == "clients" })
	if i < 0 {
		return 0
	}
	return m.Sections[i].Rows
}

// writeTimings writes what each rule took, the longest first.
func writeTimings(w io.Writer, timings []result.Timing) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.Options{}
	t.AppendHeader(table.Row{"rule", "evaluated", "remembered", "time", "findings"})
	for _, r := range timings {
		remembered := "-"
		if r.Scope == rule.ClientScope && r.Clients > 0 {
			remembered = strconv.FormatFloat(100*float64(r.Remembered)/float64(r.Clients), 'f', 1, 64) + " %"
		}
		if r.Whole != "" {
			remembered = "never: " + r.Whole
		}
		t.AppendRow(table.Row{r.Rule, thousands(r.Evaluations), remembered, r.Duration.Round(time.Microsecond).String(), thousands(r.Findings)})
	}
	fmt.Fprintln(w, strings.TrimRight(t.Render(), "\n"))
}

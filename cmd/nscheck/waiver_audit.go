package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
	"github.com/nscheck/nscheck/report"
)

// expiringWithin is the number of days before its end from which a waiver is
// expiring, unless a flag or the configuration sets another.
const expiringWithin = 30

// Problems that an audit finds, by their names in --fail-on.
const (
	expiring = "expiring"
	unused   = "unused"
	lapsed   = "lapsed"
)

// problems are the names of problems by the status that has them.
var problems = map[result.WaiverStatus]string{
	result.WaiverUnused:      unused,
	result.WaiverExpired:     "expired",
	result.WaiverLapsed:      lapsed,
	result.WaiverTooLong:     "too-long",
	result.WaiverUnknownRule: "unknown-rule",
}

var problemNames = []string{unused, "expired", expiring, lapsed, "too-long", "unknown-rule"}

func waiverAuditCommand(asJSON cli.Flag) *cli.Command {
	flags := append(packFlags(), configFlag(), waiversFlag(), asOfFlag(), asJSON,
		&cli.StringFlag{Name: "against", Usage: "find unused and lapsed waivers by `SNAPSHOT|RESULT`"},
		&cli.IntFlag{Name: "expiring-within", Usage: "waivers that end within `DAYS` days are expiring (default: warn_days of the configuration, else 30)"},
		&cli.IntFlag{Name: "within", Hidden: true}, // the earlier name of --expiring-within
		&cli.StringSliceFlag{Name: "fail-on", Usage: "exit with 1 on `PROBLEMS`: unused, expired, expiring, lapsed, too-long, unknown-rule; repeatable, or with commas"})
	return &cli.Command{
		Name:  "audit",
		Usage: "list waivers that do not apply, end soon, or have no effect",
		Description: "Waivers are checked as of today, or as of --as-of. With --fail-on the exit status is 1 if\n" +
			"such a problem is found, and 3 if that is unknown; otherwise it is 0.",
		Flags:  append(flags, workFlags()...),
		Action: runWaiverAudit,
	}
}

// audited is a waiver with what is wrong with it.
type audited struct {
	result.WaiverState
	Problems []string `json:"problems"`
}

func runWaiverAudit(c *cli.Context) error {
	failOn, err := parseProblems(c)
	if err != nil {
		return err
	}
	within, err := daysToExpiry(c)
	if err != nil {
		return err
	}
	waivers, pack, day, err := loadedWaivers(c)
	if err != nil {
		return err
	}
	states, err := auditedStates(c, waivers, pack, day)
	if err != nil {
		return err
	}
	if within < 0 {
		within = cmp.Or(waivers.Settings.WarnDays, expiringWithin)
	}
	list := make([]audited, len(states))
	for i, s := range states {
		list[i] = audited{s, problemsOf(&s, day, within)}
	}
	if err := printAudit(c, list); err != nil {
		return err
	}
	return auditStatus(list, failOn)
}

// daysToExpiry returns the value of --expiring-within, or -1 if it is not set.
func daysToExpiry(c *cli.Context) (int, error) {
	for _, flag := range []string{"expiring-within", "within"} {
		if !c.IsSet(flag) {
			continue
		}
		if n := c.Int(flag); n < 0 {
			return 0, fmt.Errorf("--%s must be a number of days, got %d", flag, n)
		}
		return c.Int(flag), nil
	}
	return -1, nil
}

func parseProblems(c *cli.Context) ([]string, error) {
	var out []string
	for _, text := range c.StringSlice("fail-on") {
		for _, name := range strings.Split(text, ",") {
			name = strings.TrimSpace(name)
			if !slices.Contains(problemNames, name) {
				return nil, fmt.Errorf("--fail-on: %q is not a problem of waivers; use %s", name, strings.Join(problemNames, ", "))
			}
			if (name == unused || name == lapsed) && c.String("against") == "" {
				return nil, fmt.Errorf("--fail-on %s needs a snapshot or a result to compare with; name one with --against", name)
			}
			out = append(out, name)
		}
	}
	return out, nil
}

// auditedStates returns the states of waivers, by a snapshot or result if one is named.
func auditedStates(c *cli.Context, w *waiver.Set, pack *rule.Pack, day rule.Date) ([]result.WaiverState, error) {
	file := c.String("against")
	if file == "" {
		return waiver.States(w, pack, day), nil
	}
	isResult, err := result.IsResult(file)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	if isResult {
		result, err := result.Open(file)
		if err != nil {
			return nil, fmt.Errorf("--against: %w", err)
		}
		return waiver.StatesIn(w, pack, result, day)
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return statesInSnapshot(ctx, file, pack, evaluator.Options{ToolVersion: version, Annotators: []result.Annotator{w}, AsOf: day})
}

func statesInSnapshot(ctx context.Context, file string, pack *rule.Pack, o evaluator.Options) ([]result.WaiverState, error) {
	snap, err := openSnapshot(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	defer snap.Close()
	result, err := evaluator.Evaluate(ctx, pack, snap, o)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	return result.Waivers, nil
}

func problemsOf(s *result.WaiverState, day rule.Date, within int) []string {
	out := []string{}
	if p := problems[s.Status]; p != "" {
		out = append(out, p)
	}
	if s.Holds() && s.Expires != "" && day.DaysUntil(rule.Date(s.Expires)) <= within {
		out = append(out, expiring)
	}
	return out
}

func printAudit(c *cli.Context, list []audited) error {
	if c.Bool("json") {
		return printJSON(c.App.Writer, list)
	}
	bad := 0
	for _, a := range list {
		if len(a.Problems) == 0 && !a.Undecided {
			continue
		}
		what := strings.Join(a.Problems, ", ")
		if what == "" {
			what = "undecided"
		}
		why := a.Msg
		if why == "" {
			why = "it expires on " + a.Expires
		}
		bad++
		if _, err := fmt.Fprintf(c.App.Writer, "%s: %s: %s for %s: %s\n", report.Name(a.Place), what, report.Name(a.Rule), report.Name(a.Scope()), report.Message(why)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(c.App.Writer, "%s; %s attention\n", report.Count(int64(len(list)), "waiver"), needAttention(bad))
	return err
}

// needAttention phrases a number of waivers with problems.
func needAttention(bad int) string {
	switch bad {
	case 0:
		return "none needs"
	case 1:
		return "1 needs"
	}
	return fmt.Sprintf("%d need", bad)
}

// auditStatus returns the exit status that --fail-on requires.
func auditStatus(list []audited, failOn []string) error {
	asked := func(problem string) bool { return slices.Contains(failOn, problem) }
	if slices.ContainsFunc(list, func(a audited) bool { return slices.ContainsFunc(a.Problems, asked) }) {
		return exitStatus(result.ExitFindings)
	}
	if (asked(unused) || asked(lapsed)) && slices.ContainsFunc(list, func(a audited) bool { return a.Undecided }) {
		return exitStatus(result.ExitIncomplete)
	}
	return nil
}

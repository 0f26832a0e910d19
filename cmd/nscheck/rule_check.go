package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
)

func ruleTestCommand() *cli.Command {
	return &cli.Command{
		Name:      "test",
		Usage:     "run the tests and the worked examples of rules",
		ArgsUsage: "[PATH…]",
		Description: "PATH is a folder of rules, or a folder or the file of a rule in a pack.\n" +
			"Without it the folders of --policy are tested, else the current folder if it contains\n" +
			"rules, else the built-in rules. Parameters have their defaults: nscheck.yaml is not read.\n" +
			"A test also fails if it does not compile, or if a built-in function gets an invalid argument,\n" +
			"which \"opa test\" ignores. Exit status: 0 all passed, 1 a test failed or\n" +
			"--threshold is not reached, 2 nothing could be run because the rules do not compile or there\n" +
			"are no tests.",
		Flags: []cli.Flag{
			policyFlag(), noBuiltinFlag(),
			&cli.StringSliceFlag{Name: "format", Aliases: []string{"f"}, Usage: "write `FORMAT[=FILE]`: " + strings.Join(ruletest.FormatNames, ", ") + "; repeatable (default: text)"},
			&cli.StringFlag{Name: "run", Usage: "run only tests and examples whose name or rule id matches the regular expression `PATTERN`"},
			&cli.BoolFlag{Name: "coverage", Usage: "list the lines of the rules that no Rego test covers"},
			&cli.Float64Flag{Name: "threshold", Usage: "like --coverage, and exit with 1 if tests cover less than `PERCENT` of the lines"},
			&cli.BoolFlag{Name: "watch", Usage: "run again whenever a file is saved, until Ctrl-C"},
			&cli.BoolFlag{Name: "verbose", Usage: "list every test with its time"},
			&cli.DurationFlag{Name: "timeout", Usage: "stop a test after `DURATION`", Value: ruletest.DefaultTimeout},
			&cli.IntFlag{Name: "parallel", Usage: "run `N` tests at once", DefaultText: "one per processor"},
			noColorFlag(),
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notices on standard error", EnvVars: []string{"NSCHECK_QUIET"}},
		},
		Action: runRuleTest,
	}
}

func runRuleTest(c *cli.Context) error {
	targets, err := testTargets(c)
	if err != nil {
		return err
	}
	opts, err := testOptions(c, targets)
	if err != nil {
		return err
	}
	out, err := parseTestOutputs(c)
	if err != nil {
		return err
	}
	if !c.Bool("watch") {
		return testOnce(c.Context, c, opts, out)
	}
	folders, err := watchedFolders(c, targets)
	if err != nil {
		return err
	}
	return watchRules(c.Context, c, folders, func(ctx context.Context) error { return testOnce(ctx, c, opts, out) })
}

func testOnce(ctx context.Context, c *cli.Context, opts ruletest.Options, out testOutputs) error {
	r, err := await(ctx, func() (*ruletest.Report, error) { return ruletest.Run(ctx, opts) })
	if err != nil {
		return err
	}
	if err := out.write(c, r); err != nil {
		return err
	}
	if !r.OK() || r.Shortfall(out.options.Threshold) != "" {
		return exitStatus(result.ExitFindings)
	}
	return nil
}

func testOptions(c *cli.Context, targets []ruletest.Target) (o ruletest.Options, err error) {
	o = ruletest.Options{Targets: targets, Coverage: c.Bool("coverage") || c.IsSet("threshold"), Parallel: c.Int("parallel")}
	if err := checkParallel(c); err != nil {
		return o, err
	}
	if o.Timeout, err = durationOf(c, "timeout"); err != nil {
		return o, err
	}
	if pattern := c.String("run"); pattern != "" {
		if o.Pattern, err = regexp.Compile(pattern); err != nil {
			return o, fmt.Errorf("--run: %w", err)
		}
	}
	if threshold := c.Float64("threshold"); !(threshold >= 0 && threshold <= 100) { // NaN too
		return o, fmt.Errorf("--threshold: the value must be a percentage from 0 to 100, not %v", threshold)
	}
	if !c.Bool("no-builtin") {
		o.Others = append(o.Others, rule.Source{Name: builtin, FS: policies.FS})
	}
	for _, dir := range c.StringSlice("policy") {
		source, err := openSource(c, filepath.Clean(dir), nil) // as that of a target is named
		if err != nil {
			return o, fmt.Errorf("--policy: %w", err)
		}
		o.Others = append(o.Others, source)
	}
	return o, nil
}

// watchedFolders are the folders that --watch looks at.
func watchedFolders(c *cli.Context, targets []ruletest.Target) ([]string, error) {
	var folders []string
	for _, t := range targets {
		if t.Source.Name != builtin {
			folders = append(folders, t.Source.Name)
		}
	}
	for _, dir := range c.StringSlice("policy") {
		folders = append(folders, filepath.Clean(dir))
	}
	slices.Sort(folders)
	if folders = slices.Compact(folders); len(folders) == 0 {
		return nil, errors.New("--watch: the built-in rules do not change; name a folder of rules")
	}
	return folders, nil
}

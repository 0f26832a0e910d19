package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/report"
)

func ruleTraceCommand(name string, hidden bool) *cli.Command {
	return &cli.Command{
		Name:      name,
		Hidden:    hidden,
		Usage:     "evaluate one rule on a snapshot, and show why it finds something or not",
		ArgsUsage: "RULE",
		Description: "RULE is a .rego file or the id of a rule. A file is loaded with the rules of its pack:\n" +
			"the nearest folder above it with a pack.yaml, else its own folder.\n\n" +
			"A rule of scope client is evaluated for all clients, or for one with --client. Output of\n" +
			"print() is shown. --explain shows each expression that did not hold in a clause of\n" +
			"violation or unknown, the one that was reached last first, with the values that it read\n" +
			"and the helpers that it called: for the estate, for the client, or for the first client on\n" +
			"which the rule breaks, else for the first one without findings.\n\n" +
			"The exit status is 0 if the rule was evaluated, whatever its verdict, and 2 if it could\n" +
			"not be evaluated or broke. Waivers and baselines are ignored.",
		Flags: slices.Concat([]cli.Flag{
			inputFlag(),
			demoFlag(),
			&cli.StringFlag{Name: "client", Usage: "evaluate it for the client `NAME`, a host name, DOMAIN\\NAME or a GUID"},
			&cli.BoolFlag{Name: "explain", Usage: "show where each clause stopped"},
			&cli.IntFlag{Name: "limit", Usage: "show at most `N` entries per list", Value: 5},
			&cli.BoolFlag{Name: "watch", Usage: "evaluate it again whenever a file of its pack is saved"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			noColorFlag(), configFlag(),
		}, packFlags(), ruleLimitFlags(), workFlags()),
		Action: runRuleTrace,
	}
}

// inputFlag and demoFlag are for commands that run rules on real data.
func inputFlag() cli.Flag {
	return &cli.StringFlag{Name: "input", Aliases: []string{"i"}, Usage: "read `SNAPSHOT`, written by collect, or a document in JSON or YAML"}
}

func demoFlag() cli.Flag {
	return &cli.BoolFlag{Name: "demo", Usage: "read the embedded estate"}
}

func runRuleTrace(c *cli.Context) error {
	name, err := oneArgument(c, "the rule, a .rego file or an id such as NS-SITE-003")
	if err != nil {
		return err
	}
	if c.Int("limit") < 1 {
		return errors.New("--limit must be 1 or more")
	}
	file, err := ruleFileOf(c, name)
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	t := &trying{name: name, file: file, remove: func() {}}
	defer func() { t.remove() }()
	if !c.Bool("watch") {
		return t.once(ctx, c)
	}
	folders := c.StringSlice("policy")
	if len(folders) == 0 {
		return errors.New("--watch needs rules in files; name a .rego file, or a folder with --policy")
	}
	return watchRules(ctx, c, folders, func(ctx context.Context) error { return t.once(ctx, c) })
}

// trying is a rule that is evaluated once, or after each change of a file.
type trying struct {
	name   string
	file   *ruleFile // nil if name is an id
	input  string    // the snapshot; empty until it is needed
	remove func()
}

// once evaluates the rule once.
func (t *trying) once(ctx context.Context, c *cli.Context) error {
	pack, err := loadAllRules(c)
	if err != nil {
		return err
	}
	rule, err := t.file.rule(pack, t.name)
	if err != nil {
		return err
	}
	if t.input == "" {
		input, remove, err := inputFile(ctx, c)
		if err != nil {
			return err
		}
		t.input, t.remove = input, remove
	}
	snap, err := openSnapshot(ctx, t.input)
	if err != nil {
		return err
	}
	defer snap.Close()
	namesakes := &namesakes{name: c.String("client")}
	opts := evaluator.TryOptions{Explain: c.Bool("explain"), Limit: c.Int("limit"), Client: namesakes.chosen()}
	var shown evaluator.Options
	if err := setRuleLimits(c, &shown); err != nil {
		return err
	}
	stop := showJudging(c, snap.Manifest(), &shown)
	opts.Progress, opts.RuleTimeout, opts.RuleMemory = shown.Progress, shown.RuleTimeout, shown.RuleMemory
	trial, err := evaluator.Try(ctx, pack, snap, rule, opts)
	stop()
	if err := cmp.Or(err, namesakes.check()); err != nil {
		return err
	}
	return showTrial(c, trial)
}

func showTrial(c *cli.Context, t *evaluator.Trial) error {
	var err error
	if c.Bool("json") {
		err = printJSON(c.App.Writer, t)
	} else {
		err = report.Trial(c.App.Writer, t, terminalOptions(c))
	}
	if err != nil {
		return err
	}
	if t.Evaluations > 0 {
		notice(c, "%s took %v.", report.Count(t.Evaluations, "evaluation"), t.Duration.Round(time.Microsecond))
	}
	if t.Verdict == result.Errored {
		return exitStatus(result.ExitTrouble)
	}
	return nil
}

// inputFile returns the snapshot of --input, or a temporary one of the embedded
// estate; remove removes the latter.
func inputFile(ctx context.Context, c *cli.Context) (file string, remove func(), err error) {
	file = c.String("input")
	switch {
	case file != "" && c.Bool("demo"):
		return "", nil, errors.New("--input and --demo exclude each other")
	case file != "":
		return file, func() {}, nil
	case !c.Bool("demo"):
		return "", nil, errors.New("name a snapshot with --input, or use the embedded estate with --demo")
	}
	in := &input{
		sources: []string{collector.Demo},
		options: collector.Options{ToolVersion: version, Pause: pause, AfterFunc: afterFunc, StatementTimeout: demoTimeout},
	}
	return collectTemporary(ctx, c, in)
}

// demoTimeout is longer than any statement on the embedded estate takes.
const demoTimeout = 10 * time.Minute

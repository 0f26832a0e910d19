package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/change"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/report"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "tell what differs between two snapshots: settings, findings, clients",
		ArgsUsage: "BASE HEAD",
		Description: "Settings that differ are joined to the findings that came and went. The exit status is\n" +
			"that of gate. See docs/gate.md.",
		Flags:  append(append(differenceFlags(), configFlag()), workFlags()...),
		Action: runDiff,
	}
}

func runDiff(c *cli.Context) error {
	if c.NArg() != 2 {
		return fmt.Errorf("name two snapshots, what was and what is; see \"%s --help\"", c.Command.HelpName)
	}
	out, err := parseDifferenceOutputs(c)
	if err != nil {
		return err
	}
	pack, opts, err := loadJudging(c)
	if err != nil {
		return err
	}
	opts.Track = true
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	return compareSnapshots(ctx, c, pack, opts, c.Args().Get(0), c.Args().Get(1), out)
}

// opener opens one side of a comparison.
type opener func(ctx context.Context) (snap evaluator.Snapshot, closing func() error, err error)

func opened(file string) opener {
	return func(ctx context.Context) (evaluator.Snapshot, func() error, error) {
		snap, err := openSnapshot(ctx, file)
		if err != nil {
			return nil, nil, err
		}
		return snap, snap.Close, nil
	}
}

// compareSnapshots compares two snapshot files.
func compareSnapshots(ctx context.Context, c *cli.Context, pack *evaluator.Pack, opts evaluator.Options, base, head string, out *differenceOutputs) error {
	var estates [2][]byte
	for i, file := range []string{base, head} {
		snap, err := openSnapshot(ctx, file)
		if err != nil {
			return err
		}
		_, estates[i] = snap.Estate()
		snap.Close()
	}
	settings, err := await(ctx, func() ([]change.Setting, error) { return change.Diff(estates[0], estates[1]) })
	if err != nil {
		return err
	}
	return compare(ctx, c, pack, opts, opened(base), opened(head), settings, 0, out)
}

// compare judges both sides, one after the other, and reports what differs.
func compare(ctx context.Context, c *cli.Context, pack *evaluator.Pack, opts evaluator.Options, base, head opener, settings []change.Setting, idle int, out *differenceOutputs) error {
	before, err := judgeSide(ctx, c, pack, opts, base)
	if err != nil {
		return err
	}
	defer before.Close()
	now, err := judgeSide(ctx, c, pack, opts, head)
	if err != nil {
		return err
	}
	defer now.Close()
	d, err := evaluator.Compare(ctx, before, now, settings)
	if err != nil {
		return err
	}
	if d.Idle = idle; idle > 0 {
		notice(c, "Without effect in the change: %s.", report.Count(int64(idle), "edit"))
	}
	return out.write(c, d, now)
}

func judgeSide(ctx context.Context, c *cli.Context, pack *evaluator.Pack, opts evaluator.Options, open opener) (*evaluator.Result, error) {
	snap, closing, err := open(ctx)
	if err != nil {
		return nil, err
	}
	defer closing()
	defer showJudging(c, snap.Manifest(), &opts)()
	return evaluator.Evaluate(ctx, pack, snap, opts)
}

// differenceOutputs are the formats of a difference: table and json are its own,
// the others show the head's findings with what became of them.
type differenceOutputs struct {
	*outputs
	kinds []string // by position in targets
}

func parseDifferenceOutputs(c *cli.Context) (*differenceOutputs, error) {
	o, err := parseOutputs(c)
	if err != nil {
		return nil, err
	}
	d := &differenceOutputs{outputs: o}
	for _, w := range c.StringSlice("format") {
		name, _, _ := strings.Cut(w, "=")
		d.kinds = append(d.kinds, name)
	}
	if len(d.kinds) == 0 {
		d.kinds = []string{"table"}
	}
	read := append([]string{c.String("base"), c.String("head")}, append(c.StringSlice("change"), c.Args().Slice()...)...)
	for _, t := range o.targets {
		for _, file := range read {
			if t.file != "" && file != "" && atomicfile.Same(file, t.file) {
				return nil, fmt.Errorf("--format: %s would be overwritten: it is read; name another file", t.file)
			}
		}
	}
	return d, nil
}

// write writes all formats and returns the exit status as an error.
func (o *differenceOutputs) write(c *cli.Context, d *evaluator.Difference, head *evaluator.Result) error {
	status := d.ExitStatus(o.options.FailOn, o.options.AllowIncomplete)
	exit := report.Exit{Status: status, FailOn: o.options.FailOn, AllowIncomplete: o.options.AllowIncomplete}
	var failed error
	for i, t := range o.targets {
		failed = errors.Join(failed, o.writeTarget(c, t, func(w io.Writer, options report.Options) error {
			switch o.kinds[i] {
			case "table":
				return report.DifferenceTable(w, d, options, exit)
			case "json":
				return report.DifferenceJSON(w, d, exit)
			}
			return t.format.Write(w, head, options)
		}))
	}
	if failed != nil {
		return failed
	}
	return finish(c, status, d.Incomplete())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/settings"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "compare two snapshots: settings, findings, clients",
		ArgsUsage: "BASE HEAD",
		Description: "Lists settings that differ, with the findings that they add and remove. The exit status is\n" +
			"that of gate. See docs/gate.md.",
		Flags:  slices.Concat(differenceFlags(), gateFlags(), []cli.Flag{configFlag()}, workFlags()),
		Action: runDiff,
	}
}

func runDiff(c *cli.Context) error {
	if c.NArg() != 2 {
		return fmt.Errorf("name two snapshots, before and after; see \"%s --help\"", c.Command.HelpName)
	}
	out, err := parseDifferenceOutputs(c)
	if err != nil {
		return err
	}
	pack, opts, err := loadEvaluation(c)
	if err != nil {
		return err
	}
	limits, err := gateLimits(c)
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	return compareSnapshots(ctx, c, pack, opts, limits, c.Args().Get(0), c.Args().Get(1), out)
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
func compareSnapshots(ctx context.Context, c *cli.Context, pack *rule.Pack, opts evaluator.Options, limits compare.GateLimits, base, head string, out *differenceOutputs) error {
	var estates [2][]byte
	for i, file := range []string{base, head} {
		snap, err := openSnapshot(ctx, file)
		if err != nil {
			return err
		}
		_, estates[i] = snap.Estate()
		snap.Close()
	}
	changed, err := await(ctx, func() ([]settings.Setting, error) { return settings.Diff(estates[0], estates[1]) })
	if err != nil {
		return err
	}
	return reportDifference(ctx, c, pack, opts, limits, opened(base), opened(head), changed, 0, out)
}

// reportDifference evaluates both sides and reports what differs. With --policy-base the
// policy of that folder decides, and the report names what only the present one
// lets pass.
func reportDifference(ctx context.Context, c *cli.Context, pack *rule.Pack, opts evaluator.Options, limits compare.GateLimits, base, head opener, changed []settings.Setting, idle int, out *differenceOutputs) error {
	folder := c.String("policy-base")
	decidedBy, deciding := pack, opts
	if folder != "" {
		var err error
		if decidedBy, deciding, err = loadPolicyBase(c, folder, opts); err != nil {
			return err
		}
	}
	d, closing, err := compareSides(ctx, c, decidedBy, deciding, limits, base, head, changed)
	if err != nil {
		return err
	}
	defer closing()
	if folder != "" {
		present, closing, err := compareSides(ctx, c, pack, opts, limits, base, head, changed)
		if err != nil {
			return err
		}
		defer closing()
		if err := d.DecidedBy(filepath.ToSlash(folder), present, out.options.FailOn); err != nil {
			return err
		}
	}
	if d.Idle = idle; idle > 0 {
		notice(c, "Without effect in the change: %s.", report.Count(int64(idle), "edit"))
	}
	return out.write(c, d)
}

// compareSides evaluates both sides by one policy, one after the other.
func compareSides(ctx context.Context, c *cli.Context, pack *rule.Pack, opts evaluator.Options, limits compare.GateLimits, base, head opener, changed []settings.Setting) (d *compare.Difference, closing func(), err error) {
	before, err := judgeSide(ctx, c, pack, opts, base)
	if err != nil {
		return nil, nil, err
	}
	now, err := judgeSide(ctx, c, pack, opts, head)
	if err != nil {
		before.Close()
		return nil, nil, err
	}
	closing = func() {
		now.Close()
		before.Close()
	}
	d, err = compare.Compare(ctx, before, now, changed, limits)
	if err == nil {
		return d, closing, nil
	}
	closing()
	var incomparable *compare.IncomparableError
	if errors.As(err, &incomparable) {
		err = fmt.Errorf("the two sides cannot be compared: %w; --compare-anyway compares them anyway", err)
	}
	return nil, nil, err
}

func judgeSide(ctx context.Context, c *cli.Context, pack *rule.Pack, opts evaluator.Options, open opener) (*compare.Side, error) {
	snap, closing, err := open(ctx)
	if err != nil {
		return nil, err
	}
	defer closing()
	defer showJudging(c, snap.Manifest(), &opts)()
	return compare.EvaluateSide(ctx, pack, snap, opts)
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
	return d, nil
}

// write writes all formats and returns the exit status as an error.
func (o *differenceOutputs) write(c *cli.Context, d *compare.Difference) error {
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
			return t.format.Write(w, d.Outcome(), options)
		}))
	}
	if failed != nil {
		return failed
	}
	return finish(c, status, d.Incomplete())
}

package main

import (
	"slices"

	"github.com/urfave/cli/v2"
)

func scanCommand() *cli.Command {
	flags := append(sourceFlags(),
		&cli.StringFlag{Name: "save-snapshot", Usage: "save the snapshot as `FILE`, compressed if it ends in .zst"})
	flags = slices.Concat(flags, reportFlags(), judgeFlags())
	return completeFormats(&cli.Command{
		Name:   "scan",
		Usage:  "collect a snapshot, evaluate the rules, and report",
		Flags:  append(flags, workFlags()...),
		Action: runScan,
	})
}

// runScan goes through a snapshot file even where it is not kept: the file
// bounds the memory, and the evaluated snapshot is the one that could have been saved.
func runScan(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	in, err := parseInput(c)
	if err != nil {
		return err
	}
	out, err := parseOutputs(c)
	if err != nil {
		return err
	}
	pack, opts, err := loadEvaluation(c)
	if err != nil {
		return err
	}
	baseline, err := loadBaseline(c)
	if err != nil {
		return err
	}
	ctx, cancel := in.context(c)
	defer cancel()
	if file := c.String("save-snapshot"); file != "" {
		if _, err := collectTo(ctx, c, in, file); err != nil {
			return err
		}
		return evaluateFile(ctx, c, file, pack, opts, baseline, out)
	}
	file, remove, err := collectTemporary(ctx, c, in)
	if err != nil {
		return err
	}
	defer remove()
	return evaluateFile(ctx, c, file, pack, opts, baseline, out)
}

package main

import (
	"errors"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
)

func resultCommand() *cli.Command {
	return &cli.Command{
		Name:  "result",
		Usage: "put results together",
		Subcommands: []*cli.Command{completeFormats(&cli.Command{
			Name:      "merge",
			Usage:     "join the parts that \"nscheck eval --shard\" wrote into one result, and report",
			ArgsUsage: "PART…",
			Description: "The parts of all shards must be named, in any order, and the rules and parameters\n" +
				"be those that the shards were judged by. The result is that of one run.",
			Flags:  slices.Concat(reportFlags(), []cli.Flag{configFlag()}, workFlags()),
			Action: runResultMerge,
		})},
	}
}

func runResultMerge(c *cli.Context) error {
	if !c.Args().Present() {
		return errors.New("name the parts to merge; see \"nscheck result merge --help\"")
	}
	out, err := parseOutputs(c)
	if err != nil {
		return err
	}
	pack, opts, err := loadJudging(c)
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	result, err := evaluator.Merge(ctx, pack, c.Args().Slice(), opts)
	if err != nil {
		return err
	}
	defer result.Close()
	return out.write(c, result)
}

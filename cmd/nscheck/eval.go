package main

import (
	"slices"

	"github.com/urfave/cli/v2"
)

func evalCommand() *cli.Command {
	return completeFormats(&cli.Command{
		Name:      "eval",
		Usage:     "evaluate the rules on a snapshot",
		ArgsUsage: "SNAPSHOT",
		Description: "SNAPSHOT is a file written by collect (.jsonl, .jsonl.zst) or a document\n" +
			"{estate: …, clients: […]} in JSON or YAML.",
		Flags:  slices.Concat(reportFlags(), judgeFlags(), []cli.Flag{configFlag()}, workFlags()),
		Action: runEval,
	})
}

func runEval(c *cli.Context) error {
	path, err := oneArgument(c, "the snapshot to evaluate")
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
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	return evaluateFile(ctx, c, path, pack, opts, baseline, out)
}

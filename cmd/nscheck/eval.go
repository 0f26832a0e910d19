package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/snapshot"
)

func evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "judge a snapshot by the rules",
		ArgsUsage: "SNAPSHOT",
		Description: "SNAPSHOT is a file that collect wrote (.jsonl, .jsonl.zst) or a document\n" +
			"{estate: …, clients: […]} in JSON or YAML.",
		Flags:  append(append(reportFlags(), configFlag()), workFlags()...),
		Action: runEval,
	}
}

func runEval(c *cli.Context) error {
	path, err := oneArgument(c, "the snapshot to judge")
	if err != nil {
		return err
	}
	out, err := parseOutputs(c)
	if err != nil {
		return err
	}
	pack, err := loadPack(c)
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	return evaluateFile(ctx, c, path, pack, out)
}

// evaluateFile judges a snapshot file and reports.
func evaluateFile(ctx context.Context, c *cli.Context, path string, pack *evaluator.Pack, out *outputs) error {
	snap, err := snapshot.Open(path)
	if err != nil {
		return err
	}
	defer snap.Close()
	result, err := evaluator.Evaluate(ctx, pack, snap, evaluator.Options{ToolVersion: version})
	if err != nil {
		return err
	}
	defer result.Close()
	return out.write(c, result)
}

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
)

// Flags of judging a share of the clients.
func shardFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "shard", Usage: "judge only the clients of shard `I/N`, such as 1/4 for the first of four"},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "with --shard: write the part of the result to `FILE`, compressed where it ends in .zst"},
	}
}

// shardOf reads the flags of shardFlags.
func shardOf(c *cli.Context) (shard evaluator.Shard, file string, err error) {
	file = c.String("output")
	switch {
	case !c.IsSet("shard"):
		return shard, "", errors.New("--output goes with --shard; reports are written with --format, such as -f json=FILE")
	case file == "":
		return shard, "", errors.New("--shard: name the file for the part of the result with --output")
	case reportFlagGiven(c) != "":
		return shard, "", fmt.Errorf("--shard: a part is no report; give --%s to \"nscheck result merge\"", reportFlagGiven(c))
	}
	if err := checkOutput(c, file); err != nil {
		return shard, "", fmt.Errorf("--output: %w", err)
	}
	if shard, err = evaluator.ParseShard(c.String("shard")); err != nil {
		return shard, "", fmt.Errorf("--shard: %w", err)
	}
	return shard, file, nil
}

// reportFlagGiven is the first flag on the command line that is about what a
// report says; empty where there is none. What stands in the environment may be
// meant for the merge.
func reportFlagGiven(c *cli.Context) string {
	for _, name := range []string{"format", "fail-on", "allow-incomplete", "waivers", "baseline", "as-of"} {
		env := "NSCHECK_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if c.IsSet(name) && os.Getenv(env) == "" {
			return name
		}
	}
	return ""
}

// runShard judges a share of the clients. What was found is nothing to exit with
// yet: that is for who merges.
func runShard(c *cli.Context, path string) error {
	shard, file, err := shardOf(c)
	if err != nil {
		return err
	}
	opts, err := judgeOptions(c)
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
	snap, err := openSnapshot(ctx, path)
	if err != nil {
		return err
	}
	defer snap.Close()
	stop := showJudging(c, snap.Manifest(), &opts)
	info, err := evaluator.EvaluateShard(ctx, pack, snap, shard, file, opts)
	stop()
	if err != nil {
		return err
	}
	if c.Bool("timing") {
		writeTimings(c.App.ErrWriter, info.Timings)
	}
	notice(c, "Shard %v: judged %s of %s clients.", shard, thousands(info.Judged), thousands(info.Clients))
	return nil
}

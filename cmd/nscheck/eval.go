package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/snapshot"
)

func evalCommand() *cli.Command {
	return completeFormats(&cli.Command{
		Name:      "eval",
		Usage:     "judge a snapshot by the rules",
		ArgsUsage: "SNAPSHOT",
		Description: "SNAPSHOT is a file that collect wrote (.jsonl, .jsonl.zst) or a document\n" +
			"{estate: …, clients: […]} in JSON or YAML. With --shard a share of the clients is\n" +
			"judged, and no report is written: \"nscheck result merge\" joins the parts of all\n" +
			"shards into the result.",
		Flags:  slices.Concat(reportFlags(), judgeFlags(), shardFlags(), []cli.Flag{configFlag()}, workFlags()),
		Action: runEval,
	})
}

func runEval(c *cli.Context) error {
	path, err := oneArgument(c, "the snapshot to judge")
	if err != nil {
		return err
	}
	if c.IsSet("shard") || c.IsSet("output") {
		return runShard(c, path)
	}
	out, err := parseOutputs(c)
	if err != nil {
		return err
	}
	pack, err := loadPack(c)
	if err != nil {
		return err
	}
	judging, err := parseJudging(c, pack)
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	return evaluateFile(ctx, c, path, pack, judging, out)
}

// Flags of judging a share of the clients.
func shardFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "shard", Usage: "judge only the clients of shard `I/N`, such as 1/4 for the first of four"},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "with --shard: write the part of the result to `FILE`, compressed where it ends in .zst"},
	}
}

// shardOf reads the flags of shardFlags.
func shardOf(c *cli.Context, path string) (shard evaluator.Shard, file string, err error) {
	file = c.String("output")
	switch {
	case !c.IsSet("shard"):
		return shard, "", errors.New("--output goes with --shard; reports are written with --format, such as -f json=FILE")
	case file == "":
		return shard, "", errors.New("--shard: name the file for the part of the result with --output")
	case reportFlagGiven(c) != "":
		return shard, "", fmt.Errorf("--shard: a part is no report; give --%s to \"nscheck result merge\"", reportFlagGiven(c))
	case atomicfile.Same(path, file):
		return shard, "", fmt.Errorf("--output: %s would be overwritten: it is the snapshot to judge; name another file", file)
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
	shard, file, err := shardOf(c, path)
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
	info, err := judgeShard(ctx, c, pack, snap, shard, file, opts)
	if err != nil {
		return err
	}
	if c.Bool("timing") {
		writeTimings(c.App.ErrWriter, info.Timings)
	}
	notice(c, "Shard %v: judged %s of %s clients.", shard, thousands(info.Judged), thousands(info.Clients))
	return nil
}

// judgeShard judges and shows how it goes on.
func judgeShard(ctx context.Context, c *cli.Context, pack *evaluator.Pack, snap *snapshot.Reader, shard evaluator.Shard, file string, opts evaluator.Options) (*evaluator.ShardInfo, error) {
	p := startProgress(c)
	defer p.stop()
	total := clientsOf(snap.Manifest())
	opts.Progress = func(clients int64) { p.judged(clients, total) }
	return evaluator.EvaluateShard(ctx, pack, snap, shard, file, opts)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/snapshot"
)

// Flags of all commands that read a source.
func sourceFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "source", Aliases: []string{"s"}, Usage: "collect from `SOURCE`: sqlserver://user@host?database=Symantec_CMDB, or demo:", EnvVars: []string{"NSCHECK_SOURCE"}},
		&cli.BoolFlag{Name: "demo", Usage: "collect from the embedded estate; the same as --source demo:"},
	}
}

func collectCommand() *cli.Command {
	flags := append(sourceFlags(),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the snapshot to `FILE`, compressed where it ends in .zst"},
		&cli.BoolFlag{Name: "allow-incomplete", Usage: "exit with 0, not 3, where a section was not collected", EnvVars: []string{"NSCHECK_ALLOW_INCOMPLETE"}},
	)
	return &cli.Command{
		Name:   "collect",
		Usage:  "take a snapshot of a Notification Server from its CMDB",
		Flags:  append(flags, workFlags()...),
		Action: runCollect,
	}
}

func runCollect(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	source, err := sourceName(c)
	if err != nil {
		return err
	}
	output := c.String("output")
	if output == "" {
		return errors.New("name the file to write with --output, such as -o estate.jsonl.zst")
	}
	if err := atomicfile.Check(output); err != nil { // before anything is asked of a server
		return fmt.Errorf("create snapshot %s: %w", output, err)
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	m, err := collectTo(ctx, c, source, output, collector.Options{ToolVersion: version})
	if err != nil {
		return err
	}
	if incomplete(m) && !c.Bool("allow-incomplete") {
		return exitStatus(evaluator.ExitIncomplete)
	}
	return nil
}

// sourceName is the source that the flags name.
func sourceName(c *cli.Context) (string, error) {
	source := c.String("source")
	switch {
	case c.Bool("demo") && source != "" && source != collector.Demo:
		return "", fmt.Errorf("--demo and --source %s exclude each other", collector.Redact(source))
	case c.Bool("demo"):
		return collector.Demo, nil
	case source == "":
		return "", errors.New("name what to collect from with --source, or --demo for the embedded estate")
	}
	return source, nil
}

// collectTo writes a snapshot of source and tells how each section went that
// was not got.
func collectTo(ctx context.Context, c *cli.Context, source, output string, options collector.Options) (*snapshot.Manifest, error) {
	src, err := collector.Open(ctx, source)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	defer src.Close()
	w, err := snapshot.Create(output)
	if err != nil {
		return nil, err
	}
	defer w.Abort()
	m, err := collector.Collect(ctx, src, w, options)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	for _, s := range m.Sections {
		if s.Status != snapshot.Collected {
			notice(c, "Section %s: %s: %s", s.Name, s.Status, s.Error)
		}
	}
	return m, nil
}

// snapshotFlag is for commands that look something up in a snapshot or, without
// one, in a source.
func snapshotFlag() cli.Flag {
	return &cli.StringFlag{Name: "snapshot", Usage: "read the snapshot `FILE` instead of a source"}
}

// snapshotOrSource is the snapshot that the flags name, or a temporary one of
// the source that they name; remove removes the latter.
func snapshotOrSource(ctx context.Context, c *cli.Context, options collector.Options) (file string, remove func(), err error) {
	if file = c.String("snapshot"); file != "" {
		if c.Bool("demo") {
			return "", nil, errors.New("--snapshot and --demo exclude each other")
		}
		return file, func() {}, nil
	}
	source, err := sourceName(c)
	if err != nil {
		return "", nil, fmt.Errorf("%w; or name a snapshot with --snapshot", err)
	}
	dir, err := os.MkdirTemp("", "nscheck-*")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for the snapshot: %w", err)
	}
	remove = func() { os.RemoveAll(dir) }
	file = filepath.Join(dir, "snapshot.jsonl.zst")
	if _, err := collectTo(ctx, c, source, file, options); err != nil {
		remove()
		return "", nil, err
	}
	return file, remove, nil
}

// stopped tells why the work was cut short, where it was; else it is err.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("collection stopped, nothing was written: %w", context.Cause(ctx))
	}
	return err
}

func incomplete(m *snapshot.Manifest) bool {
	for _, s := range m.Sections {
		if s.Status != snapshot.Collected {
			return true
		}
	}
	return false
}

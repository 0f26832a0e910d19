package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

func gateCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "base", Usage: "compare with `SNAPSHOT`", Required: true},
		&cli.StringSliceFlag{Name: "change", Usage: "apply `FILE` to the base: an estate.yaml, an overlay, or the XML of a policy; repeatable"},
		&cli.StringFlag{Name: "after", Usage: "`SNAPSHOT` of the estate after the change"},
		&cli.StringFlag{Name: "head", Hidden: true}, // the earlier name of --after
		bindingsFlag(),
		policyBaseFlag(),
	}
	flags = append(append(flags, differenceFlags()...), gateFlags()...)
	return &cli.Command{
		Name:  "gate",
		Usage: "report the clients and findings that a configuration change makes worse",
		Description: "The change is applied to the base, and both are evaluated with the same clients. The exit\n" +
			"status is 1 if clients are surely affected that were not before, or findings at or above\n" +
			"--fail-on are new; 2 if the sides cannot be compared or the change is not understood; 3 if\n" +
			"clients are only possibly affected, or the answer is incomplete. See docs/gate.md.",
		Flags:  append(append(flags, configFlag()), workFlags()...),
		Action: runGate,
	}
}

// Flags of the commands that compare: what they let pass.
func gateFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Int64Flag{Name: "allow-affected", Usage: "allow `N` clients to be newly affected", EnvVars: []string{"NSCHECK_ALLOW_AFFECTED"}},
		&cli.BoolFlag{Name: "allow-possibly-affected", Usage: "exit with 0, not 3, if clients are only possibly newly affected", EnvVars: []string{"NSCHECK_ALLOW_POSSIBLY_AFFECTED"}},
		&cli.BoolFlag{Name: "fail-on-uncovered", Usage: "exit with 1 if a changed setting is not covered by any rule", EnvVars: []string{"NSCHECK_FAIL_ON_UNCOVERED"}},
		&cli.BoolFlag{Name: "compare-anyway", Usage: "compare even if the sides are of different servers, in the wrong order, or most clients are missing", EnvVars: []string{"NSCHECK_COMPARE_ANYWAY"}},
	}
}

func gateLimits(c *cli.Context) (compare.GateLimits, error) {
	limits := compare.GateLimits{
		AllowAffected: c.Int64("allow-affected"), AllowPossiblyAffected: c.Bool("allow-possibly-affected"),
		FailOnUncovered: c.Bool("fail-on-uncovered"), CompareAnyway: c.Bool("compare-anyway"),
	}
	if limits.AllowAffected < 0 {
		return limits, errors.New("--allow-affected must be 0 or more")
	}
	return limits, nil
}

func runGate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	after := cmp.Or(c.String("after"), c.String("head"))
	if (len(c.StringSlice("change")) > 0) == (after != "") {
		return errors.New("name either the files of the change with --change, or the estate after it with --after")
	}
	out, err := parseDifferenceOutputs(c)
	if err != nil {
		return err
	}
	pack, opts, err := loadEvaluation(c)
	if err != nil {
		return err
	}
	opts.Present = rule.Today()
	limits, err := gateLimits(c)
	if err != nil {
		return err
	}
	limits.FullBase = true
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	base := c.String("base")
	if after != "" {
		return compareSnapshots(ctx, c, pack, opts, limits, base, after, out)
	}
	outcome, err := applyChange(ctx, c, base)
	if err != nil {
		return err
	}
	open := func(ctx context.Context) (evaluator.Snapshot, func() error, error) {
		snap, err := openSnapshot(ctx, base)
		if err != nil {
			return nil, nil, err
		}
		return changedSnapshot{snap, outcome}, snap.Close, nil
	}
	return reportDifference(ctx, c, pack, opts, limits, opened(base), open, outcome.Settings, outcome.Idle, out)
}

// changedSnapshot is a snapshot whose configuration was changed.
type changedSnapshot struct {
	*snapshot.Reader
	outcome *settings.Outcome
}

func (s changedSnapshot) Estate() (*snapshot.Estate, json.RawMessage) {
	return s.outcome.Estate, s.outcome.Raw
}

// Blocks yields the clients as they are after the change.
func (s changedSnapshot) Blocks() iter.Seq2[*snapshot.Block, error] {
	return settings.RewriteBlocks(s.Reader.Blocks(), s.outcome)
}

// applyChange reads the files of a change and applies them to a snapshot.
func applyChange(ctx context.Context, c *cli.Context, base string) (*settings.Outcome, error) {
	snap, err := openSnapshot(ctx, base)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	var files []settings.File
	for i, name := range c.StringSlice("change") {
		if slices.ContainsFunc(c.StringSlice("change")[:i], func(other string) bool { return atomicfile.Same(other, name) }) {
			return nil, fmt.Errorf("--change: %s is named twice", name)
		}
		text, err := textfile.Read(name)
		if err != nil {
			return nil, fmt.Errorf("--change: %w", err)
		}
		file := settings.File{Name: filepath.ToSlash(name), Text: text}
		if isXML(text) {
			if file.Item, err = readItem(c, file.Name, text, snap); err != nil {
				return nil, err
			}
		}
		files = append(files, file)
	}
	_, raw := snap.Estate()
	return await(ctx, func() (*settings.Outcome, error) { return settings.Apply(raw, files) })
}

// isXML reports whether a text is XML rather than YAML, in UTF-8 and UTF-16.
func isXML(text []byte) bool {
	for _, mark := range []string{"\uFEFF", "\xFF\xFE", "\xFE\xFF"} {
		text = bytes.TrimPrefix(text, []byte(mark))
	}
	return bytes.HasPrefix(bytes.TrimLeft(text, "\x00 \t\r\n"), []byte("<"))
}

// readItem reads the XML of a policy as a collection from that server would.
func readItem(c *cli.Context, name string, text []byte, snap *snapshot.Reader) (*settings.Item, error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil, err
	}
	set, err := cfg.bindingSet(c)
	if err != nil {
		return nil, err
	}
	version := ""
	if estate, _ := snap.Estate(); estate.Server != nil && estate.Server.Version != nil {
		version = *estate.Server.Version
	}
	read, err := binding.ReadItemFile(set, version, name, text)
	if err != nil {
		return nil, err
	}
	item := &settings.Item{GUID: read.GUID, Line: read.Line, Settings: map[string]settings.ItemSetting{}}
	for path, setting := range read.Settings {
		item.Settings[path] = settings.ItemSetting(setting)
	}
	return item, nil
}

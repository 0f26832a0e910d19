package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/tempfile"
	"github.com/nscheck/nscheck/snapshot"
)

// Flags of all commands that read a source.
func sourceFlags() []cli.Flag {
	return []cli.Flag{
		configFlag(),
		&cli.StringSliceFlag{Name: "source", Aliases: []string{"s"}, Usage: "collect from `SOURCE`: sqlserver://user@host?database=Symantec_CMDB, csv:DIR, agent:DIR, or demo:; repeatable (the variable holds one), the first one with a complete section provides it", EnvVars: []string{"NSCHECK_SOURCE"}},
		&cli.BoolFlag{Name: "demo", Usage: "collect from the embedded estate; the same as --source demo:"},
		&cli.StringFlag{Name: "password-file", Usage: "read the password of the login from `FILE`; else from NSCHECK_PASSWORD, or prompt for it", EnvVars: []string{"NSCHECK_PASSWORD_FILE"}},
		&cli.StringFlag{Name: "ca-file", Usage: "trust only certificates of the authorities in `FILE`, PEM or DER", EnvVars: []string{"NSCHECK_CA_FILE"}},
		&cli.BoolFlag{Name: "accept-unverified-certificate", Usage: "skip verification of the server certificate (insecure)", EnvVars: []string{"NSCHECK_ACCEPT_UNVERIFIED_CERTIFICATE"}},
		&cli.BoolFlag{Name: "accept-unencrypted-connection", Usage: "allow encrypt=disable in the URL (insecure)", EnvVars: []string{"NSCHECK_ACCEPT_UNENCRYPTED_CONNECTION"}},
		&cli.DurationFlag{Name: "statement-timeout", Usage: "stop a statement on the server after `DURATION`", Value: 10 * time.Minute, EnvVars: []string{"NSCHECK_STATEMENT_TIMEOUT"}},
		&cli.StringFlag{Name: "product", Usage: "name or GUID of the licensed `PRODUCT`, with % for any text (default: Patch Management)", EnvVars: []string{productVariable}},
		bindingsFlag(),
	}
}

// productVariable is the environment variable for --product.
const productVariable = "NSCHECK_PRODUCT"

func collectCommand() *cli.Command {
	flags := append(sourceFlags(),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the snapshot to `FILE`, compressed if it ends in .zst"},
		&cli.BoolFlag{Name: "allow-incomplete", Usage: "exit with 0, not 3, if a section was not collected", EnvVars: []string{"NSCHECK_ALLOW_INCOMPLETE"}},
	)
	return &cli.Command{
		Name:   "collect",
		Usage:  "collect a snapshot of a Notification Server from its CMDB",
		Flags:  append(flags, workFlags()...),
		Action: runCollect,
	}
}

func runCollect(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	in, err := parseInput(c)
	if err != nil {
		return err
	}
	output := c.String("output")
	if output == "" {
		return errors.New("name the file to write with --output, such as -o estate.jsonl.zst")
	}
	if err := checkOutput(c, output); err != nil { // before anything is asked of a server
		return fmt.Errorf("--output: %w", err)
	}
	ctx, cancel := in.context(c)
	defer cancel()
	m, err := collectTo(ctx, c, in, output)
	if err != nil {
		return err
	}
	if incomplete(m) && !c.Bool("allow-incomplete") {
		return exitStatus(result.ExitIncomplete)
	}
	return nil
}

// input is where to collect from, and how.
type input struct {
	sources []string
	access  collector.Access
	options collector.Options
	timeout time.Duration
	limited string // what sets the timeout
}

// parseInput reads flags, environment and configuration file.
func parseInput(c *cli.Context) (*input, error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil, err
	}
	set, err := cfg.bindingSet(c)
	if err != nil {
		return nil, err
	}
	return inputOf(c, cfg, set)
}

// inputOf is the input that flags, environment and a configuration name.
func inputOf(c *cli.Context, cfg *config, set *binding.Set) (*input, error) {
	sources, err := sourceNames(c, cfg)
	if err != nil {
		return nil, err
	}
	in := &input{
		sources: sources,
		access: collector.Access{
			ScanLog:                     cfg.scanLog,
			Password:                    passwordOf(c, cfg),
			CAFile:                      cfg.text(c, "ca-file", cfg.caFile),
			AcceptUnverifiedCertificate: cfg.is(c, "accept-unverified-certificate", cfg.acceptUnverified),
			AcceptUnencryptedConnection: cfg.is(c, "accept-unencrypted-connection", cfg.acceptUnencrypted),
			ToolVersion:                 version,
		},
		options: collector.Options{ToolVersion: version, Product: cfg.text(c, "product", cfg.product), Pause: pause, AfterFunc: afterFunc, Bindings: set},
	}
	if in.timeout, in.limited, err = cfg.duration(c, "timeout", cfg.timeout); err != nil {
		return nil, err
	}
	in.options.StatementTimeout, _, err = cfg.duration(c, "statement-timeout", cfg.statementTimeout)
	return in, err
}

// What waits between attempts to read a section and what sets a statement's
// deadline; nil means the clock. Tests do not wait for it.
var (
	pause     func(context.Context, time.Duration) error
	afterFunc func(time.Duration, func()) (stop func() bool)
)

// context bounds the work by the time that is set for it.
func (in *input) context(c *cli.Context) (context.Context, context.CancelFunc) {
	return bounded(c.Context, in.timeout, in.limited)
}

// sourceNames are the sources that the flags name, or the configuration.
func sourceNames(c *cli.Context, cfg *config) ([]string, error) {
	sources := c.StringSlice("source")
	switch {
	case c.Bool("demo"):
		for _, source := range sources {
			if source != collector.Demo {
				return nil, fmt.Errorf("--demo and --source %s exclude each other", collector.Redact(source))
			}
		}
		return []string{collector.Demo}, nil
	case len(sources) > 0:
		return sources, nil
	case len(cfg.sources) > 0:
		return cfg.sources, nil
	}
	return nil, errors.New("name a source with --source, or use --demo for the embedded estate")
}

// collectTo writes a snapshot of the sources and reports how they were read, if that
// matters, and how each section went that was not got.
func collectTo(ctx context.Context, c *cli.Context, in *input, output string) (*snapshot.Manifest, error) {
	in.warn(c)
	src, err := collector.OpenAll(ctx, in.sources, in.access)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	defer src.Close()
	w, err := snapshot.Create(output)
	if err != nil {
		return nil, err
	}
	defer w.Abort()
	shown := startProgress(c)
	options := in.options
	options.Progress = shown.recordRows
	m, err := collector.Collect(ctx, src, w, options)
	shown.stop()
	if err != nil {
		return nil, stopped(ctx, err)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	for _, note := range m.Source.Notes {
		notice(c, "Note: %s", note)
	}
	for _, s := range m.Sections {
		if s.Status != snapshot.Collected {
			notice(c, "Section %s: %s: %s", s.Name, s.Status, s.Error)
		}
	}
	return m, nil
}

// warn reports insecure flags, even with --quiet, if a server is
// connected to.
func (in *input) warn(c *cli.Context) {
	if !slices.ContainsFunc(in.sources, isSQLServer) {
		return
	}
	if in.access.AcceptUnverifiedCertificate {
		fmt.Fprintln(c.App.ErrWriter, "WARNING: --accept-unverified-certificate: the server certificate is not verified; an attacker on the network can read the password and all data, and impersonate the server")
	}
	if in.access.AcceptUnencryptedConnection {
		fmt.Fprintln(c.App.ErrWriter, "WARNING: --accept-unencrypted-connection: if the URL of the source disables encryption, an attacker on the network can read the password and all data")
	}
}

func isSQLServer(source string) bool {
	kind, _, _ := strings.Cut(source, ":")
	return strings.EqualFold(kind, "sqlserver")
}

// snapshotFlag is for commands that look something up in a snapshot or, without
// one, in a source.
func snapshotFlag() cli.Flag {
	return &cli.StringFlag{Name: "snapshot", Usage: "read the snapshot `FILE` instead of a source"}
}

// snapshotOrSource is the snapshot that the flags name, or a temporary one of
// the source that they name; remove removes the latter.
func snapshotOrSource(c *cli.Context) (file string, remove func(), err error) {
	if file = c.String("snapshot"); file != "" {
		if product := c.String("product"); product != os.Getenv(productVariable) {
			return "", nil, errors.New("--product does not apply to a snapshot, which has the licences of one product; use --source instead")
		}
		if c.Bool("demo") {
			return "", nil, errors.New("--snapshot and --demo exclude each other")
		}
		return file, func() {}, nil
	}
	in, err := parseInput(c)
	if err != nil {
		return "", nil, fmt.Errorf("%w; or name a snapshot with --snapshot", err)
	}
	ctx, cancel := in.context(c)
	defer cancel()
	return collectTemporary(ctx, c, in)
}

// collectTemporary collects into a file that remove removes.
func collectTemporary(ctx context.Context, c *cli.Context, in *input) (file string, remove func(), err error) {
	dir, remove, err := tempfile.MkdirTemp()
	if err != nil {
		return "", nil, fmt.Errorf("create a folder for the snapshot: %w", err)
	}
	file = filepath.Join(dir, "snapshot.jsonl.zst")
	if _, err := collectTo(ctx, c, in, file); err != nil {
		remove()
		return "", nil, err
	}
	return file, remove, nil
}

// stopped returns the reason if the work was cut short, else err.
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

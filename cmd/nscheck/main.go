// Command nscheck finds out from evidence why patch management clients of a
// Notification Server are not licensed and not reporting.
//
// Each command is one file here: its flags and its wiring. The work is done in
// the packages collector, snapshot, evaluator and report.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/report"
)

// version is set by the linker for releases.
var version = "0.1.0"

func main() {
	paceGarbage()
	os.Exit(run(os.Args, os.Stdout, os.Stderr))
}

// run is the whole program; it returns the exit status.
func run(args []string, out, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	textfile.EndWith(ctx)
	signal.Ignore(syscall.SIGPIPE) // writing fails instead; see stdout
	w := &stdout{Writer: out}
	app := newApp(w, stderr)
	forgetEmptyVariables(app.Commands)
	err := runApp(ctx, app, args)
	if failure := w.failure(); failure != nil {
		err = fmt.Errorf("write to standard output: %w", failure)
	}
	var status exitStatus
	switch {
	case err == nil:
		return result.ExitClean
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintf(stderr, "nscheck: %s\n", report.Text(secret.HideIn(strings.TrimRight(err.Error(), "\n"))))
	return result.ExitTrouble
}

func runApp(ctx context.Context, app *cli.App, args []string) error {
	args, err := flagsFirst(app, args)
	if err != nil {
		return err
	}
	return app.RunContext(ctx, args)
}

// exitStatus ends the program with a status that the report has explained.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                      "nscheck",
		Usage:                     "find out why patch management clients are not licensed and not reporting",
		HideVersion:               true, // the flag below does what the command does
		Flags:                     []cli.Flag{&cli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: "show the version"}},
		Writer:                    stdout,
		ErrWriter:                 stderr,
		EnableBashCompletion:      true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		Action:                    runWithoutCommand,
		Commands: []*cli.Command{
			scanCommand(), collectCommand(), evalCommand(), exportCommand(), gateCommand(), diffCommand(), probeCommand(), explainCommand(), licencesCommand(), ruleCommand(), packCommand(), schemaCommand(), waiverCommand(),
			snapshotCommand(), fixtureCommand(), versionCommand(), completionCommand(),
		},
	}
	refuseBadUsage(app)
	return app
}

// refuseBadUsage makes wrong flags and unknown subcommands one sentence and
// exit status 2, on every level.
func refuseBadUsage(app *cli.App) {
	onError := func(c *cli.Context, err error, _ bool) error {
		return fmt.Errorf("%w; see %q", err, c.App.HelpName+" --help")
	}
	app.OnUsageError = onError
	var walk func(prefix string, commands []*cli.Command)
	walk = func(prefix string, commands []*cli.Command) {
		for _, c := range commands {
			name := prefix + " " + c.Name
			c.Before = limitReading
			c.OnUsageError = func(_ *cli.Context, err error, _ bool) error {
				return fmt.Errorf("%w; see \"%s --help\"", err, name)
			}
			if len(c.Subcommands) > 0 {
				c.Action = unknownCommand
			}
			walk(name, c.Subcommands)
		}
	}
	walk(app.Name, app.Commands)
}

// runWithoutCommand runs where no command is named on the first level.
func runWithoutCommand(c *cli.Context) error {
	if c.Bool("version") {
		return showVersion(c)
	}
	return unknownCommand(c)
}

// unknownCommand runs where no command is named or a name is not one.
func unknownCommand(c *cli.Context) error {
	if !c.Args().Present() {
		return cli.ShowSubcommandHelp(c)
	}
	return fmt.Errorf("there is no command %q; see \"%s --help\"", c.Args().First(), strings.TrimSpace(c.Command.HelpName))
}

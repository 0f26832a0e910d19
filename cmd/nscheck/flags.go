package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/report"
)

// Flags of all commands that load rules.
func packFlags() []cli.Flag {
	return []cli.Flag{
		policyFlag(),
		noBuiltinFlag(),
		verifyKeyFlag(),
		&cli.StringSliceFlag{Name: "param", Usage: "set a parameter of the rules, as `NAME=VALUE`; repeatable"},
	}
}

func policyFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "policy", Aliases: []string{"p"}, Usage: "add the rules in `DIR`, or in a pack (.tar.gz); repeatable", EnvVars: []string{"NSCHECK_POLICY"}}
}

func noBuiltinFlag() cli.Flag {
	return &cli.BoolFlag{Name: "no-builtin", Usage: "leave out the built-in rules", EnvVars: []string{"NSCHECK_NO_BUILTIN"}}
}

// configFlag is a flag of all commands that read a source or load rules.
func configFlag() cli.Flag {
	return &cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the configuration from `FILE` (default: ./nscheck.yaml if it exists)", EnvVars: []string{"NSCHECK_CONFIG"}}
}

// Flags of all commands that report.
func reportFlags() []cli.Flag {
	return append(differenceFlags(),
		&cli.StringFlag{Name: "baseline", Usage: "compare the findings with those of an earlier result, `FILE` as -f json wrote it", EnvVars: []string{"NSCHECK_BASELINE"}},
		&cli.BoolFlag{Name: "fail-on-new", Usage: "count only findings that --baseline does not have", EnvVars: []string{"NSCHECK_FAIL_ON_NEW"}},
		&cli.BoolFlag{Name: "compare-anyway", Usage: "compare with a --baseline of another server, or of a later snapshot", EnvVars: []string{"NSCHECK_COMPARE_ANYWAY"}},
	)
}

// Flags of all commands that evaluate and report, whatever they compare with.
func differenceFlags() []cli.Flag {
	return append(append(packFlags(), ruleLimitFlags()...),
		&cli.StringSliceFlag{Name: "format", Aliases: []string{"f"}, Usage: "write `FORMAT[=FILE]`: " + report.Listed() + "; repeatable (default: table)", EnvVars: []string{"NSCHECK_FORMAT"}},
		&cli.StringFlag{Name: "fail-on", Usage: "exit with 1 for findings of this `SEVERITY` or higher", Value: string(rule.Medium), EnvVars: []string{"NSCHECK_FAIL_ON"}},
		waiversFlag(),
		asOfFlag(),
		&cli.BoolFlag{Name: "allow-incomplete", Usage: "exit with 0, not 3, if something was not evaluated", EnvVars: []string{"NSCHECK_ALLOW_INCOMPLETE"}},
		noColorFlag(),
	)
}

func noColorFlag() cli.Flag {
	return &cli.BoolFlag{Name: "no-color", Usage: "no colours on a terminal; NO_COLOR does the same"}
}

// timeoutVariable is the environment variable for --timeout of a whole run.
const timeoutVariable = "NSCHECK_TIMEOUT"

// Flags of all commands that may take long.
func workFlags() []cli.Flag {
	return []cli.Flag{
		&cli.DurationFlag{Name: "timeout", Usage: "stop after `DURATION`, such as 10m", DefaultText: "no limit", EnvVars: []string{timeoutVariable}},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notices on standard error", EnvVars: []string{"NSCHECK_QUIET"}},
	}
}

// forgetEmptyVariables takes variables of flags that are set to nothing out of
// the environment, as Windows does: else a flag would count as set by one, and
// with an empty value override the configuration.
func forgetEmptyVariables(commands []*cli.Command) {
	for _, command := range commands {
		for _, flag := range command.Flags {
			documented, ok := flag.(cli.DocGenerationFlag)
			if !ok {
				continue
			}
			for _, name := range documented.GetEnvVars() {
				if os.Getenv(name) == "" {
					os.Unsetenv(name)
				}
			}
		}
		forgetEmptyVariables(command.Subcommands)
	}
}

// limitReading bounds the reading of files before the work begins: a pipe may
// have no writer. The value of --timeout is checked where it is used.
func limitReading(c *cli.Context) error {
	ofRun := func(f cli.Flag) bool {
		d, ok := f.(*cli.DurationFlag)
		return ok && slices.Contains(d.EnvVars, timeoutVariable)
	}
	if !slices.ContainsFunc(c.Command.Flags, ofRun) {
		return nil
	}
	if d := c.Duration("timeout"); d > 0 {
		bounded(c.Context, d, "--timeout")
	}
	return nil
}

// withTimeout bounds a command's work as --timeout says.
func withTimeout(c *cli.Context) (context.Context, context.CancelFunc, error) {
	d, err := durationOf(c, "timeout")
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := bounded(c.Context, d, "--timeout")
	return ctx, cancel, nil
}

// durationOf is the value of a flag. All durations that are set, by flags, the
// environment or the configuration, are above zero.
func durationOf(c *cli.Context, flag string) (time.Duration, error) {
	d := c.Duration(flag)
	if c.IsSet(flag) && d <= 0 {
		return 0, fmt.Errorf("--%s: %w, not %v", flag, errNoDuration, d)
	}
	return d, nil
}

var errNoDuration = errors.New("the value must be a duration above zero, such as 10m")

// bounded ends a context after some time; 0 means no end.
func bounded(ctx context.Context, d time.Duration, setBy string) (context.Context, context.CancelFunc) {
	if d == 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, d, fmt.Errorf("the time limit of %s, %v, is over", setBy, d))
	textfile.EndWith(ctx)
	return ctx, cancel
}

// await waits for work that knows no context and leaves nothing behind, but not
// longer than until ctx is done.
func await[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := work()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

// notice prints a notice on standard error. Its text may come from a server, so it is
// escaped for a terminal.
func notice(c *cli.Context, format string, args ...any) {
	if !c.Bool("quiet") {
		for i, arg := range args {
			if text, ok := arg.(string); ok {
				args[i] = report.Line(secret.HideIn(text)) // a name with a line feed would begin a line of its own
			}
		}
		fmt.Fprintln(c.App.ErrWriter, report.Text(fmt.Sprintf(format, args...)))
	}
}

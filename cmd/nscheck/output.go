package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/report"
)

// outputs are the formats that a command writes, and where to.
type outputs struct {
	options report.Options
	targets []target
}

// target is one format; without a file it goes to standard output.
type target struct {
	format report.Format
	file   string
}

// parseOutputs reads the flags before any work is done, so that a typing error
// costs no collection.
func parseOutputs(c *cli.Context) (*outputs, error) {
	failOn, err := rule.ParseSeverity(c.String("fail-on"))
	if err != nil {
		return nil, fmt.Errorf("--fail-on: %w", err)
	}
	o := &outputs{options: terminalOptions(c)}
	o.options.FailOn = failOn
	o.options.AllowIncomplete = c.Bool("allow-incomplete")
	o.options.StepSummary = os.Getenv("GITHUB_STEP_SUMMARY")
	o.options.Root = report.RepositoryRoot(".")
	wanted := c.StringSlice("format")
	if len(wanted) == 0 {
		wanted = []string{"table"}
	}
	onStdout := ""
	for _, w := range wanted {
		name, file, hasFile := strings.Cut(w, "=")
		format, err := report.Lookup(name)
		if err != nil {
			return nil, fmt.Errorf("--format: %w", err)
		}
		if hasFile && file == "" {
			return nil, fmt.Errorf("--format: %q has no file after =", w)
		}
		if !hasFile {
			if onStdout != "" {
				return nil, fmt.Errorf("--format: %s and %s cannot both go to standard output; give one a file, such as %s=FILE", onStdout, name, name)
			}
			onStdout = name
		}
		o.targets = append(o.targets, target{format: format, file: file})
	}
	return o, o.checkFiles(c)
}

// checkFiles looks at all files that will be written before any work is done:
// whether each can be, and whether one would destroy another or what is read.
func (o *outputs) checkFiles(c *cli.Context) error {
	var written []use
	if name := c.String("save-snapshot"); name != "" {
		if err := checkOutput(c, name); err != nil {
			return fmt.Errorf("--save-snapshot: %w", err)
		}
		if atomicfile.Through(name) {
			return fmt.Errorf("--save-snapshot: %s is not a regular file, so the snapshot could not be read from it", name)
		}
		written = append(written, file("the snapshot to save", name))
	}
	for _, t := range o.targets {
		if t.file == "" {
			continue
		}
		if err := checkOutput(c, t.file, written...); err != nil {
			return fmt.Errorf("--format: %w", err)
		}
		written = append(written, file("another report", t.file))
	}
	return nil
}

// terminalOptions are what standard output allows.
func terminalOptions(c *cli.Context) report.Options {
	var o report.Options
	o.Width, o.Color = terminal(c.App.Writer)
	if c.Bool("no-color") || os.Getenv("NO_COLOR") != "" {
		o.Color = false
	}
	return o
}

// terminal is the width of w and whether colours may be used; nothing but a
// terminal has either, and a dumb one has no colours.
func terminal(w io.Writer) (width int, color bool) {
	if s, ok := w.(*stdout); ok {
		w = s.Writer
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return width, os.Getenv("TERM") != "dumb"
}

// write writes all formats, each whether or not another fails, and returns the
// exit status as an error.
func (o *outputs) write(c *cli.Context, r *compare.Outcome) error {
	var failed error
	for _, t := range o.targets {
		failed = errors.Join(failed, o.writeOne(c, t, r))
	}
	if failed != nil {
		return failed
	}
	return finish(c, r.ExitStatus(o.options.FailOn, o.options.AllowIncomplete), r.Incomplete())
}

// finish returns the exit status as an error, once all is written.
func finish(c *cli.Context, status int, incomplete bool) error {
	if status != result.ExitClean {
		return exitStatus(status)
	}
	if incomplete {
		notice(c, "Something was not evaluated; --allow-incomplete allows that.")
	}
	return nil
}

func (o *outputs) writeOne(c *cli.Context, t target, r *compare.Outcome) error {
	return o.writeTarget(c, t, func(w io.Writer, options report.Options) error { return t.format.Write(w, r, options) })
}

// writeTarget writes to where a format goes; files are not terminals.
func (o *outputs) writeTarget(c *cli.Context, t target, write func(io.Writer, report.Options) error) error {
	if t.file == "" {
		return write(c.App.Writer, o.options)
	}
	plain := o.options
	plain.Width, plain.Color = 0, false
	return writeFile(t.file, func(w io.Writer) error { return write(w, plain) })
}

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := atomicfile.Create(name)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer f.Abort()
	w := bufio.NewWriter(f)
	for _, step := range []func() error{func() error { return write(w) }, w.Flush, f.Commit} {
		if err := step(); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

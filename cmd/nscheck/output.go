package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/nscheck/nscheck/evaluator"
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
	failOn, err := evaluator.ParseSeverity(c.String("fail-on"))
	if err != nil {
		return nil, fmt.Errorf("--fail-on: %w", err)
	}
	o := &outputs{options: terminalOptions(c)}
	o.options.FailOn = failOn
	o.options.AllowIncomplete = c.Bool("allow-incomplete")
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
			return nil, fmt.Errorf("--format: %q names no file after =", w)
		}
		if !hasFile {
			if onStdout != "" {
				return nil, fmt.Errorf("--format: %s and %s cannot both go to standard output; give one a file, such as %s=FILE", onStdout, name, name)
			}
			onStdout = name
		}
		o.targets = append(o.targets, target{format: format, file: file})
	}
	return o, nil
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
// terminal has either.
func terminal(w io.Writer) (width int, color bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return width, true
}

// write writes all formats and returns the exit status as an error.
func (o *outputs) write(c *cli.Context, r *evaluator.Result) error {
	for _, t := range o.targets {
		if err := o.writeOne(c, t, r); err != nil {
			return err
		}
	}
	status := r.ExitStatus(o.options.FailOn, o.options.AllowIncomplete)
	if status == evaluator.ExitClean && r.Incomplete() {
		notice(c, "Something was not evaluated; --allow-incomplete lets that pass.")
	}
	if status != evaluator.ExitClean {
		return exitStatus(status)
	}
	return nil
}

func (o *outputs) writeOne(c *cli.Context, t target, r *evaluator.Result) error {
	if t.file == "" {
		return t.format.Write(c.App.Writer, r, o.options)
	}
	plain := o.options
	plain.Width, plain.Color = 0, false
	return writeFile(t.file, func(w io.Writer) error { return t.format.Write(w, r, plain) })
}

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("write %s: it is a folder; name a file", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	for _, step := range []func() error{w.Flush, func() error { return f.Chmod(0o644) }, f.Sync, f.Close} {
		if err := step(); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

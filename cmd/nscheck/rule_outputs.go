package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/internal/atomicfile"
)

// testOutputs are the formats that rule test writes.
type testOutputs struct {
	options ruletest.FormatOptions
	targets []testOutput
}

type testOutput struct {
	write ruletest.Format
	file  string
}

func parseTestOutputs(c *cli.Context) (testOutputs, error) {
	o := testOutputs{options: ruletest.FormatOptions{
		Verbose: c.Bool("verbose"), Color: terminalOptions(c).Color, Threshold: c.Float64("threshold"),
	}}
	wanted := c.StringSlice("format")
	if len(wanted) == 0 {
		wanted = []string{"text"}
	}
	for _, w := range wanted {
		name, file, hasFile := strings.Cut(w, "=")
		format, err := ruletest.LookupFormat(name)
		switch {
		case err != nil:
			return o, fmt.Errorf("--format: %w", err)
		case hasFile && file == "":
			return o, fmt.Errorf("--format: %q has no file after =", w)
		}
		if hasFile {
			if err := checkOutput(c, file); err != nil {
				return o, fmt.Errorf("--format: %w", err)
			}
		}
		for _, other := range o.targets {
			if file == "" && other.file == "" {
				return o, fmt.Errorf("--format: only one format can go to standard output; give %s a file, such as %s=FILE", name, name)
			}
			if file != "" && other.file != "" && atomicfile.Same(file, other.file) {
				return o, fmt.Errorf("--format: two formats cannot go to one file, %s", file)
			}
		}
		o.targets = append(o.targets, testOutput{format, file})
	}
	return o, nil
}

func (o testOutputs) write(c *cli.Context, r *ruletest.Report) (failed error) {
	for _, t := range o.targets {
		if t.file == "" {
			failed = errors.Join(failed, t.write(c.App.Writer, r, o.options))
			continue
		}
		plain := o.options
		plain.Color = false
		failed = errors.Join(failed, writeFile(t.file, func(w io.Writer) error { return t.write(w, r, plain) }))
	}
	return failed
}

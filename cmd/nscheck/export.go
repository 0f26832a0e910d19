package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

func exportCommand() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write the configuration in a snapshot as YAML, to keep in Git and to edit for gate",
		Description: "Clients and observations are left out. If FILE already exists, its comments and order\n" +
			"are kept. See docs/gate.md.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "read the `SNAPSHOT`", Required: true},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write `FILE` (default: standard output)"},
		}, workFlags()...),
		Action: runExport,
	}
}

func runExport(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	from, file := c.String("from"), c.String("output")
	if file != "" {
		if err := checkOutput(c, file); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	_, raw, err := estateOf(ctx, from)
	if err != nil {
		return err
	}
	var earlier []byte
	if file != "" {
		if earlier, err = textfile.Read(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--output: %w", err)
		}
	}
	text, err := await(ctx, func() ([]byte, error) { return settings.Export(raw, earlier, file) })
	if err != nil {
		return err
	}
	if file == "" {
		_, err = c.App.Writer.Write(text)
		return err
	}
	return writeFile(file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// estateOf reads the estate of a snapshot, and the whole file: a damaged one is
// refused.
func estateOf(ctx context.Context, file string) (*snapshot.Manifest, []byte, error) {
	snap, err := openSnapshot(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	defer snap.Close()
	for _, err := range snap.Blocks() {
		if err != nil {
			return nil, nil, err
		}
		if ctx.Err() != nil {
			return nil, nil, fmt.Errorf("stopped while reading %s: %w", file, context.Cause(ctx))
		}
	}
	_, raw := snap.Estate()
	return snap.Manifest(), raw, nil
}

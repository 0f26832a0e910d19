package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/fixtures/synthetic"
	"github.com/nscheck/nscheck/snapshot"
)

func fixtureCommand() *cli.Command {
	return &cli.Command{
		Name:  "fixture",
		Usage: "generate estates for measurements and tests",
		Subcommands: []*cli.Command{{
			Name:  "generate",
			Usage: "write a snapshot of a synthetic estate of any size",
			Description: "The same numbers always give the same snapshot. Its fields have as many different\n" +
				"values as those of real estates; sites, package servers and subnets grow with the\n" +
				"clients up to some 500, 800 and 2,000.",
			Flags: append([]cli.Flag{
				&cli.Int64Flag{Name: "clients", Usage: "make `N` clients"},
				&cli.Uint64Flag{Name: "seed", Usage: "make another estate for another `SEED`", Value: 1},
				&cli.Float64Flag{Name: "violating", Usage: "make `PERCENT` of the clients violate a client rule", Value: 5},
				&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the snapshot to `FILE`, compressed if it ends in .zst; - is standard output", Value: "-"},
			}, workFlags()...),
			Action: runFixtureGenerate,
		}},
	}
}

func runFixtureGenerate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if !c.IsSet("clients") {
		return errors.New("name the number of clients with --clients, such as --clients 10000")
	}
	options := synthetic.Options{
		Clients: c.Int64("clients"), Seed: c.Uint64("seed"), Violating: c.Float64("violating"), ToolVersion: version,
	}
	if err := options.Check(); err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	w, err := fixtureWriter(c)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := synthetic.Write(ctx, w, options); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("generating stopped: %w", context.Cause(ctx))
		}
		return err
	}
	return w.Close()
}

// fixtureWriter writes to the file that --output names, or to standard output.
func fixtureWriter(c *cli.Context) (*snapshot.Writer, error) {
	if output := c.String("output"); output != "-" {
		if err := checkOutput(c, output); err != nil {
			return nil, fmt.Errorf("--output: %w", err)
		}
		return snapshot.Create(output)
	}
	return snapshot.NewWriter(c.App.Writer), nil
}

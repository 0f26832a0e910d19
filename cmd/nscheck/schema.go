package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/fields"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "show what rules can read, field by field",
		ArgsUsage: "[PATH]",
		Description: "PATH is a field or an object as in rules, such as input.packages.plugin,\n" +
			"data.estate.sites or totals; the default is all. Shows type, unit, meaning, source and\n" +
			"its confidence. --write writes the JSON\n" +
			"Schemas into a folder, for editors and for \"opa check --schema DIR\".",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "write", Usage: "write the JSON Schemas into `DIR`"},
			&cli.BoolFlag{Name: "rules", Usage: "also show which of the loaded rules read each field"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notices on standard error", EnvVars: []string{"NSCHECK_QUIET"}},
			noColorFlag(), configFlag(),
		}, packFlags()...),
		Action: runSchema,
	}
}

func runSchema(c *cli.Context) error {
	if c.NArg() > 1 {
		_, err := oneArgument(c, "one path")
		return err
	}
	path := c.Args().First()
	if c.IsSet("write") && path != "" {
		return errors.New("--write writes all schemas; leave out " + path)
	}
	pack, err := loadAllRules(c)
	if err != nil {
		return err
	}
	if c.IsSet("write") {
		return writeSchemas(c, pack, c.String("write"))
	}
	list, err := fields.List(pack)
	if err != nil {
		return err
	}
	if c.Bool("rules") {
		fields.AddReaders(list, pack)
	}
	found, err := fields.Find(list, path)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, found)
	}
	return writeFields(c, found)
}

func writeFields(c *cli.Context, list []fields.Field) error {
	entries := make([]report.Entry, 0, len(list))
	note := ""
	for _, f := range list {
		typed, lines := f.Describe()
		entries = append(entries, report.Entry{Name: f.Path, Text: typed, Lines: lines})
		if f.Evidence != "" {
			note = "Evidence: A the article, P public sources, I inferred, R recollection."
		}
	}
	return report.Entries(c.App.Writer, entries, note, terminalOptions(c))
}

// writeSchemas writes a file for each schema, under the names that annotations of
// rules use.
func writeSchemas(c *cli.Context, pack *rule.Pack, dir string) error {
	schemas, err := pack.Schemas()
	if err != nil {
		return err
	}
	schemas["snapshot"] = snapshot.Schema()
	if dir == "" {
		return errors.New("--write: name a folder for the schemas")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--write: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		file := filepath.Join(dir, name+".json")
		if err := writeFile(file, func(w io.Writer) error {
			_, err := w.Write(schemas[name])
			return err
		}); err != nil {
			return fmt.Errorf("--write: %w", err)
		}
	}
	notice(c, "Wrote %d schemas into %s.", len(schemas), dir)
	return nil
}

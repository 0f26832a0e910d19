package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/lint"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/report"
)

func ruleLintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "say what is wrong with rules and what could be better",
		ArgsUsage: "[DIR...]",
		Description: "It looks at the rules in the folders, or in those of --policy, or in the current one where\n" +
			"it holds rules, or else at the built-in ones. It exits with 1 where it finds an error, and\n" +
			"with --strict a warning too. docs/lints.md has a section about each lint.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "policy", Aliases: []string{"p"}, Usage: "look at the rules in `DIR`; repeatable", EnvVars: []string{"NSCHECK_POLICY"}},
			&cli.BoolFlag{Name: "no-builtin", Usage: "do not load the built-in rules beside them", EnvVars: []string{"NSCHECK_NO_BUILTIN"}},
			&cli.BoolFlag{Name: "strict", Usage: "hold them to what packs are held to that others use; warnings count"},
			&cli.BoolFlag{Name: "fix", Usage: "format the files first, as \"opa fmt\" does"},
			&cli.BoolFlag{Name: "list", Usage: "list all lints"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notices on standard error", EnvVars: []string{"NSCHECK_QUIET"}},
		},
		Action: runRuleLint,
	}
}

func runRuleLint(c *cli.Context) error {
	if c.Bool("list") {
		return listLints(c)
	}
	folders, err := lintFolders(c)
	if err != nil {
		return err
	}
	if c.Bool("fix") {
		if err := fixFolders(c, folders); err != nil {
			return err
		}
	}
	sources, opts := lintSources(c, folders)
	found, err := await(c.Context, func() (*lint.Report, error) { return lint.Run(context.WithoutCancel(c.Context), sources, opts) })
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = printJSON(c.App.Writer, found)
	} else {
		for _, p := range found.Problems {
			fmt.Fprintln(c.App.Writer, report.Text(p.Text()))
		}
		notice(c, "%s.", found.Summary())
	}
	if err == nil && found.Failed() {
		err = exitStatus(evaluator.ExitFindings)
	}
	return err
}

func listLints(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, lint.Lints())
	}
	t := newTable(c.App.Writer, "name", "severity", "strict", "finds that")
	for _, l := range lint.Lints() {
		severity := string(l.Severity)
		if severity == "" {
			severity = "-"
		}
		t.AppendRow(table.Row{l.Name, severity, l.Strict, l.Summary})
	}
	t.Render()
	return nil
}

// lintFolders are the folders to look at; none for the built-in rules.
func lintFolders(c *cli.Context) ([]string, error) {
	folders, flag := c.Args().Slice(), ""
	if len(folders) == 0 {
		folders, flag = c.StringSlice("policy"), "--policy: "
	} else if c.IsSet("policy") && os.Getenv("NSCHECK_POLICY") == "" {
		return nil, errors.New("name the folders either as arguments or with --policy, not both")
	}
	if len(folders) == 0 && holdsRules(".") {
		return []string{"."}, nil
	}
	if len(folders) == 0 && c.Bool("no-builtin") {
		return nil, errors.New("--no-builtin leaves no rules; name a folder of rules")
	}
	for _, dir := range folders {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, fmt.Errorf("%s%w", flag, err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s%s is a file; name the folder that holds the rules", flag, dir)
		}
		if _, err := os.ReadDir(dir); err != nil { // later it would be called "."
			return nil, fmt.Errorf("%s%w", flag, err)
		}
	}
	return folders, nil
}

// lintSources are the folders as sources, with the built-in rules beside them.
func lintSources(c *cli.Context, folders []string) ([]evaluator.Source, lint.Options) {
	opts := lint.Options{Strict: c.Bool("strict")}
	embedded := evaluator.Source{Name: builtin, FS: policies.FS}
	if len(folders) == 0 {
		opts.Shipped = true
		return []evaluator.Source{embedded}, opts
	}
	var sources []evaluator.Source
	for _, dir := range folders {
		sources = append(sources, evaluator.Source{Name: dir, FS: os.DirFS(dir)})
	}
	if !c.Bool("no-builtin") {
		opts.Beside = []evaluator.Source{embedded}
	}
	return sources, opts
}

func fixFolders(c *cli.Context, folders []string) error {
	if len(folders) == 0 {
		return errors.New("--fix cannot rewrite the built-in rules; name a folder of rules")
	}
	for _, dir := range folders {
		fixed, err := lint.Fix(dir)
		for _, name := range fixed {
			notice(c, "formatted %s", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

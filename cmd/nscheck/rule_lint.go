package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/lint"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/report"
)

func ruleLintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "report what is wrong with rules and what could be better",
		ArgsUsage: "[PATH...]",
		Description: "Checks the rules in PATH, or in --policy, or in the current folder if it contains rules, else\n" +
			"the built-in ones. A PATH in a pack is checked with the whole pack; it can also be a pack\n" +
			"file (.tar.gz). The exit status is 1 if there is an error, or with --strict a warning.\n" +
			"docs/lints.md describes each lint.",
		HideHelpCommand: true, // a folder may be called h
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "policy", Aliases: []string{"p"}, Usage: "check the rules in `DIR`; repeatable", EnvVars: []string{"NSCHECK_POLICY"}},
			&cli.BoolFlag{Name: "no-builtin", Usage: "do not load the built-in rules", EnvVars: []string{"NSCHECK_NO_BUILTIN"}},
			&cli.BoolFlag{Name: "strict", Usage: "apply the requirements for shared packs; warnings count"},
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
	packs, within, err := lintPaths(c)
	if err != nil {
		return err
	}
	if len(packs) == 0 {
		noticeBuiltin(c)
	}
	if c.Bool("fix") {
		if err := fixRules(c, packs, within); err != nil {
			return err
		}
	}
	sources, opts := lintSources(c, packs, within)
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
		err = exitStatus(result.ExitFindings)
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

// lintPaths are the packs to look at, with what of them is asked for; none for
// the built-in rules.
func lintPaths(c *cli.Context) (packs []rule.Source, within map[string][]string, err error) {
	paths, flag := c.Args().Slice(), ""
	if len(paths) == 0 {
		paths, flag = c.StringSlice("policy"), "--policy: "
	} else if c.IsSet("policy") && os.Getenv("NSCHECK_POLICY") == "" {
		return nil, nil, errors.New("name the folders either as arguments or with --policy, not both")
	}
	if len(paths) == 0 && holdsRules(".") {
		paths = []string{"."}
	}
	if len(paths) == 0 && c.Bool("no-builtin") {
		return nil, nil, errors.New("--no-builtin leaves no rules; name a folder of rules")
	}
	within = map[string][]string{}
	for _, path := range paths {
		t, err := targetOf(path)
		if err != nil {
			return nil, nil, fmt.Errorf("%s%w", flag, err)
		}
		name := t.Source.Name
		if within[name] == nil {
			packs = append(packs, t.Source)
		}
		within[name] = append(within[name], t.Within)
	}
	return packs, within, nil
}

// lintSources are the packs as sources, with the built-in rules.
func lintSources(c *cli.Context, packs []rule.Source, within map[string][]string) ([]rule.Source, lint.Options) {
	opts := lint.Options{Strict: c.Bool("strict"), Within: within}
	embedded := rule.Source{Name: builtin, FS: policies.FS}
	if len(packs) == 0 {
		opts.Shipped = true
		return []rule.Source{embedded}, opts
	}
	if !c.Bool("no-builtin") {
		opts.Beside = []rule.Source{embedded}
	}
	return packs, opts
}

func fixRules(c *cli.Context, packs []rule.Source, within map[string][]string) error {
	if len(packs) == 0 {
		return errors.New("--fix cannot rewrite the built-in rules; name a folder of rules")
	}
	for _, pack := range packs {
		if info, err := os.Stat(pack.Name); err == nil && !info.IsDir() {
			return fmt.Errorf("--fix cannot rewrite the pack file %s; name the folder that it is built from", pack.Name)
		}
	}
	for _, pack := range packs {
		fixed, err := lint.Fix(pack.Name, within[pack.Name]...)
		for _, name := range fixed {
			notice(c, "formatted %s", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

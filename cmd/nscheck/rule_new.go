package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/scaffold"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/report"
)

func ruleNewCommand() *cli.Command {
	return &cli.Command{
		Name:      "new",
		Usage:     "write a new rule with tests and worked examples",
		ArgsUsage: "AREA/NAME",
		Description: "Writes AREA/NAME.rego, AREA/NAME_test.rego and AREA/NAME.yaml: a small working rule as a\n" +
			"template. A folder without a pack.yaml gets one. On a terminal, nscheck asks for values that\n" +
			"the flags do not set. Nothing is overwritten.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "title", Usage: "what the rule finds, in a few words"},
			&cli.StringFlag{Name: "severity", Usage: "severity of a finding: critical, high, medium, low or info"},
			&cli.StringFlag{Name: "scope", Usage: "what the rule evaluates: estate, or client for each client separately"},
			&cli.StringFlag{Name: "step", Usage: "step of TECH170397: 1 to 7, symptoms, or + for rules beyond it", Value: "+"},
			&cli.StringFlag{Name: "id", Usage: "the rule's id", DefaultText: "the next free one"},
			&cli.StringFlag{Name: "dir", Usage: "folder of the pack", DefaultText: "the pack that the current folder is in, else the current folder"},
			&cli.StringFlag{Name: "pack", Usage: "name of a new pack", DefaultText: "the name of the folder"},
			&cli.StringFlag{Name: "prefix", Usage: "prefix of the ids of a new pack, such as ACME"},
		},
		Action: runRuleNew,
	}
}

func runRuleNew(c *cli.Context) error {
	o, err := newRuleOptions(c)
	if err != nil {
		return err
	}
	rule, err := scaffold.New(o)
	if err != nil {
		return err
	}
	if err := rule.Write(); err != nil {
		return err
	}
	return printNewRule(c, o, rule)
}

// newRuleOptions are the flags, and the answers to what they leave out.
func newRuleOptions(c *cli.Context) (o scaffold.Options, err error) {
	if c.NArg() > 1 {
		return o, fmt.Errorf("name only one rule, not also %q", c.Args().Get(1))
	}
	o = scaffold.Options{
		Dir: c.String("dir"), Name: c.Args().First(), Title: c.String("title"), Step: c.String("step"),
		ID: c.String("id"), Pack: c.String("pack"), Prefix: c.String("prefix"),
	}
	if o.Dir == "" {
		o.Dir = "."
		if root, _, ok := packAbove("."); ok {
			o.Dir = root
		}
	}
	pack, err := scaffold.OpenPack(o.Dir)
	if err != nil {
		return o, err
	}
	severity, scope := c.String("severity"), c.String("scope")
	questions := []struct {
		answer *string
		question
	}{
		{&o.Name, question{"the rule's name, AREA/NAME", "Name of the rule, as AREA/NAME, such as site/two_package_servers", "", scaffold.CheckName}},
		{&o.Title, question{"--title", "What does it find, in a few words", "", checkTitle}},
		{&severity, question{"--severity", "Severity: critical, high, medium, low or info", string(rule.Medium), checkSeverity}},
		{&scope, question{"--scope", "What does it evaluate: estate, or client for each client separately", string(rule.EstateScope), checkScope}},
	}
	add := func(answer *string, q question) {
		questions = append(questions, struct {
			answer *string
			question
		}{answer, q})
	}
	if pack.New && pack.Manifest.Name == "" {
		add(&o.Pack, question{"--pack", "Name of the new pack, such as acme-house-rules", "", scaffold.CheckPackName})
	}
	if pack.Manifest.Prefix == "" {
		add(&o.Prefix, question{"--prefix", "Prefix of the ids of the pack", pack.SuggestedPrefix(), scaffold.CheckPrefix})
	}
	asker := newAsker(c.Context, c.App.ErrWriter)
	for _, q := range questions {
		if err := asker.ask(q.answer, q.question); err != nil {
			return o, err
		}
	}
	if err := asker.missing(); err != nil {
		return o, err
	}
	if o.Severity, err = rule.ParseSeverity(severity); err != nil {
		return o, err
	}
	o.Scope = rule.Scope(scope)
	return o, nil
}

func checkTitle(text string) error {
	_, err := scaffold.CleanTitle(text)
	return err
}

func checkSeverity(text string) error {
	_, err := rule.ParseSeverity(text)
	return err
}

func checkScope(text string) error { return scaffold.CheckScope(rule.Scope(text)) }

// printNewRule lists the written files and the next steps.
func printNewRule(c *cli.Context, o scaffold.Options, rule *scaffold.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Wrote %s:\n", rule.ID)
	paths := make([]string, len(rule.Files))
	for i, f := range rule.Files {
		paths[i] = rule.Path(f)
	}
	width := 0
	for _, p := range paths {
		width = max(width, len(p))
	}
	for i, f := range rule.Files {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, paths[i], f.About)
	}
	main := shellWord(paths[slices.IndexFunc(rule.Files, func(f scaffold.File) bool { return f.Path == o.Name+".rego" })])
	dir := shellWord(filepath.Clean(o.Dir))
	fmt.Fprintf(&b, "\nThe rule works. Change it to the rule that you want while this runs its tests whenever you save:\n"+
		"  nscheck rule test --watch %s\nand then check the whole pack:\n  nscheck rule test --coverage --threshold 100 %s\n  nscheck rule lint %s\n  nscheck scan --demo -p %s\n",
		main, dir, dir, dir)
	_, err := fmt.Fprint(c.App.Writer, report.Text(b.String()))
	return err
}

// shellWord is a path as it is written in a shell.
func shellWord(path string) string {
	if strings.ContainsAny(path, " \t'\"$&()<>;|*?!`") {
		return `"` + strings.NewReplacer(`"`, `\"`, `$`, `\$`, "`", "\\`").Replace(path) + `"`
	}
	return path
}

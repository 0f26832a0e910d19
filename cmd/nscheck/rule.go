package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/report"
)

func ruleCommand() *cli.Command {
	asJSON := &cli.BoolFlag{Name: "json", Usage: "print JSON"}
	return &cli.Command{
		Name:  "rule",
		Usage: "list, show and check rules",
		Subcommands: []*cli.Command{
			{
				Name:   "list",
				Usage:  "list the rules by id",
				Flags:  append(packFlags(), configFlag(), asJSON),
				Action: runRuleList,
			},
			{
				Name:      "show",
				Usage:     "show what a rule finds, why it matters and what to do",
				ArgsUsage: "ID",
				Flags:     append(packFlags(), configFlag(), asJSON),
				Action:    runRuleShow,
			},
			ruleNewCommand(),
			ruleLintCommand(),
			ruleTestCommand(),
			ruleTraceCommand("trace", false),
			ruleTraceCommand("try", true), // the earlier name
			ruleREPLCommand(),
		},
	}
}

func runRuleList(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	pack, err := loadPack(c)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, pack.Rules)
	}
	t := newTable(c.App.Writer, "id", "severity", "scope", "step", "title")
	for _, r := range pack.Rules {
		severity := r.SeverityChange.Described(r.Severity)
		if r.SwitchedOff != nil {
			severity = "off (" + r.SwitchedOff.Place + ")"
		}
		t.AppendRow(table.Row{report.Name(r.ID), report.Name(severity), r.Scope, report.Name(r.Step), report.Name(r.Title)})
	}
	t.Render()
	return nil
}

func runRuleShow(c *cli.Context) error {
	id, err := oneArgument(c, "the rule's id, such as NS-SITE-003")
	if err != nil {
		return err
	}
	pack, err := loadPack(c)
	if err != nil {
		return err
	}
	rule, ok := pack.Rule(strings.ToUpper(id))
	if !ok {
		return fmt.Errorf("there is no rule %q; \"nscheck rule list\" lists them", id)
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, rule)
	}
	return printRule(c.App.Writer, rule)
}

func printRule(w io.Writer, r *rule.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n%s\n\n", r.ID, r.Title, r.Description)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-10s %s\n", name, value)
		}
	}
	field("severity", r.SeverityChange.Described(r.Severity))
	if r.SwitchedOff != nil {
		field("off", r.SwitchedOff.Reason+" ("+r.SwitchedOff.Place+")")
	}
	field("scope", string(r.Scope))
	field("step", r.Step+" of TECH170397")
	field("versions", r.Versions)
	field("reads", strings.Join(r.Needs, ", "))
	field("fields", strings.Join(r.Reads, ", "))
	field("explains", strings.Join(r.Explains, ", "))
	field("aliases", strings.Join(r.Aliases, ", "))
	field("file", r.File)
	b.WriteString("\nWhat to do\n")
	for _, m := range r.Remediation {
		versions := ""
		if m.Versions != "" {
			versions = "(" + m.Versions + ") "
		}
		ref := ""
		if m.Ref != "" {
			ref = " (" + m.Ref + ")"
		}
		fmt.Fprintf(&b, "- %s%s%s\n", versions, strings.ReplaceAll(m.Text, "\n", "\n  "), ref)
	}
	if len(r.Related) > 0 {
		b.WriteString("\nRead more\n")
	}
	for _, rel := range r.Related {
		fmt.Fprintf(&b, "- %s: %s\n", rel.Ref, rel.Description)
	}
	_, err := io.WriteString(w, report.Text(b.String()))
	return err
}

// newTable is a table without lines, fit for a terminal and for grep.
func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	t.AppendHeader(header)
	return t
}

// printJSONLine prints v on one line.
func printJSONLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

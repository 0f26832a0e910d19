package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
	"github.com/nscheck/nscheck/report"
)

func waiverCommand() *cli.Command {
	asJSON := &cli.BoolFlag{Name: "json", Usage: "print JSON"}
	return &cli.Command{
		Name:  "waiver",
		Usage: "list, add and audit waivers: findings that are accepted for a time",
		Subcommands: []*cli.Command{
			{
				Name:   "list",
				Usage:  "list the waivers with their status today, or as of a date",
				Flags:  append(packFlags(), configFlag(), waiversFlag(), asOfFlag(), asJSON),
				Action: runWaiverList,
			},
			waiverAddCommand(),
			waiverAuditCommand(asJSON),
		},
	}
}

// loadedWaivers are the waivers, the rules they are of, and the day as of which to
// look at them.
func loadedWaivers(c *cli.Context) (*waiver.Set, *rule.Pack, rule.Date, error) {
	if err := noArguments(c); err != nil {
		return nil, nil, "", err
	}
	day, err := dateFlag(c, "as-of")
	if err != nil {
		return nil, nil, "", err
	}
	if day == "" {
		day = rule.Today()
	}
	pack, err := loadPack(c)
	if err != nil {
		return nil, nil, "", err
	}
	waivers, err := loadWaivers(c)
	if err != nil {
		return nil, nil, "", err
	}
	if waivers == nil {
		return nil, nil, "", fmt.Errorf("there is no %s here; name a file with --waivers, or write one with \"nscheck waiver add\"", defaultWaivers)
	}
	return waivers, pack, day, nil
}

func runWaiverList(c *cli.Context) error {
	waivers, pack, day, err := loadedWaivers(c)
	if err != nil {
		return err
	}
	states := waiver.States(waivers, pack, day)
	if c.Bool("json") {
		return printJSON(c.App.Writer, states)
	}
	t := newTable(c.App.Writer, "place", "rule", "for", "owner", "ticket", "until", "status")
	for i := range states {
		s := &states[i]
		t.AppendRow(table.Row{
			report.Name(s.Place), report.Name(s.Rule), report.Name(s.Scope()), report.Name(s.Owner), report.Name(s.Ticket), s.Expires, s.Status,
		})
	}
	t.Render()
	return nil
}

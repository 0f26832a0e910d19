package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/snapshot"
)

func snapshotCommand() *cli.Command {
	return &cli.Command{
		Name:  "snapshot",
		Usage: "work on snapshot files",
		Subcommands: []*cli.Command{{
			Name:      "verify",
			Usage:     "check that a snapshot is whole, unchanged and well-formed",
			ArgsUsage: "SNAPSHOT",
			Action:    runSnapshotVerify,
		}},
	}
}

func runSnapshotVerify(c *cli.Context) error {
	path, err := oneArgument(c, "the snapshot to verify")
	if err != nil {
		return err
	}
	s, err := snapshot.Verify(path)
	if err != nil {
		return err
	}
	w := c.App.Writer
	fmt.Fprintf(w, "%s is a good snapshot: %s, %d clients\nSHA-256 %s\n", path, s.Form, s.Clients, s.SHA256)
	if s.Manifest == nil {
		fmt.Fprintln(w, "It has no manifest: where it came from is not recorded.")
		return nil
	}
	m := s.Manifest
	fmt.Fprintf(w, "Collected %s from %s by nscheck %s, format %d\n\n", m.CollectedAt, origin(m.Source), m.Tool, m.Format)
	t := newTable(w, "section", "status", "rows", "evidence", "error")
	for _, section := range m.Sections {
		t.AppendRow(table.Row{section.Name, section.Status, section.Rows, section.Evidence, section.Error})
	}
	t.Render()
	return nil
}

func origin(o snapshot.Origin) string {
	out := o.Kind
	if o.Server != "" {
		out += ", server " + o.Server
	}
	if o.Database != "" {
		out += ", database " + o.Database
	}
	return out
}

package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

func snapshotCommand() *cli.Command {
	return &cli.Command{
		Name:  "snapshot",
		Usage: "work on snapshot files",
		Subcommands: []*cli.Command{{
			Name:      "verify",
			Usage:     "check that a snapshot is complete, unchanged and well-formed",
			ArgsUsage: "SNAPSHOT",
			Description: "The exit status is 0 if the snapshot is valid, 2 if it is invalid or cannot be\n" +
				"read. With --quiet only errors are printed.",
			Flags:  append([]cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print JSON"}}, workFlags()...),
			Action: runSnapshotVerify,
		}},
	}
}

func runSnapshotVerify(c *cli.Context) error {
	path, err := oneArgument(c, "the snapshot to verify")
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	s, err := snapshot.Verify(ctx, path)
	switch {
	case err != nil:
		return err
	case c.Bool("json"):
		return printJSON(c.App.Writer, newVerified(s))
	case c.Bool("quiet"):
		return nil
	}
	return printVerified(c.App.Writer, path, s)
}

// verified describes a valid snapshot as JSON.
type verified struct {
	Form       string             `json:"form"`
	Compressed bool               `json:"compressed"`
	Format     int                `json:"format"`
	SHA256     string             `json:"sha256"`
	Clients    int64              `json:"clients"`
	Rows       map[string]int     `json:"rows"`               // by section of the estate
	Manifest   *snapshot.Manifest `json:"manifest,omitempty"` // absent for a document written by hand
}

func newVerified(s snapshot.Summary) verified {
	v := verified{string(s.Form), s.Compressed, s.Format, s.SHA256, s.Clients, map[string]int{}, s.Manifest}
	for _, section := range s.Sections {
		v.Rows[section.Section] = section.Rows
	}
	return v
}

func printVerified(w io.Writer, path string, s snapshot.Summary) error {
	fmt.Fprintf(w, "%s is a valid snapshot: %s, %s\nSHA-256 %s\n", report.Name(path), s.Form, report.Count(s.Clients, "client"), s.SHA256)
	if s.Manifest == nil {
		_, err := fmt.Fprintln(w, "It has no manifest: its origin is not recorded.")
		return err
	}
	m := s.Manifest
	fmt.Fprintf(w, "Collected %s from %s by nscheck %s, format %d\n", m.CollectedAt, origin(m.Source), report.Name(m.Tool), m.Format)
	for _, note := range m.Source.Notes {
		fmt.Fprintf(w, "Note: %s\n", report.Message(note))
	}
	fmt.Fprintln(w)
	showSections(w, m.Sections)
	return nil
}

// showSections leaves out empty columns of sources and notes.
func showSections(w io.Writer, sections []snapshot.Section) {
	sources := slices.ContainsFunc(sections, func(s snapshot.Section) bool { return s.Source != "" })
	notes := slices.ContainsFunc(sections, func(s snapshot.Section) bool { return s.Note != "" })
	row := func(name, status, rows, evidence, source, failure, note any) table.Row {
		out := table.Row{name, status, rows, evidence}
		if sources {
			out = append(out, source)
		}
		out = append(out, failure)
		if notes {
			out = append(out, note)
		}
		return out
	}
	t := newTable(w, row("section", "status", "rows", "evidence", "source", "error", "note")...)
	for _, s := range sections {
		t.AppendRow(row(report.Name(s.Name), s.Status, s.Rows, report.Name(s.Evidence), report.Name(s.Source), report.Message(s.Error), report.Message(s.Note)))
	}
	t.Render()
}

func origin(o snapshot.Origin) string {
	out := report.Name(o.Kind)
	if o.Server != "" {
		out += ", server " + report.Name(o.Server)
	}
	if o.Database != "" {
		out += ", database " + report.Name(o.Database)
	}
	if o.Isolation != "" {
		out += ", isolation level " + report.Name(o.Isolation)
	}
	return out
}

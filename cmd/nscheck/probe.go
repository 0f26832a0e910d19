package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/probe"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/report"
)

func probeCommand() *cli.Command {
	flags := append(sourceFlags(),
		&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		&cli.StringFlag{Name: "write", Usage: "write a draft of the missing bindings to `FILE`, to be completed by hand"},
		&cli.StringFlag{Name: "item", Usage: "list the XML nodes of the item `NAME`, which may be a GUID"},
		&cli.BoolFlag{Name: "grants", Usage: "print the GRANT script for a login that reads the bound objects, without connecting"},
		&cli.StringFlag{Name: "login", Usage: "with --grants: the `LOGIN` that gets the permissions"},
	)
	return &cli.Command{
		Name:   "probe",
		Usage:  "check how the bindings fit a CMDB, and draft the missing ones",
		Flags:  append(flags, workFlags()...),
		Action: runProbe,
	}
}

// bindingsFlag belongs to all commands that read a CMDB.
func bindingsFlag() cli.Flag {
	return &cli.StringFlag{Name: "bindings", Usage: "read bindings of sections from `FILE`", EnvVars: []string{"NSCHECK_BINDINGS"}}
}

func runProbe(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cfg, err := loadConfig(c)
	if err != nil {
		return err
	}
	set, err := cfg.bindingSet(c)
	if err != nil {
		return err
	}
	if err := probeFlags(c); err != nil {
		return err
	}
	if c.Bool("grants") {
		return printGrants(c, cfg, set)
	}
	in, err := inputOf(c, cfg, set)
	if err != nil {
		return err
	}
	ctx, cancel := in.context(c)
	defer cancel()
	in.warn(c)
	src, err := collector.OpenAll(ctx, in.sources, in.access)
	if err != nil {
		return probeStopped(ctx, err)
	}
	defer src.Close()
	if c.IsSet("item") {
		return probeItem(ctx, c, src, in.options)
	}
	return probeSections(ctx, c, src, in.options)
}

// probeFlags refuses flags that another leaves without an effect.
func probeFlags(c *cli.Context) error {
	for _, pair := range [][2]string{{"grants", "item"}, {"grants", "write"}, {"grants", "json"}, {"item", "write"}} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return fmt.Errorf("--%s and --%s exclude each other", pair[0], pair[1])
		}
	}
	if c.IsSet("login") && !c.Bool("grants") {
		return errors.New("--login needs --grants")
	}
	for _, name := range []string{"item", "write", "login"} {
		if c.IsSet(name) && strings.TrimSpace(c.String(name)) == "" {
			return fmt.Errorf("--%s is empty", name)
		}
	}
	if c.IsSet("write") { // before anything is asked of a server
		return checkDraft(c.String("write"))
	}
	return nil
}

// probeStopped returns the reason if the work was cut short, else err.
func probeStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("probe stopped: %w", context.Cause(ctx))
	}
	return err
}

func probeSections(ctx context.Context, c *cli.Context, src collector.Source, options collector.Options) error {
	probed, err := collector.Probe(ctx, src, options)
	if err != nil {
		return probeStopped(ctx, err)
	}
	if file := c.String("write"); file != "" {
		if err := writeDraft(file, probed); err != nil {
			return err
		}
		notice(c, "Wrote %s: complete it, then probe again with --bindings %s", file, file)
	}
	if c.Bool("json") {
		err = printJSON(c.App.Writer, probed)
	} else {
		printProbe(c.App.Writer, probed)
	}
	if err == nil && !probed.Good() {
		return exitStatus(result.ExitIncomplete)
	}
	return err
}

// checkDraft never lets a draft be written over a file: it may be one that the
// user has finished.
func checkDraft(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("write %s: it exists; name another file, or remove it", file)
	}
	if err := atomicfile.Check(file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

func writeDraft(file string, probed *probe.Report) error {
	if err := checkDraft(file); err != nil {
		return err
	}
	return writeFile(file, func(w io.Writer) error {
		_, err := io.WriteString(w, probed.Draft())
		return err
	})
}

func printProbe(w io.Writer, probed *probe.Report) {
	version := probed.Version
	if version == "" {
		version = "unknown"
	}
	fmt.Fprintf(w, "Probed %s; product version %s\n\n", origin(probed.Source), report.Name(version))
	t := newTable(w, "section", "status", "evidence", "what")
	bound := 0
	for i := range probed.Sections {
		s := &probed.Sections[i]
		if s.Good() {
			bound++
		}
		t.AppendRow(table.Row{s.Name, s.Status, s.Evidence, report.Message(s.Message)})
	}
	t.Render()
	for i := range probed.Sections {
		printCandidates(w, &probed.Sections[i])
	}
	for _, note := range slices.Concat(probed.Source.Notes, probed.Notes) {
		fmt.Fprintf(w, "\nNote: %s\n", report.Message(note))
	}
	fmt.Fprintf(w, "\n%d of %d sections can be collected.\n", bound, len(probed.Sections))
}

func printCandidates(w io.Writer, s *probe.Section) {
	if len(s.Candidates) == 0 {
		return
	}
	fmt.Fprintf(w, "\nCandidates for %s: %s\n", s.Name, s.Fills)
	last := "?"
	for _, candidate := range s.Candidates {
		if candidate.Replaces != last {
			last = candidate.Replaces
			if last == "" {
				fmt.Fprintln(w, "  to fill the section alone")
			} else {
				fmt.Fprintf(w, "  in place of %s\n", report.Name(last))
			}
		}
		fmt.Fprintf(w, "    %s\n", report.Message(candidate.Reason))
	}
}

func probeItem(ctx context.Context, c *cli.Context, src collector.Source, options collector.Options) error {
	items, err := collector.ProbeItem(ctx, src, c.String("item"), options)
	if err != nil {
		return probeStopped(ctx, err)
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, items)
	}
	for i, item := range items {
		if i > 0 {
			fmt.Fprintln(c.App.Writer)
		}
		fmt.Fprintf(c.App.Writer, "%s  %s\n", item.GUID, report.Name(item.Name))
		if item.Problem != "" {
			fmt.Fprintf(c.App.Writer, "%s.\n", item.Problem)
			continue
		}
		fmt.Fprintln(c.App.Writer)
		t := newTable(c.App.Writer, "node", "times", "type", "values")
		for _, n := range item.Nodes {
			t.AppendRow(table.Row{n.Path, n.Count, n.Type, strings.Join(n.Values, ", ")})
		}
		t.Render()
	}
	return nil
}

// printGrants needs no connection: the rights are asked for before there are
// any. The source, if one is named, has the database.
func printGrants(c *cli.Context, cfg *config, set *binding.Set) error {
	database := ""
	sources, _ := sourceNames(c, cfg) // none need be named
	for _, source := range sources {
		if database = sourceDatabase(source); database != "" {
			break
		}
	}
	script, err := set.Grants(database, c.String("login"))
	if err != nil {
		return fmt.Errorf("--login: %w", err)
	}
	_, err = io.WriteString(c.App.Writer, script)
	return err
}

// sourceDatabase is the database that a sqlserver:// URL names, or the one that
// is read where it names none; empty for other sources.
func sourceDatabase(source string) string {
	address, err := url.Parse(source)
	if err != nil || !strings.EqualFold(address.Scheme, "sqlserver") {
		return ""
	}
	for key, values := range address.Query() {
		if strings.EqualFold(key, "database") {
			return values[0]
		}
	}
	return collector.DefaultDatabase
}

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/repl"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/report"
)

func ruleREPLCommand() *cli.Command {
	return &cli.Command{
		Name:  "repl",
		Usage: "query a snapshot in Rego",
		Description: "Opens the OPA shell; type help for its commands. It has data.estate,\n" +
			"data.index, data.params and data.totals, counted over all clients, the rules and\n" +
			"their helpers, and one client as input. Functions that rules cannot call (network,\n" +
			"clock, random numbers, environment) are not available here either. Rules are read\n" +
			"once; restart it after a change.\n\n" +
			"If standard input is not a terminal, each of its lines is a query, and the exit\n" +
			"status is 0 whatever the answers. The history of a terminal is kept in\n" +
			"nscheck/repl_history in the configuration folder of the user, if there is one.",
		Flags: slices.Concat([]cli.Flag{
			inputFlag(),
			demoFlag(),
			&cli.StringFlag{Name: "client", Usage: "use the client `NAME` as input, a host name, DOMAIN\\NAME or a GUID (default: the first)"},
			configFlag(),
		}, packFlags(), workFlags()),
		Action: runRuleREPL,
	}
}

func runRuleREPL(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	pack, err := loadAllRules(c)
	if err != nil {
		return err
	}
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return err
	}
	defer cancel()
	file, remove, err := inputFile(ctx, c)
	if err != nil {
		return err
	}
	defer remove()
	session, err := openSession(ctx, c, pack, file)
	if err != nil {
		return err
	}
	return ask(ctx, c, pack, session)
}

// openSession reads the snapshot and counts its clients.
func openSession(ctx context.Context, c *cli.Context, pack *rule.Pack, file string) (*evaluator.Session, error) {
	snap, err := openSnapshot(ctx, file)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	namesakes := &namesakes{name: c.String("client")}
	var shown evaluator.Options
	stop := showJudging(c, snap.Manifest(), &shown)
	session, err := evaluator.NewSession(ctx, pack, snap, namesakes.chosen(), shown.Progress)
	stop()
	return session, cmp.Or(err, namesakes.check())
}

// ask runs OPA's shell.
func ask(ctx context.Context, c *cli.Context, pack *rule.Pack, s *evaluator.Session) error {
	if s.Client != nil {
		s.Documents["repl"] = map[string]any{"input": s.Client} // where the shell looks for it
		notice(c, "input is the client %s.", report.Name(s.Resource.Name))
	} else {
		notice(c, "The snapshot has no client, so input is undefined.")
	}
	out, stderr := &cleanWriter{to: c.App.Writer}, &cleanWriter{to: c.App.ErrWriter}
	defer stderr.flush()
	shell := repl.New(inmem.NewFromObject(s.Documents), historyFile(), out, "pretty", 0, "").
		WithCapabilities(rule.Capabilities()).
		WithInitBundles(map[string]*bundle.Bundle{"rules": pack.Bundle()}).
		WithStderrWriter(stderr)
	err := shell.Loop(ctx)
	out.flush()
	if ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return err
}

// historyFile is where the shell keeps what was typed at a terminal; empty where it
// cannot.
func historyFile() string {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return ""
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "nscheck")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return filepath.Join(dir, "repl_history")
}

// cleanWriter makes text that may come from a snapshot fit for a terminal, line by
// line.
type cleanWriter struct {
	to   io.Writer
	rest []byte
}

func (w *cleanWriter) Write(b []byte) (int, error) {
	w.rest = append(w.rest, b...)
	end := bytes.LastIndexByte(w.rest, '\n') + 1
	if end == 0 {
		return len(b), nil
	}
	_, err := io.WriteString(w.to, report.Text(string(w.rest[:end])))
	w.rest = append(w.rest[:0], w.rest[end:]...)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// flush writes what is left of a line.
func (w *cleanWriter) flush() {
	if len(w.rest) > 0 {
		_, _ = io.WriteString(w.to, report.Text(string(w.rest)))
		w.rest = nil
	}
}

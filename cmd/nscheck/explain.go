package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/rulepage"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/report"
)

func explainCommand() *cli.Command {
	flags := append(sourceFlags(), packFlags()...)
	flags = append(flags,
		snapshotFlag(),
		&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		noColorFlag(),
	)
	return &cli.Command{
		Name:      "explain",
		Usage:     "follow the steps of the article for one client, or show the page of a rule",
		ArgsUsage: "CLIENT|RULE",
		Description: "CLIENT is a host name, DOMAIN\\NAME or a GUID. The exit status is 0 if the chain of causes\n" +
			"holds for the client, 1 if a rule finds that it breaks, 2 if the client cannot be\n" +
			"looked up, 3 if the answer is unknown. RULE is the id of a rule, such as NS-SITE-003.",
		Flags:  append(flags, workFlags()...),
		Action: runExplain,
	}
}

func runExplain(c *cli.Context) error {
	what, err := oneArgument(c, "a client or a rule")
	if err != nil {
		return err
	}
	pack, err := loadPack(c)
	if err != nil {
		return err
	}
	if rule, ok := pack.Rule(strings.ToUpper(what)); ok {
		return explainRule(c, pack, rule)
	}
	e, err := explainClient(c, pack, what)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = printJSON(c.App.Writer, e)
	} else {
		err = report.Explain(c.App.Writer, e, terminalOptions(c))
	}
	if err != nil {
		return err
	}
	switch e.Breaks() {
	case result.Fail:
		return exitStatus(result.ExitFindings)
	case result.NotEvaluated:
		return exitStatus(result.ExitIncomplete)
	}
	return nil
}

// explainRule prints a built-in rule's page, the same as in docs/rules; of other
// rules it prints what their annotations say.
func explainRule(c *cli.Context, pack *rule.Pack, rule *rule.Rule) error {
	if c.Bool("json") {
		return printJSON(c.App.Writer, rule)
	}
	if !strings.HasPrefix(rule.File, builtin+"/") {
		return printRule(c.App.Writer, rule)
	}
	page, err := rulepage.New(pack, policies.FS).Rule(c.Context, rule)
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.App.Writer, page)
	return err
}

// explainClient evaluates the whole snapshot, because causes are in the estate, and
// keeps what concerns one client.
func explainClient(c *cli.Context, pack *rule.Pack, name string) (*result.Explanation, error) {
	ctx, cancel, err := withTimeout(c)
	if err != nil {
		return nil, err
	}
	defer cancel()
	file, remove, err := snapshotOrSource(c)
	if err != nil {
		return nil, err
	}
	defer remove()
	snap, err := openSnapshot(ctx, file)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	namesakes := &namesakes{name: name}
	opts := evaluator.Options{ToolVersion: version, Watch: namesakes.add}
	if err := setRuleLimits(c, &opts); err != nil {
		return nil, err
	}
	result, err := evaluator.Evaluate(ctx, pack, snap, opts)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	if result.Watched == nil {
		return nil, fmt.Errorf("%q is neither a client in the snapshot nor a rule", name)
	}
	return result.Watched, namesakes.check()
}

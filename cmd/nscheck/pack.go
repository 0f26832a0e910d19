package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/rule/pack"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/report"
)

func packCommand() *cli.Command {
	besides := []cli.Flag{
		&cli.StringSliceFlag{Name: "policy", Aliases: []string{"p"}, Usage: "load the pack together with the rules in `DIR`, or in a pack; repeatable"},
		&cli.BoolFlag{Name: "no-builtin", Usage: "load the pack without the built-in rules"},
	}
	return &cli.Command{
		Name:  "pack",
		Usage: "build, inspect, sign and verify packs: rules in one file",
		Subcommands: []*cli.Command{
			{
				Name:      "build",
				Usage:     "pack a folder of rules into one file",
				ArgsUsage: "DIR",
				Description: "The folder needs a pack.yaml with the name and version of the pack, and rules that load. All\n" +
					"files are included except those whose names begin with a dot or end in .tar.gz.\n" +
					"The result is an OPA bundle. The same files give the same bytes.",
				Flags:  append([]cli.Flag{packOutputFlag("write the pack to `FILE`")}, besides...),
				Action: runPackBuild,
			},
			{
				Name:      "inspect",
				Usage:     "list the rules, parameters and files of a pack, and its signature",
				ArgsUsage: "FILE|DIR",
				Flags:     append([]cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print JSON"}}, besides...),
				Action:    runPackInspect,
			},
			{
				Name:      "sign",
				Usage:     "sign a pack",
				ArgsUsage: "FILE",
				Flags: []cli.Flag{
					packKeyFlag("sign with the private RSA or EC key in `FILE` (PEM), or with the secret in it"),
					&cli.StringFlag{Name: "alg", Usage: "sign by `ALGORITHM`: " + strings.Join(pack.Algorithms, ", "), DefaultText: "RS256, ES256 or HS256, depending on the key"},
					packOutputFlag("write the signed pack to `FILE` instead of replacing the pack"),
				},
				Action: runPackSign,
			},
			{
				Name:      "verify",
				Usage:     "check that a pack is signed with a key and unchanged",
				ArgsUsage: "FILE",
				Description: "The exit status is 1 if the pack is not signed, signed with another key, or changed,\n" +
					"and 2 if it cannot be checked.",
				Flags:  []cli.Flag{packKeyFlag("verify with the public key or certificate in `FILE` (PEM), or with the secret in it")},
				Action: runPackVerify,
			},
		},
	}
}

func packKeyFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "key", Usage: usage}
}

// readPackKey reads the key that --key names; what says which one is needed.
func readPackKey(c *cli.Context, what string) (*pack.Key, error) {
	if c.String("key") == "" {
		return nil, fmt.Errorf("name %s, with --key FILE; see \"%s --help\"", what, c.Command.HelpName)
	}
	return pack.ReadKey(c.String("key"))
}

func packOutputFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: usage}
}

// onePack opens the pack that is the argument.
func onePack(c *cli.Context, what string) (*pack.Pack, error) {
	name, err := oneArgument(c, what)
	if err != nil {
		return nil, err
	}
	return await(c.Context, func() (*pack.Pack, error) { return pack.Open(name) })
}

// besideSources are the rules that a pack is loaded with.
func besideSources(c *cli.Context) ([]rule.Source, error) {
	var sources []rule.Source
	if !c.Bool("no-builtin") {
		sources = append(sources, rule.Source{Name: builtin, FS: policies.FS})
	}
	for _, name := range c.StringSlice("policy") {
		source, err := openSource(c, name, nil)
		if err != nil {
			return nil, fmt.Errorf("--policy: %w", err)
		}
		sources = append(sources, source)
	}
	return sources, nil
}

func runPackBuild(c *cli.Context) error {
	folder, err := onePack(c, "the folder of rules to pack")
	if err != nil {
		return err
	}
	file := c.String("output")
	if file == "" {
		return errors.New("name the file to write with -o, such as -o house.tar.gz")
	}
	if err := checkOutput(c, file); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	others, err := besideSources(c)
	if err != nil {
		return err
	}
	text, err := await(c.Context, func() ([]byte, error) { return pack.Build(folder, others) })
	if err != nil {
		return err
	}
	return writeFile(file, func(w io.Writer) error { _, err := w.Write(text); return err })
}

func runPackSign(c *cli.Context) error {
	p, err := onePack(c, "the pack to sign")
	if err != nil {
		return err
	}
	key, err := readPackKey(c, "the private key, or the secret")
	if err != nil {
		return err
	}
	text, err := p.Sign(key, c.String("alg"))
	if err != nil {
		return err
	}
	file := c.String("output")
	if file == "" {
		file = p.Name
	} else if !atomicfile.Same(file, p.Name) { // a pack may be signed in its place
		if err := checkOutput(c, file); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
	}
	if err := writeFile(file, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintln(c.App.Writer, report.Text(fmt.Sprintf("%s is signed with the key %s.", file, key.ID)))
	return nil
}

func runPackVerify(c *cli.Context) error {
	p, err := onePack(c, "the pack to verify")
	if err != nil {
		return err
	}
	key, err := readPackKey(c, "the public key or certificate, or the secret")
	if err != nil {
		return err
	}
	var invalid *pack.InvalidError
	switch err := p.Verify(key); {
	case errors.As(err, &invalid) && p.IsFile():
		fmt.Fprintln(c.App.Writer, report.Text(fmt.Sprintf("%s is not valid: %s.", invalid.Name, invalid.Reason)))
		return exitStatus(result.ExitFindings)
	case err != nil:
		return err
	}
	fmt.Fprintln(c.App.Writer, report.Text(fmt.Sprintf("%s is signed with the key %s and unchanged.", p.Name, key.ID)))
	return nil
}

func runPackInspect(c *cli.Context) error {
	p, err := onePack(c, "the pack to inspect")
	if err != nil {
		return err
	}
	others, err := besideSources(c)
	if err != nil {
		return err
	}
	info, err := pack.Inspect(p, others)
	if info == nil {
		return err
	}
	if c.Bool("json") {
		return errors.Join(printJSON(c.App.Writer, info), err)
	}
	writePackInfo(c.App.Writer, info)
	return err
}

func writePackInfo(w io.Writer, info *pack.Info) {
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintln(w, report.Text(fmt.Sprintf("%-12s %s", name, value)))
		}
	}
	if m := info.Pack; m != nil {
		field("name", m.Name)
		field("version", m.Version)
		field("description", m.Description)
		field("prefix", m.Prefix)
		field("nscheck", m.Nscheck)
	} else {
		field("name", "not set: there is no "+rule.PackFile)
	}
	switch s := info.Signature; {
	case s == nil:
		field("signed", "no")
	default:
		until := ""
		if s.Expires != nil {
			until = " until " + s.Expires.Format(time.DateOnly)
		}
		field("signed", fmt.Sprintf("with the key %q by %s%s, according to the pack; check it with \"nscheck pack verify\"", s.KeyID, s.Algorithm, until))
	}
	for _, name := range slices.Sorted(maps.Keys(info.Params)) {
		field("parameter", fmt.Sprintf("%s = %v", name, info.Params[name]))
	}
	if len(info.Rules) > 0 {
		fmt.Fprintln(w)
		t := newTable(w, "rule", "severity", "scope", "title", "file")
		for _, r := range info.Rules {
			t.AppendRow(table.Row{report.Name(r.ID), r.Severity, r.Scope, report.Name(r.Title), report.Name(r.File)})
		}
		t.Render()
	}
	fmt.Fprintln(w)
	t := newTable(w, "file", "bytes", "sha256")
	for _, f := range info.Files {
		t.AppendRow(table.Row{report.Name(f.Name), f.Size, f.SHA256})
	}
	t.Render()
}

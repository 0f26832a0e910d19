package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves flags before the arguments of their command, so that
// "nscheck eval estate.jsonl -f json" works as people expect; package flag
// stops at the first argument. Everything behind "--" stays an argument. A flag
// without its value is refused here, because it would take the next word. If
// help is asked for, arguments are dropped: they are no topics of help.
func flagsFirst(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 || args[len(args)-1] == "--generate-bash-completion" {
		return args, nil
	}
	out, rest := args[:1:1], args[1:]
	flags, commands, name := app.Flags, app.Commands, app.Name
	for len(rest) > 0 {
		c := commandNamed(commands, rest[0])
		if c == nil {
			break
		}
		out, rest, name = append(out, rest[0]), rest[1:], name+" "+c.Name
		flags, commands = c.Flags, c.Subcommands
	}
	var arguments []string
	help := false
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		switch {
		case arg == "--":
			arguments = append(arguments, rest...)
			rest = nil
		case len(arg) < 2 || arg[0] != '-':
			arguments = append(arguments, arg)
		case !takesValue(flags, arg):
			help = help || slices.Contains(helpFlags, arg)
			out = append(out, arg)
		case len(rest) == 0 || rest[0] == "--":
			return nil, fmt.Errorf("flag needs an argument: %s; see \"%s --help\"", arg, name)
		default:
			out, rest = append(out, arg, rest[0]), rest[1:]
		}
	}
	if help {
		return out, nil
	}
	if len(arguments) > 0 {
		out = append(out, "--")
	}
	return append(out, arguments...), nil
}

var helpFlags = []string{"-h", "-help", "--help"}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// takesValue reports whether the value of a flag is the next argument.
func takesValue(flags []cli.Flag, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				_, isBool := f.(*cli.BoolFlag)
				return !isBool
			}
		}
	}
	return false
}

// oneArgument is the only argument of a command.
func oneArgument(c *cli.Context, what string) (string, error) {
	switch c.NArg() {
	case 0:
		return "", fmt.Errorf("name %s; see \"%s --help\"", what, c.Command.HelpName)
	case 1:
		return c.Args().First(), nil
	}
	return "", fmt.Errorf("name only %s, not also %q", what, c.Args().Get(1))
}

// noArguments refuses arguments of a command that takes none, because they would
// otherwise be ignored.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("%s takes no argument such as %q; see \"%s --help\"",
			c.Command.Name, c.Args().First(), c.Command.HelpName)
	}
	return nil
}

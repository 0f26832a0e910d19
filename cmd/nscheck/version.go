package main

import (
	"fmt"
	"runtime"

	opaversion "github.com/open-policy-agent/opa/v1/version"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:   "version",
		Usage:  "show the versions of nscheck, its engine and its formats",
		Action: showVersion,
	}
}

func showVersion(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.App.Writer, "nscheck %s (OPA %s, snapshot format %d, result format %d, %s %s/%s)\n",
		version, opaversion.Version, snapshot.FormatVersion, result.Format, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/internal/watch"
	"github.com/nscheck/nscheck/report"
)

// watchRules does the work, and again whenever a file of rules is saved; what goes
// wrong is shown, and it goes on waiting.
func watchRules(ctx context.Context, c *cli.Context, folders []string, work func(context.Context) error) error {
	for _, folder := range folders {
		if info, err := os.Stat(folder); err == nil && !info.IsDir() {
			return fmt.Errorf("--watch: %s is a pack file, which is not edited; name the folder that it is built from", folder)
		}
	}
	return watch.Loop(ctx, isRuleFile, folders, func(ctx context.Context, changed []string) error {
		if len(changed) > 0 {
			notice(c, "\n%s changed.", strings.Join(changed, ", "))
		}
		var status exitStatus
		if err := work(ctx); err != nil && !errors.As(err, &status) && ctx.Err() == nil {
			fmt.Fprintf(c.App.ErrWriter, "nscheck: %s\n", report.Text(err.Error()))
		}
		notice(c, "Waiting for changes in %s; Ctrl-C ends.", strings.Join(folders, ", "))
		return nil
	})
}

func isRuleFile(path string) bool {
	return slices.Contains([]string{".rego", ".yaml", ".yml", ".json"}, filepath.Ext(path))
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/rule/pack"
	"github.com/nscheck/nscheck/policies"
)

// testTargets returns the folders and files to test.
func testTargets(c *cli.Context) ([]ruletest.Target, error) {
	paths, flag := c.Args().Slice(), ""
	if len(paths) == 0 {
		paths, flag = c.StringSlice("policy"), "--policy: "
	}
	if len(paths) == 0 && holdsRules(".") {
		paths, flag = []string{"."}, ""
	}
	if len(paths) == 0 {
		if c.Bool("no-builtin") {
			return nil, errors.New("--no-builtin leaves no rules; name a folder of rules")
		}
		noticeBuiltin(c)
		return []ruletest.Target{{Source: rule.Source{Name: builtin, FS: policies.FS}}}, nil
	}
	var targets []ruletest.Target
	for _, path := range paths {
		t, err := targetOf(path)
		if err != nil {
			return nil, fmt.Errorf("%s%w", flag, err)
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// targetOf finds the pack that a path is in: the folder itself, or one above it
// that says in its pack.yaml that it is a pack; or the pack that a file is.
func targetOf(path string) (t ruletest.Target, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return t, err
	}
	if !info.IsDir() && !isPartOfRule(path) {
		p, err := pack.Open(filepath.Clean(path)) // as --policy names it
		if err != nil {
			return t, err
		}
		return ruletest.Target{Source: p.Source(), Within: "."}, nil
	}
	root := filepath.Clean(path)
	within := "."
	if above, rest, ok := packAbove(root); ok {
		root, within = above, rest
	} else if !info.IsDir() {
		return t, fmt.Errorf("%s is a file, and no folder above it has a %s; name the folder with the rules", path, rule.PackFile)
	}
	if _, err := os.ReadDir(root); err != nil { // later it would be called "."
		return t, err
	}
	return ruletest.Target{Source: rule.Source{Name: root, FS: os.DirFS(root)}, Within: within}, nil
}

// isPartOfRule reports whether a file is part of a rule rather than a pack file.
func isPartOfRule(path string) bool {
	return slices.Contains([]string{".rego", ".yaml", ".yml"}, strings.ToLower(filepath.Ext(path)))
}

// packAbove is the folder at or above a path that has a pack.yaml, and the path
// in it.
func packAbove(path string) (root, within string, ok bool) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", "", false
	}
	for folder := absolute; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, rule.PackFile)); err == nil {
			within, err := filepath.Rel(folder, absolute)
			if err != nil {
				return "", "", false
			}
			up, err := filepath.Rel(absolute, folder)
			if err != nil {
				return "", "", false
			}
			return filepath.Join(path, up), filepath.ToSlash(within), true
		}
		if folder == filepath.Dir(folder) {
			return "", "", false
		}
	}
}

// noticeBuiltin prints that the rules in the folders below are not checked.
func noticeBuiltin(c *cli.Context) {
	other := ""
	if found, err := fs.Glob(os.DirFS("."), "*/"+rule.PackFile); err == nil && len(found) > 0 {
		other = ", such as " + path.Dir(found[0])
	}
	notice(c, "The current folder contains no rules, so the built-in ones are used; name a folder for others%s.", other)
}

// holdsRules reports whether a folder has a pack.yaml, or .rego files in it or
// in the folders of its areas.
func holdsRules(folder string) bool {
	for _, pattern := range []string{rule.PackFile, "*.rego", "*/*.rego"} {
		if found, err := fs.Glob(os.DirFS(folder), pattern); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

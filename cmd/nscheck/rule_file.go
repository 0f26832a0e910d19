package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// ruleFile is a rule that is named by its file.
type ruleFile struct {
	file   string // as it was named
	folder string // that is loaded
	inner  string // the file within it, with slashes
}

// ruleFileOf finds the folder of rules that a file belongs to, and has it loaded
// with those of --policy. It is nil where name is an id.
func ruleFileOf(c *cli.Context, name string) (*ruleFile, error) {
	if !strings.ContainsAny(name, `./\`) {
		return nil, nil
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the rule: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name the .rego file of one rule", name)
	case strings.HasSuffix(name, "_test.rego"):
		return nil, fmt.Errorf("%s is a test; name the rule that it tests, or run it with \"nscheck rule test\"", name)
	case filepath.Ext(name) != ".rego":
		return nil, fmt.Errorf("%s is not a rule; name its .rego file", name)
	}
	for _, folder := range c.StringSlice("policy") {
		if inner, ok := within(folder, name); ok {
			return &ruleFile{name, folder, inner}, nil
		}
	}
	folder := filepath.Dir(name)
	if above, _, ok := packAbove(folder); ok {
		folder = above
	}
	inner, ok := within(folder, name)
	if !ok {
		return nil, fmt.Errorf("%s is not in the folder %s", name, folder)
	}
	return &ruleFile{name, folder, inner}, c.Set("policy", folder)
}

// within is a file's path in a folder, with slashes.
func within(folder, file string) (inner string, ok bool) {
	var paths [2]string
	for i, path := range []string{folder, file} {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			real, err = filepath.Abs(real)
		}
		if err != nil {
			return "", false
		}
		paths[i] = real
	}
	inner, err := filepath.Rel(paths[0], paths[1])
	if err != nil || inner == ".." || strings.HasPrefix(inner, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(inner), true
}

// rule finds the rule that a file holds, or the one of an id where f is nil.
func (f *ruleFile) rule(pack *rule.Pack, name string) (*rule.Rule, error) {
	if f == nil {
		if rule, ok := pack.Rule(strings.ToUpper(name)); ok {
			return rule, nil
		}
		return nil, fmt.Errorf("there is no rule %q; \"nscheck rule list\" lists them, and a file's name ends in .rego", name)
	}
	loaded := strings.TrimSuffix(strings.ReplaceAll(f.folder, `\`, "/"), "/") + "/" + f.inner
	i := slices.IndexFunc(pack.Rules, func(r *rule.Rule) bool { return r.File == loaded })
	if i < 0 {
		return nil, fmt.Errorf("%s is not a rule: it defines no violation; name a rule that uses it", f.file)
	}
	return pack.Rules[i], nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/internal/strictyaml"
	"github.com/nscheck/nscheck/internal/textfile"
)

// A use is a file or folder that a run reads, or that a run in the same folder
// with the same flags would read.
type use struct {
	what, path string
	// reads reports which files of a folder are read, by their slash-separated
	// path in it; nil for a file.
	reads func(name string) bool
}

// fileFlags are the flags that name what is read. A flag that names rules or a
// configuration may name a folder.
var fileFlags = []struct{ name, what string }{
	{"config", "the configuration"}, {"waivers", "the waiver file"}, {"bindings", "the file of bindings"},
	{"policy", "a pack of rules"}, {"policy-base", "the configuration to compare with"},
	{"verify-key", "the key of packs"}, {"key", "the key"}, {"ca-file", "the file of certificates"}, {"password-file", "the password file"},
	{"snapshot", "the snapshot that is read"}, {"from", "the snapshot that is read"}, {"input", "the input that is read"},
	{"base", "the snapshot of the base"}, {"after", "the snapshot after the change"}, {"head", "the snapshot after the change"}, {"change", "a file of the change"},
	{"baseline", "the baseline"}, {"against", "the file of --against"}, {"item", "the item that is read"},
}

// argumentUses says what the arguments of commands are.
var argumentUses = map[string]string{"eval": "the snapshot to evaluate", "diff": "a compared snapshot"}

// checkOutput checks that a file can be written and that nothing is lost by it:
// no output replaces what the command reads or could read, under whatever name.
// Names in also are those of other files that are written.
func checkOutput(c *cli.Context, file string, also ...use) error {
	if file == "" {
		return errors.New("the file name is empty")
	}
	if err := atomicfile.Check(file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if atomicfile.Through(file) {
		return nil
	}
	for _, u := range slices.Concat(usesOf(c), also) {
		if u.isReplacedBy(file) {
			return fmt.Errorf("%s would be overwritten: it is %s; name another file", file, u.what)
		}
	}
	return nil
}

// usesOf lists what a command reads or could read.
func usesOf(c *cli.Context) []use {
	uses := []use{file("the configuration", defaultConfig), file("the waiver file", defaultWaivers)}
	what, known := argumentUses[c.Command.Name]
	if !known {
		what = "what the command reads"
	}
	for _, arg := range c.Args().Slice() {
		uses = append(uses, rules(what, arg))
	}
	for _, flag := range fileFlags {
		for _, value := range flagValues(c, flag.name) {
			uses = append(uses, rules(flag.what, value))
		}
	}
	if bindings := c.String("bindings"); bindings != "" {
		uses = append(uses, queriesIn(bindings)...)
	}
	for _, source := range c.StringSlice("source") {
		uses = append(uses, sourceUse(source)...)
	}
	return append(uses, configUses(c)...)
}

// flagValues are the values of a flag that may be given once or several times.
func flagValues(c *cli.Context, name string) []string {
	if list, ok := c.Value(name).(cli.StringSlice); ok {
		return list.Value()
	}
	if value, ok := c.Value(name).(string); ok && value != "" {
		return []string{value}
	}
	return nil
}

// configUses are the files that the configuration names. One that cannot be read
// is reported when it is used.
func configUses(c *cli.Context) []use {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil
	}
	uses := []use{file("the file of certificates", cfg.caFile), file("the password file", cfg.passwordFile), file("the key of packs", cfg.verifyKey)}
	if name, _, err := cfg.waiverSettings(); err == nil {
		uses = append(uses, file("the waiver file", name))
	}
	for _, source := range cfg.sources {
		uses = append(uses, sourceUse(source)...)
	}
	if cfg.bindings != nil {
		if cfg.bindings.Kind == yaml.ScalarNode && cfg.bindings.Value != "" {
			uses = append(uses, file("the file of bindings", relativeTo(cfg.name, cfg.bindings.Value)))
			uses = append(uses, queriesIn(relativeTo(cfg.name, cfg.bindings.Value))...)
		}
		uses = append(uses, queryFiles(cfg.bindings, cfg.name)...)
	}
	return uses
}

func file(what, path string) use { return use{what: what, path: path} }

// rules is a file, or a folder of rules.
func rules(what, path string) use { return use{what, path, isPackFile} }

// isPackFile reports whether a file in a folder of rules is part of the pack.
func isPackFile(name string) bool {
	name = strings.ToLower(name)
	base := name[strings.LastIndexByte(name, '/')+1:]
	return slices.Contains([]string{".rego", ".yaml", ".yml"}, filepath.Ext(base)) ||
		slices.Contains([]string{".manifest", ".signatures.json", "data.json"}, base) ||
		strings.HasPrefix(name, "schemas/")
}

// isSectionFile reports whether a file in a folder of CSV files is one of them.
func isSectionFile(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	if strings.Contains(name, "/") || !slices.Contains([]string{".csv", ".txt", ".tsv"}, ext) {
		return false
	}
	section := strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
	return slices.ContainsFunc(binding.Layouts(), func(l binding.Layout) bool { return l.Section == section })
}

// sourceUse is the folder that a source names; others are no files.
func sourceUse(source string) []use {
	kind, rest, _ := strings.Cut(source, ":")
	folder, _, _ := strings.Cut(rest, "?")
	switch strings.ToLower(kind) {
	case "csv":
		return []use{{"a file of the source", folder, isSectionFile}}
	case "agent":
		// Whatever is there may be evidence, and a new log would be treated as such.
		return []use{{"a file of the source", folder, func(name string) bool {
			_, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(name)))
			return err == nil || strings.EqualFold(filepath.Ext(name), ".log")
		}}}
	}
	return nil
}

// queriesIn are the files of queries that a file of bindings names.
func queriesIn(name string) []use {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil // what a pipe has can be read only once
	}
	text, err := textfile.Read(name)
	if err != nil {
		return nil
	}
	root, failed := strictyaml.Read(text)
	if failed != nil || root == nil {
		return nil
	}
	return queryFiles(root, name)
}

// queryFiles are the files that bindings name, which are relative to theirs.
func queryFiles(node *yaml.Node, name string) (uses []use) {
	for i, inner := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].Value == "file" && inner.Kind == yaml.ScalarNode {
			uses = append(uses, file("a query of the bindings", relativeTo(name, inner.Value)))
		}
		uses = append(uses, queryFiles(inner, name)...)
	}
	return uses
}

// relativeTo resolves a name relative to the folder of a file.
func relativeTo(of, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(of), name)
}

// isReplacedBy reports whether writing an output would change what is read.
func (u use) isReplacedBy(output string) bool {
	if u.path == "" {
		return false
	}
	if info, err := os.Stat(u.path); err == nil && info.IsDir() {
		return u.reads != nil && u.holds(info, output)
	}
	return atomicfile.Same(u.path, output)
}

// holds reports whether an output is a file that is read from a folder: by its
// place below it, or because a link in the folder leads to it.
func (u use) holds(folder fs.FileInfo, output string) bool {
	target := atomicfile.Target(output)
	for name, dir := filepath.Base(target), filepath.Dir(target); ; {
		if info, err := os.Stat(dir); err == nil && os.SameFile(info, folder) {
			return u.reads(name)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		name, dir = filepath.Base(dir)+"/"+name, parent
	}
	return u.isLinked(output)
}

// maxWalked bounds the files that are looked at.
const maxWalked = 100_000

func (u use) isLinked(output string) (linked bool) {
	existing, err := os.Stat(output)
	if err != nil {
		return false
	}
	walked := 0
	_ = filepath.WalkDir(u.path, func(path string, d fs.DirEntry, err error) error {
		if walked++; walked > maxWalked {
			return fs.SkipAll
		}
		if err != nil || d.IsDir() {
			return nil
		}
		name, err := filepath.Rel(u.path, path)
		if err != nil || !u.reads(filepath.ToSlash(name)) {
			return nil
		}
		if info, err := os.Stat(path); err == nil && os.SameFile(info, existing) {
			linked = true
			return fs.SkipAll
		}
		return nil
	})
	return linked
}

// Command prose finds patterns of English in the repository that readers stumble
// over, and prints what to write instead. It reads comments and string literals
// of Go and Rego, Markdown, YAML, SQL and the scripts that test commands; it
// skips code spans, identifiers, generated files and golden files.
//
// Files listed in pending.txt are not checked yet; the list may only shrink.
// allow.txt lists what must stay as it is, each with a reason.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

func main() {
	findings, files, err := check(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "prose:", err)
		os.Exit(2)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		fmt.Printf("%d patterns to rewrite in %d files\n", len(findings), files)
		os.Exit(1)
	}
}

// check reads the named files, or those of the repository that are not pending.
func check(names []string) ([]finding, int, error) {
	allowed, err := readAllowed()
	if err != nil {
		return nil, 0, err
	}
	if len(names) == 0 {
		if names, err = repositoryFiles(); err != nil {
			return nil, 0, err
		}
	}
	var all []finding
	used := make(map[allowance]bool)
	files := make(map[string]bool)
	for _, name := range names {
		if kindOf(name) == nil {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, 0, err
		}
		for _, f := range inspect(name, text) {
			if a := (allowance{f.file, f.text}); allowed[a] {
				used[a] = true
				continue
			}
			files[f.file] = true
			all = append(all, f)
		}
	}
	for a := range allowed {
		if slices.Contains(names, a.file) && !used[a] {
			return nil, 0, fmt.Errorf("internal/prose/allow.txt: %s: %q is no longer in the file; delete the line", a.file, a.text)
		}
	}
	return all, len(files), nil
}

// repositoryFiles lists the files that Git knows, and new ones, without generated,
// golden and pending ones.
func repositoryFiles() ([]string, error) {
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	pending, err := readLines("internal/prose/pending.txt")
	if err != nil {
		return nil, err
	}
	listed := strings.Fields(string(out))
	for _, p := range pending {
		if !slices.ContainsFunc(listed, func(name string) bool { return isBelow(name, p) }) {
			return nil, fmt.Errorf("internal/prose/pending.txt: no file is in %s; delete the line", p)
		}
	}
	var files []string
	for _, name := range listed {
		if _, err := os.Stat(name); err != nil || kindOf(name) == nil || generated(name) {
			continue
		}
		if !slices.ContainsFunc(pending, func(p string) bool { return isBelow(name, p) }) {
			files = append(files, name)
		}
	}
	return files, nil
}

// isBelow reports whether a file is the named one, is below the folder that is
// named with a slash at its end, or matches the pattern.
func isBelow(name, p string) bool {
	if strings.HasSuffix(p, "/") {
		return strings.HasPrefix(name, p)
	}
	ok, _ := path.Match(p, name)
	return ok
}

// generated reports whether a file is written by a program, from texts that are
// checked where they come from, or quotes others.
func generated(name string) bool {
	if strings.HasPrefix(name, "docs/rules/") || strings.HasPrefix(name, "internal/prose/") || name == "LICENSE" ||
		name == "docs/article.yaml" || name == "docs/article.md" {
		return true
	}
	return strings.Contains(name, "testdata/") && path.Ext(name) != ".txtar"
}

// allowance is a text in a file that may stay.
type allowance struct{ file, text string }

func readAllowed() (map[allowance]bool, error) {
	lines, err := readLines("internal/prose/allow.txt")
	if err != nil {
		return nil, err
	}
	allowed := make(map[allowance]bool)
	for _, line := range lines {
		parts := strings.SplitN(line, ": ", 3)
		if len(parts) != 3 || parts[2] == "" {
			return nil, fmt.Errorf("internal/prose/allow.txt: %q: write FILE: TEXT: REASON", line)
		}
		allowed[allowance{parts[0], parts[1]}] = true
	}
	return allowed, nil
}

// readLines reads the lines of a list, without comments.
func readLines(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range bytes.Lines(text) {
		if s := strings.TrimSpace(string(line)); s != "" && !strings.HasPrefix(s, "#") {
			lines = append(lines, s)
		}
	}
	return lines, nil
}

// Command licences checks that each module linked into nscheck has a licence
// file with one of the licences that permit distribution in a program. It prints
// the number of modules per licence, or each module that has none of them.
package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// known are sentences that identify a licence.
var known = []struct{ name, sentence string }{
	{"Apache-2.0", "apache license"},
	{"MPL-2.0", "mozilla public license"},
	{"MIT", "permission is hereby granted, free of charge"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software"},
	{"ISC", "permission to use, copy, modify, and distribute this software"},
	{"BSD", "redistribution and use in source and binary forms"},
	{"Unlicense", "released into the public domain"},
}

func main() {
	counts := make(map[string]int)
	bad := 0
	modules, err := linkedModules("linux", "windows")
	for path, dir := range modules {
		name, err := licence(dir)
		if err != nil {
			bad++
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			continue
		}
		counts[name]++
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
	}
	if err != nil || bad > 0 {
		os.Exit(1)
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%s: %d modules\n", name, counts[name])
	}
}

// linkedModules returns the folders of the modules that nscheck needs on the
// named systems, by path.
func linkedModules(systems ...string) (map[string]string, error) {
	modules := make(map[string]string)
	for _, system := range systems {
		cmd := exec.Command("go", "list", "-deps", "-f",
			"{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./cmd/nscheck")
		cmd.Env = append(os.Environ(), "GOOS="+system)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		for line := range strings.Lines(string(out)) {
			if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				modules[path] = dir
			}
		}
	}
	return modules, nil
}

// licence returns the name of the licence in a module's folder.
func licence(dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	unknown := "no licence file"
	for _, f := range files {
		name := strings.ToLower(f.Name())
		if f.IsDir() || !strings.HasPrefix(name, "licen") && !strings.HasPrefix(name, "copying") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return "", err
		}
		words := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
		for _, k := range known {
			if strings.Contains(words, k.sentence) {
				return k.name, nil
			}
		}
		unknown = f.Name() + ": unknown licence"
	}
	return "", fmt.Errorf("%s", unknown)
}

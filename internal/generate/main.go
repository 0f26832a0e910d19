// Command generate writes the files of the repository that are made from others:
// the JSON Schemas of snapshots and results, from the Go types and their
// comments, and the pages about rules, from the rules. Run it with "make golden".
package main

//go:generate go run .

import (
	"errors"
	"fmt"
	"maps"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run() error {
	if err := enterTop(); err != nil {
		return err
	}
	files, err := generate()
	if err != nil {
		return err
	}
	if err := os.RemoveAll("docs/rules"); err != nil { // pages of rules that are gone
		return err
	}
	if err := os.Mkdir("docs/rules", 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns all files by their paths in the repository. It reads sources
// from the current directory, which must be the repository's top.
func generate() (map[string][]byte, error) {
	files, err := schemas()
	if err != nil {
		return nil, err
	}
	pages, err := docs()
	maps.Copy(files, pages)
	return files, err
}

// enterTop goes up to the repository's top, where go.mod is.
func enterTop() error {
	for range 8 {
		if _, err := os.Stat("go.mod"); err == nil {
			return nil
		}
		if err := os.Chdir(".."); err != nil {
			return err
		}
	}
	return errors.New("there is no go.mod in this folder or above it")
}

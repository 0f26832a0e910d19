// Command genschema writes the JSON Schemas of snapshots and results, made from
// the Go types and their comments, to where they are published. Run it with
// "go generate ./...".
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "genschema:", err)
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
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
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

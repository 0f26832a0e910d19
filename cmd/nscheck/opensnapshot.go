package main

import (
	"context"
	"fmt"
	"io"
	"regexp"

	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/snapshot"
)

// openSnapshot opens a snapshot to evaluate. A large document takes long to read; if
// ctx is done before, its file stays open until the program ends.
func openSnapshot(ctx context.Context, path string) (*snapshot.Reader, error) {
	snap, err := await(ctx, func() (*snapshot.Reader, error) { return snapshot.Open(path) })
	if err != nil && ctx.Err() == nil && isEstateFile(path) {
		return nil, fmt.Errorf("%s is a configuration written by export, not a snapshot; \"nscheck gate --base SNAPSHOT --change %s\" applies it to one", path, path)
	}
	return snap, err
}

// isEstateFile reports whether a file begins as export writes it.
func isEstateFile(path string) bool {
	f, err := textfile.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 1<<12))
	return err == nil && estateMark.Match(head)
}

var estateMark = regexp.MustCompile(`(?m)^nscheck: estate\s*$`)

package main

import (
	"context"

	"github.com/nscheck/nscheck/snapshot"
)

// openSnapshot opens a snapshot to judge. A large document takes long to read; where
// ctx is done before, its file stays open until the program ends.
func openSnapshot(ctx context.Context, path string) (*snapshot.Reader, error) {
	return await(ctx, func() (*snapshot.Reader, error) { return snapshot.Open(path) })
}

package main

import (
	"context"
	"errors"
	"testing"
)

func TestAwait(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	if n, err := await(ctx, func() (int, error) { return 7, nil }); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	stop, release := errors.New("enough"), make(chan struct{})
	defer close(release)
	cancel(stop)
	if _, err := await(ctx, func() (int, error) { <-release; return 7, nil }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

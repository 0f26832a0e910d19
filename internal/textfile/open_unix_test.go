//go:build unix

package textfile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOpen_endsWithContext opens pipes without a writer, and with one that writes nothing.
func TestOpen_endsWithContext(t *testing.T) {
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	EndWith(ctx)
	defer ending.Store(nil)
	dir := t.TempDir()
	silent, unopened := filepath.Join(dir, "silent"), filepath.Join(dir, "unopened")
	for _, name := range []string{silent, unopened} {
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Skip(err)
		}
	}
	writer, err := os.OpenFile(silent, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	open, err := Open(silent)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	errs := make(chan error, 2)
	go func() { _, err := Open(unopened); errs <- err }()
	go func() { _, err := io.ReadAll(open); errs <- err }()
	stop(stopped)
	for range 2 {
		if err := <-errs; !errors.Is(err, stopped) {
			t.Errorf("got %v, want %v", err, stopped)
		}
	}
}

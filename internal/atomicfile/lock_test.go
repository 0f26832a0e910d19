package atomicfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestLock_oneAtATime adds to a number in a file from many goroutines.
func TestLock_oneAtATime(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "n")
	if err := write(name, "0"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			unlock, err := Lock(context.Background(), name)
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			n, err := strconv.Atoi(read(t, name))
			if err != nil {
				t.Error(err)
			}
			if err := write(name, strconv.Itoa(n+1)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := read(t, name); got != "40" {
		t.Errorf("got %s additions, want 40", got)
	}
	holds(t, dir, "n")
}

func TestLock_endsWithContext(t *testing.T) {
	name := filepath.Join(t.TempDir(), "n")
	unlock, err := Lock(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestSweep_removesWhatWasLeft checks that a file that a killed run left behind
// is removed, and one that is being written is not.
func TestSweep_removesWhatWasLeft(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".nscheck-0123abcd.tmp")
	others := []string{".nscheck-own.tmp", ".nscheck-0123abcd.txt"}
	for _, name := range append([]string{left}, filepath.Join(dir, others[0]), filepath.Join(dir, others[1])) {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	busy, err := Create(filepath.Join(dir, "busy"))
	if err != nil {
		t.Fatal(err)
	}
	swept.Clear() // as another run has it
	if err := write(filepath.Join(dir, "f"), "text"); err != nil {
		t.Fatal(err)
	}
	if err := busy.Commit(); err != nil {
		t.Errorf("the file that was being written: %v", err)
	}
	holds(t, dir, others[1], others[0], "busy", "f")
}

// TestCreate_longNames writes names as long as file systems allow.
func TestCreate_longNames(t *testing.T) {
	dir := t.TempDir()
	for _, length := range []int{200, 242, 243, 250, 255} {
		name := strings.Repeat("x", length-len(".json")) + ".json"
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			path := filepath.Join(dir, name)
			if err := Check(path); err != nil {
				t.Fatal(err)
			}
			if err := write(path, "text"); err != nil {
				t.Fatal(err)
			}
		})
	}
	if err := Check(filepath.Join(dir, strings.Repeat("x", 256))); err == nil {
		t.Error("a name of 256 characters passed the check")
	}
}

// TestCreate_privateUntilCommit checks the permissions while a file is written.
func TestCreate_privateUntilCommit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	f, err := Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the temporary file has permissions %o", info.Mode().Perm())
	}
}

// TestSame_case treats names of files that do not exist yet as file systems do
// that ignore case.
func TestSame_case(t *testing.T) {
	dir := t.TempDir()
	if !Same(filepath.Join(dir, "Report.json"), filepath.Join(dir, "report.JSON")) {
		t.Error("two names that differ in case alone count as two files")
	}
}

//go:build unix

package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestThrough checks that pipes and devices stay what they are.
func TestThrough(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Skip(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("pipe", link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, link} {
		if err := Check(name); err != nil {
			t.Fatal(err) // and it must not wait for a reader
		}
		// Open for reading first, without waiting: two blocking opens would have
		// to meet, and a signal in the middle of one makes it miss the other.
		reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(name, "text"); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		reader.Close()
		if err != nil || string(text) != "text" {
			t.Errorf("through %s came %q, %v", name, text, err)
		}
	}
	holds(t, dir, "link", "pipe")
	if info, _ := os.Lstat(pipe); info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is now %v", info.Mode())
	}
	if err := write(os.DevNull, "text"); err != nil {
		t.Error(err)
	}
	if info, _ := os.Lstat(os.DevNull); info.Mode()&os.ModeDevice == 0 {
		t.Fatalf("%s is now %v", os.DevNull, info.Mode())
	}
}

// TestPermissions checks that new files obey the umask, and that replaced ones
// keep what they had.
func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	dir := t.TempDir()
	fresh, private := filepath.Join(dir, "fresh"), filepath.Join(dir, "private")
	if err := os.WriteFile(private, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{fresh: 0o640, private: 0o600} {
		if err := write(name, "text"); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has permissions %o, want %o", name, got, want)
		}
	}
}

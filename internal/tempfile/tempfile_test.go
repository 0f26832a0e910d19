package tempfile

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestCreate_leavesNothing(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(dir, "nscheck-*")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "rows"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(f); err != nil || string(text) != "rows" {
		t.Errorf("read back %q, %v", text, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestMkdirTemp_sweeps checks that folders of killed runs go, and no others.
func TestMkdirTemp_sweeps(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	busy, removeBusy, err := MkdirTemp()
	if err != nil {
		t.Fatal(err)
	}
	defer removeBusy()
	killed, foreign := filepath.Join(temp, "nscheck-killed"), filepath.Join(temp, "nscheck-mine")
	for _, dir := range []string{killed, foreign} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "snapshot.jsonl.zst"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(killed, lockName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir, remove, err := MkdirTemp()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{killed: false, foreign: true, busy: true, dir: true} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	remove()
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder is still there")
	}
}

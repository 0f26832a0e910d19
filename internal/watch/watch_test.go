package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// in makes a folder with a file in a subfolder and makes it the current one.
func in(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "rules/site/a.rego", "package a")
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// await is what one change says; none where nothing changed in half a second.
func await(t *testing.T, w *Watcher) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	changed, err := w.Wait(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	for i := range changed {
		changed[i] = filepath.ToSlash(changed[i])
	}
	return changed
}

func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(t *testing.T)
		want   []string
	}{
		{"a file is written", func(t *testing.T) { write(t, "rules/site/a.rego", "package b") }, []string{"rules/site/a.rego"}},
		{"a file is new", func(t *testing.T) { write(t, "rules/b.rego", "package b") }, []string{"rules/b.rego"}},
		{"a file goes", func(t *testing.T) { os.Remove("rules/site/a.rego") }, []string{"rules/site/a.rego"}},
		{"an editor renames a new file over it", func(t *testing.T) {
			write(t, "rules/site/.a.rego.x1", "package b")
			rename(t, "rules/site/.a.rego.x1", "rules/site/a.rego")
		}, []string{"rules/site/a.rego"}},
		{"an editor moves the old file away and writes a new one", func(t *testing.T) {
			rename(t, "rules/site/a.rego", "rules/site/a.rego~")
			write(t, "rules/site/a.rego", "package b")
		}, []string{"rules/site/a.rego"}},
		{"an editor's own files", func(t *testing.T) {
			for _, name := range []string{".a.rego.swp", "4913", "#a.rego#", "a.rego~"} {
				write(t, "rules/site/"+name, "x")
			}
		}, nil},
		{"another kind of file", func(t *testing.T) { write(t, "rules/out.json", "{}") }, nil},
		{"a hidden folder", func(t *testing.T) { write(t, "rules/.git/a.rego", "x") }, nil},
		{"a change of permissions", func(t *testing.T) { os.Chmod("rules/site/a.rego", 0o600) }, nil},
		{"a new folder with a file", func(t *testing.T) { write(t, "rules/new/deep/c.rego", "x") }, []string{"rules/new"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in(t)
			w := watcher(t, "rules")
			tt.change(t)
			if diff := cmp.Diff(tt.want, await(t, w)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func watcher(t *testing.T, paths ...string) *Watcher {
	t.Helper()
	w, err := New(func(path string) bool { return strings.HasSuffix(path, ".rego") }, paths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func TestNewFolderIsWatched(t *testing.T) {
	in(t)
	w := watcher(t, "rules")
	write(t, "rules/new/deep/c.rego", "x")
	await(t, w)
	write(t, "rules/new/deep/c.rego", "y")
	if diff := cmp.Diff([]string{"rules/new/deep/c.rego"}, await(t, w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManySavesAreOneChange(t *testing.T) {
	in(t)
	w := watcher(t, "rules")
	for _, name := range []string{"b", "a", "b"} {
		write(t, "rules/"+name+".rego", "x")
		time.Sleep(quiet / 4)
	}
	if diff := cmp.Diff([]string{"rules/a.rego", "rules/b.rego"}, await(t, w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again := await(t, w); again != nil {
		t.Errorf("it is told again: %v", again)
	}
}

func TestEndlessSavesAreTold(t *testing.T) {
	in(t)
	w := watcher(t, "rules")
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(quiet / 4):
				_ = os.WriteFile("rules/site/a.rego", []byte("x"), 0o644)
			}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*longest)
	defer cancel()
	if changed, err := w.Wait(ctx); err != nil || len(changed) != 1 {
		t.Errorf("Wait = %v, %v", changed, err)
	}
}

// One file counts whatever it is called, and its neighbours do not.
func TestOneFile(t *testing.T) {
	in(t)
	write(t, "estate.jsonl", "{}")
	w := watcher(t, "estate.jsonl")
	write(t, "other.rego", "x")
	if changed := await(t, w); changed != nil {
		t.Errorf("a neighbour counts: %v", changed)
	}
	for range 2 { // also after it was replaced
		write(t, "estate.new", "{}")
		rename(t, "estate.new", "estate.jsonl")
		if diff := cmp.Diff([]string{"estate.jsonl"}, await(t, w)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestLinkedFolder(t *testing.T) {
	in(t)
	if err := os.Symlink("rules", "linked"); err != nil {
		t.Skip(err)
	}
	w := watcher(t, "linked")
	write(t, "rules/site/a.rego", "package b")
	if diff := cmp.Diff([]string{"linked/site/a.rego"}, await(t, w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFolderIsGone(t *testing.T) {
	in(t)
	w := watcher(t, "rules")
	rename(t, "rules", "elsewhere")
	_, err := w.Wait(context.Background())
	const want = "the folder rules was removed or renamed, and is no longer watched; start again"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestNoSuchPath(t *testing.T) {
	if _, err := New(nil, filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestLoop(t *testing.T) {
	in(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var got [][]string
	err := Loop(ctx, nil, []string{"rules"}, func(_ context.Context, changed []string) error {
		got = append(got, changed)
		switch len(got) {
		case 1:
			write(t, "rules/b.rego", "x") // while it works
		case 2:
			cancel()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{nil, {filepath.Join("rules", "b.rego")}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoopEndsWithTheErrorOfItsWork(t *testing.T) {
	in(t)
	broken := errors.New("broken")
	err := Loop(context.Background(), nil, []string{"rules"}, func(context.Context, []string) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

// Package watch tells when files change.
//
// Paths of files and folders go in. Each time that something in them was saved,
// and for a moment nothing more was, the changed paths come out. It knows how
// editors save: by a temporary file that is renamed, in several writes, with
// files of their own beside it.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How long nothing may change before a change counts as done, and after which
// time it counts as done even so.
const (
	quiet   = 100 * time.Millisecond
	longest = 2 * time.Second
)

// Loop runs work at once and again whenever files changed; it is told which, and
// at first none. Changes while it works count afterwards. It ends without an
// error when ctx is done, and with the error of work. For match and paths see
// [New].
func Loop(ctx context.Context, match func(path string) bool, paths []string, work func(ctx context.Context, changed []string) error) error {
	w, err := New(match, paths...)
	if err != nil {
		return err
	}
	defer w.Close()
	var changed []string
	for {
		err := work(ctx, changed)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		changed, err = w.Wait(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Watcher watches files and folders.
type Watcher struct {
	events *fsnotify.Watcher
	match  func(path string) bool
	// By the path under which the system reports them, the names that were given.
	folders, files map[string]string
}

// New watches files, and folders with all that is in them, except for what is
// hidden. In folders only files count for which match holds; nil takes all.
func New(match func(path string) bool, paths ...string) (*Watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", err)
	}
	if match == nil {
		match = func(string) bool { return true }
	}
	w := &Watcher{events: events, match: match, folders: map[string]string{}, files: map[string]string{}}
	for _, path := range paths {
		if err := w.add(filepath.Clean(path)); err != nil {
			events.Close()
			return nil, fmt.Errorf("watch %s: %w", path, err)
		}
	}
	return w, nil
}

// Close ends watching.
func (w *Watcher) Close() error { return w.events.Close() }

func (w *Watcher) add(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	if info.IsDir() {
		w.folders[real] = path
		return w.addFolder(real)
	}
	// Their folders are watched: a file that is replaced is another one than it was.
	for _, name := range []string{path, real} {
		w.files[name] = path
		if err := w.events.Add(filepath.Dir(name)); err != nil {
			return err
		}
	}
	return nil
}

// addFolder watches a folder and all in it.
func (w *Watcher) addFolder(folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path != folder && errors.Is(err, fs.ErrNotExist):
			return nil // gone since
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case path != folder && hidden(path):
			return fs.SkipDir
		}
		return w.events.Add(path)
	})
}

// Wait waits for a change and until it is done, and returns the changed paths in
// order. Where the system lost count of the changes there is none. It fails when
// ctx is done and when a watched folder is gone.
func (w *Watcher) Wait(ctx context.Context) ([]string, error) {
	changed := map[string]bool{}
	var done, latest <-chan time.Time
	for {
		relevant := false
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-done:
			return slices.Sorted(maps.Keys(changed)), nil
		case <-latest:
			return slices.Sorted(maps.Keys(changed)), nil
		case err := <-w.events.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return nil, fmt.Errorf("watch files: %w", err)
			}
			relevant = true
		case event := <-w.events.Events:
			name, counts, err := w.judge(event)
			if err != nil {
				return nil, err
			}
			if relevant = counts; counts {
				changed[name] = true
			}
		}
		if relevant {
			done = time.After(quiet)
			if latest == nil {
				latest = time.After(longest)
			}
		}
	}
}

// judge tells the path of an event as people know it, and whether it counts.
func (w *Watcher) judge(event fsnotify.Event) (name string, counts bool, err error) {
	path := filepath.Clean(event.Name)
	if event.Op&^fsnotify.Chmod == 0 {
		return "", false, nil
	}
	if given, ok := w.files[path]; ok {
		return given, true, nil
	}
	gone := event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)
	if given, ok := w.folders[path]; ok && gone {
		return "", false, fmt.Errorf("the folder %s was removed or renamed, and is no longer watched; start again", given)
	}
	if hidden(path) {
		return "", false, nil
	}
	given, ok := w.within(path)
	if !ok {
		return "", false, nil
	}
	if !event.Has(fsnotify.Create) {
		return given, w.match(given), nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		// What was put into it before counts too, and what comes later is seen.
		return given, true, w.addCreated(path)
	}
	return given, w.match(given), nil
}

// addCreated watches a new folder, which may be gone again.
func (w *Watcher) addCreated(folder string) error {
	err := w.addFolder(folder)
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return fmt.Errorf("watch %s: %w", folder, err)
}

// within is a path in a watched folder under the name that was given to that.
func (w *Watcher) within(path string) (string, bool) {
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if given, ok := w.folders[folder]; ok {
			rest, err := filepath.Rel(folder, path)
			return filepath.Join(given, rest), err == nil
		}
		if folder == filepath.Dir(folder) {
			return "", false
		}
	}
}

// hidden tells files that are not the author's work: hidden ones, and what
// editors put beside a file while it is open.
func hidden(path string) bool {
	base := filepath.Base(path)
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "#") || strings.HasSuffix(base, "~") ||
		strings.HasSuffix(base, ".swp") || strings.HasSuffix(base, ".tmp") || base == "4913"
}

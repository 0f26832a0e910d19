// Package atomicfile writes files whole or not at all.
//
// A name goes in. Bytes go to a temporary file beside the one that the name
// leads to, and appear under it on [File.Commit]. What is not a regular file,
// such as a pipe or a device, cannot be replaced without harm: it is written to
// as it stands.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// File is a file that is being written.
type File struct {
	*os.File
	target  string      // where the name leads to; empty if written through
	mode    fs.FileMode // of the file that is replaced; 0 if there is none
	release func()      // gives the lock of the temporary file back
	done    bool
}

// Create starts to write the file called name. Symbolic links are followed, so
// that they survive. A file that is replaced keeps its permissions; a new one
// gets those of the user's umask on Commit. Until then only its owner can read
// it.
func Create(name string) (*File, error) {
	target, err := resolve(name)
	if err != nil {
		return nil, err
	}
	if target.through {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return nil, err
		}
		return &File{File: f}, nil
	}
	f, err := createBeside(target.path)
	if err != nil {
		return nil, fmt.Errorf("create a temporary file beside it: %w", err)
	}
	return &File{File: f, target: target.path, mode: target.mode, release: holdLock(f)}, nil
}

// Check says in advance why [Create] would fail, so that long work does not end
// with it. It leaves nothing behind.
func Check(name string) error {
	target, err := resolve(name)
	if err != nil || target.through {
		return err
	}
	f, err := createBeside(target.path)
	if err != nil {
		return fmt.Errorf("create a temporary file beside it: %w", err)
	}
	removeLocked(f)
	return nil
}

// Through reports whether name leads to something that is written to as it
// stands, and so cannot be read back.
func Through(name string) bool {
	target, err := resolve(name)
	return err == nil && target.through
}

// Target returns the path, without symbolic links, that name leads to.
func Target(name string) string {
	if target, err := resolve(name); err == nil && !target.through {
		name = target.path
	}
	return absolute(name)
}

// Same reports whether writing one of two names changes what the other leads
// to. Pipes and devices, which nothing replaces, are never the same.
func Same(a, b string) bool {
	ta, errA := resolve(a)
	tb, errB := resolve(b)
	if errA != nil || errB != nil || ta.through || tb.through {
		return false
	}
	ia, errA := os.Stat(ta.path)
	ib, errB := os.Stat(tb.path)
	if errA == nil && errB == nil {
		return os.SameFile(ia, ib)
	}
	// What does not exist yet may come to a file system, or a repository's copy,
	// that does not tell upper case from lower case.
	return strings.EqualFold(absolute(ta.path), absolute(tb.path))
}

// absolute is a path without symbolic links among its folders.
func absolute(path string) string {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.Join(dir, filepath.Base(path))
}

// destination is what a name leads to.
type destination struct {
	path    string
	mode    fs.FileMode // permissions of the regular file there; 0 where there is none
	through bool        // written to as it stands
}

// maxLinks bounds a chain of symbolic links, as systems do.
const maxLinks = 40

func resolve(name string) (destination, error) {
	if name == "" {
		return destination{}, errors.New("the file name is empty")
	}
	if isOpenFile(name) {
		return destination{through: true}, nil
	}
	path := name
	for range maxLinks {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return destination{path: path}, checkFolder(path)
		case err != nil:
			return destination{}, err
		case info.IsDir():
			return destination{}, errors.New("it is a folder; name a file")
		case info.Mode().IsRegular():
			return destination{path: path, mode: info.Mode().Perm()}, nil
		case info.Mode()&fs.ModeSymlink == 0:
			return destination{through: true}, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return destination{}, err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return destination{}, errors.New("its symbolic links lead in a circle")
}

// isOpenFile tells names of files that the process already has open, such as
// /dev/stdout: what they lead to belongs to someone else.
func isOpenFile(name string) bool {
	clean := filepath.ToSlash(filepath.Clean(name))
	switch clean {
	case "/dev/stdout", "/dev/stderr":
		return true
	}
	return strings.HasPrefix(clean, "/dev/fd/") || strings.HasPrefix(clean, "/proc/self/fd/")
}

func checkFolder(path string) error {
	dir := filepath.Dir(path)
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the folder %s does not exist; create it first", dir)
	case err != nil:
		return fmt.Errorf("look at its folder: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	}
	return nil
}

// Names of temporary files. They are short, so that a name of any length that a
// file system allows can be written.
const (
	tempPrefix = ".nscheck-"
	tempSuffix = ".tmp"
)

// swept are the folders that were swept in this run.
var swept sync.Map

// createBeside creates a temporary file in the folder of path that only its
// owner can read. The file is locked until it is closed, which tells it from
// those that a run left behind when it was killed: these are removed first.
func createBeside(path string) (*os.File, error) {
	dir := filepath.Dir(path)
	if _, again := swept.LoadOrStore(dir, true); !again {
		sweep(dir)
	}
	for try := 0; ; try++ {
		name := filepath.Join(dir, fmt.Sprintf("%s%08x%s", tempPrefix, rand.Uint32(), tempSuffix))
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			if errors.Is(err, fs.ErrExist) && try < 100 {
				continue
			}
			return nil, err
		}
		// A sweep of another run may have met the file before it was locked.
		if locked, err := tryLock(f); err != nil || locked && isNamed(f, name) || try == 100 {
			return f, nil
		}
		f.Close()
	}
}

// sweep removes the temporary files in a folder that no process writes to any
// longer.
func sweep(dir string) {
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(1000)
		for _, name := range names {
			if len(name) == len(tempPrefix)+8+len(tempSuffix) && strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix) {
				removeStale(filepath.Join(dir, name))
			}
		}
		if err != nil {
			return
		}
	}
}

// Commit makes the file durable and gives it its name. Where that fails the
// temporary file is removed and whatever stood under the name stays.
func (f *File) Commit() error {
	if f.done {
		return errors.New("the file is already closed")
	}
	if f.target == "" {
		f.done = true
		return f.Close()
	}
	if err := f.publish(); err != nil {
		f.Abort()
		return err
	}
	f.done = true
	return nil
}

func (f *File) publish() error {
	defer f.release()
	if f.mode != 0 {
		if err := f.Chmod(f.mode); err != nil {
			return fmt.Errorf("keep its permissions: %w", err)
		}
	} else if mode := newFileMode(); mode != 0 {
		_ = f.Chmod(mode) // some file systems have one mode for all files
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("flush it to disk: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close the temporary file: %w", err)
	}
	if err := os.Rename(f.Name(), f.target); err != nil {
		return fmt.Errorf("rename the temporary file: %w", err)
	}
	return nil
}

// Abort gives the file up and removes the temporary file. After Commit it does
// nothing, so it can be deferred.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	if f.target == "" {
		f.Close()
		return
	}
	removeLocked(f.File)
	f.release()
}

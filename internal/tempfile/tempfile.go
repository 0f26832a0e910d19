// Package tempfile makes temporary files and folders that no run leaves behind,
// even if it is killed: a file goes with the process that has it open, and a
// folder is removed by the next run.
package tempfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nscheck/nscheck/internal/atomicfile"
)

// Names of folders. lockName is a file in each, locked while it is in use; a
// folder without it belongs to somebody else.
const (
	prefix   = "nscheck-"
	lockName = ".nscheck.lock"
)

// Create makes a file in dir, or in the system's folder for temporary files if
// dir is empty. Only the user can read it, and it is gone when it is closed.
// pattern is that of os.CreateTemp.
func Create(dir, pattern string) (*os.File, error) { return create(dir, pattern) }

// MkdirTemp makes a folder that only the user can read, and a function that
// removes it. Folders of runs that were killed are removed first.
func MkdirTemp() (dir string, remove func(), err error) {
	sweep(os.TempDir())
	if dir, err = os.MkdirTemp("", prefix+"*"); err != nil {
		return "", nil, err
	}
	unlock, err := atomicfile.Hold(filepath.Join(dir, lockName))
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("lock the temporary folder: %w", err)
	}
	return dir, func() { unlock(); os.RemoveAll(dir) }, nil
}

// sweep removes the folders whose run has ended.
func sweep(dir string) {
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(1000)
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				removeStale(filepath.Join(dir, name))
			}
		}
		if err != nil {
			return
		}
	}
}

func removeStale(dir string) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return
	}
	lock := filepath.Join(dir, lockName)
	if _, err := os.Lstat(lock); err != nil {
		return
	}
	if unlock, err := atomicfile.Hold(lock); err == nil {
		unlock()
		os.RemoveAll(dir)
	}
}

package atomicfile

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// removeBeforeClose tells that an open file can be removed and renamed.
const removeBeforeClose = false

// tryLock locks an open file for this process. It returns false if another
// process holds the lock. The locked byte lies beyond any content, because
// Windows refuses others to read what is locked.
func tryLock(f *os.File) (bool, error) {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// holdLock does nothing: an open file cannot be renamed, and a closed one keeps
// no lock.
func holdLock(*os.File) (release func()) { return func() {} }

// newFileMode is 0: there is no umask, and the folder decides.
func newFileMode() fs.FileMode { return 0 }

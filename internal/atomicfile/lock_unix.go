//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// removeBeforeClose tells that an open file can be removed and renamed.
const removeBeforeClose = true

// tryLock locks an open file for this process. It returns false if another
// process holds the lock, and an error if the file system has no locks.
func tryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// holdLock returns a function that gives the lock of f back. Until it is called
// the lock outlives f.Close.
func holdLock(f *os.File) (release func()) {
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return func() {}
	}
	syscall.CloseOnExec(fd)
	return func() { syscall.Close(fd) }
}

// newFileMode is what the user's umask leaves of the permissions of a new file.
// The umask can only be read by setting it; until it is set back, files that
// are made meanwhile are private.
func newFileMode() fs.FileMode {
	umask := syscall.Umask(0o077)
	syscall.Umask(umask)
	return 0o666 &^ fs.FileMode(umask)
}

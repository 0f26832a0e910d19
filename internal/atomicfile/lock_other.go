//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
)

const removeBeforeClose = true

// tryLock reports that the system has no locks.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }

func holdLock(*os.File) (release func()) { return func() {} }

func newFileMode() fs.FileMode { return 0 }

package atomicfile

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lockWait is the time between two attempts to get a lock.
const lockWait = 5 * time.Millisecond

// Lock keeps other processes that call Lock from changing the file called name
// until unlock is called, and waits for those that do so already. Readers see
// nothing of it. The lock is a file of its own in the same folder, because the
// file itself is replaced when it is changed.
func Lock(ctx context.Context, name string) (unlock func(), err error) {
	target, err := resolve(name)
	if err != nil {
		return nil, err
	}
	if target.through {
		return func() {}, nil
	}
	sum := fnv.New64a()
	sum.Write([]byte(strings.ToLower(filepath.Base(target.path))))
	path := filepath.Join(filepath.Dir(target.path), fmt.Sprintf(".nscheck-%016x.lock", sum.Sum64()))
	for {
		f, err := lockFile(path)
		if err != nil {
			return nil, fmt.Errorf("lock it: %w", err)
		}
		if f != nil {
			return func() { removeLocked(f) }, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for another nscheck that changes it: %w", context.Cause(ctx))
		case <-time.After(lockWait):
		}
	}
}

// lockFile returns nil if another process holds the lock.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrPermission) && !removeBeforeClose {
		return nil, nil // Windows: it is about to be removed
	}
	if err != nil {
		return nil, err
	}
	locked, err := tryLock(f)
	if errors.Is(err, errors.ErrUnsupported) {
		return f, nil
	}
	if err == nil && locked && isNamed(f, path) {
		return f, nil
	}
	f.Close()
	return nil, err
}

// isNamed reports whether an open file still has its name: whoever held the lock
// before may have removed it.
func isNamed(f *os.File, path string) bool {
	now, err := os.Stat(path)
	if err != nil {
		return false
	}
	own, err := f.Stat()
	return err == nil && os.SameFile(now, own)
}

// removeLocked removes a file whose lock is held, and gives the lock back.
func removeLocked(f *os.File) {
	if removeBeforeClose {
		os.Remove(f.Name())
	}
	f.Close()
	if !removeBeforeClose {
		os.Remove(f.Name()) // fails if another process has opened it already
	}
}

// removeStale removes a temporary file unless the process that writes it is
// still running.
func removeStale(path string) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	if locked, err := tryLock(f); err != nil || !locked || !isNamed(f, path) {
		f.Close()
		return
	}
	removeLocked(f)
}

// Hold creates and locks the file called path until unlock is called, which
// removes it. It fails if another process holds it.
func Hold(path string) (unlock func(), err error) {
	f, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, errors.New("another process holds it")
	}
	return func() { removeLocked(f) }, nil
}

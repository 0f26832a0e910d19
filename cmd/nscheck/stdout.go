package main

import (
	"errors"
	"io"
	"runtime"
	"syscall"
)

// stdout is standard output for all commands. It keeps the first failure,
// so that no command has to check every line that it prints, and lets the
// program finish where the reader has had enough, such as head: temporary files
// are removed, other reports are written, and the exit status is the same.
type stdout struct {
	io.Writer
	err error
}

func (s *stdout) Write(b []byte) (int, error) {
	if s.err != nil && isClosedPipe(s.err) {
		return len(b), nil
	}
	n, err := s.Writer.Write(b)
	if err != nil && s.err == nil {
		s.err = err
	}
	if err != nil && isClosedPipe(err) {
		return len(b), nil
	}
	return n, err
}

// failure is why standard output was not written in full, where its reader
// wanted it.
func (s *stdout) failure() error {
	if s.err == nil || isClosedPipe(s.err) {
		return nil
	}
	return s.err
}

// Windows's words for a pipe whose reader is gone.
const (
	windowsBrokenPipe = syscall.Errno(109) // ERROR_BROKEN_PIPE
	windowsNoData     = syscall.Errno(232) // ERROR_NO_DATA
)

func isClosedPipe(err error) bool {
	if runtime.GOOS == "windows" && (errors.Is(err, windowsBrokenPipe) || errors.Is(err, windowsNoData)) {
		return true
	}
	return errors.Is(err, syscall.EPIPE)
}

// Package spill keeps bytes in memory while they are few, and in a temporary file when
// they are many.
package spill

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/nscheck/nscheck/internal/tempfile"
)

// Buffer is written once, by one goroutine, and can be read several times.
type Buffer struct {
	what   string
	dir    string
	limit  int
	memory bytes.Buffer
	file   *os.File
	out    *bufio.Writer
	closed bool
}

// New returns an empty buffer that holds up to limit bytes in memory. What it holds, such
// as findings, is for error messages and the name of the file.
func New(what string, limit int) *Buffer { return NewIn("", what, limit) }

// NewIn returns a buffer whose file is in dir; empty means the system's directory for
// temporary files.
func NewIn(dir, what string, limit int) *Buffer { return &Buffer{dir: dir, what: what, limit: limit} }

// Write appends bytes.
func (b *Buffer) Write(p []byte) (int, error) {
	if b.file == nil && b.memory.Len()+len(p) > b.limit {
		if err := b.toDisk(); err != nil {
			return 0, err
		}
	}
	if b.file == nil {
		return b.memory.Write(p)
	}
	n, err := b.out.Write(p)
	if err != nil {
		return n, fmt.Errorf("store %s in %s: %w", b.what, b.file.Name(), err)
	}
	return n, nil
}

func (b *Buffer) toDisk() error {
	f, err := tempfile.Create(b.dir, "nscheck-"+b.what+"-*")
	if err != nil {
		return fmt.Errorf("make a temporary file for %s: %w", b.what, err)
	}
	b.file, b.out = f, bufio.NewWriterSize(f, 1<<16)
	_, err = b.out.Write(b.memory.Bytes())
	b.memory = bytes.Buffer{}
	return err
}

// Reader reads from the first byte.
func (b *Buffer) Reader() (*bufio.Reader, error) {
	if b.closed {
		return nil, errors.New("the result is closed; its " + b.what + " are gone")
	}
	if b.file == nil {
		return bufio.NewReader(bytes.NewReader(b.memory.Bytes())), nil
	}
	if err := b.out.Flush(); err != nil {
		return nil, fmt.Errorf("store %s in %s: %w", b.what, b.file.Name(), err)
	}
	info, err := b.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read back %s: %w", b.what, err)
	}
	return bufio.NewReaderSize(io.NewSectionReader(b.file, 0, info.Size()), 1<<16), nil
}

// Name is the name of the temporary file; empty while all is in memory.
func (b *Buffer) Name() string {
	if b.file == nil {
		return ""
	}
	return b.file.Name()
}

// Close removes the temporary file. A second call does nothing.
func (b *Buffer) Close() error {
	b.closed, b.memory = true, bytes.Buffer{}
	if b.file == nil {
		return nil
	}
	err := b.file.Close()
	b.file = nil
	return err
}

// CutOff turns the end of all into an unexpected one: it is for an end inside a record.
func CutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

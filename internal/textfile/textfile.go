// Package textfile reads files of text: in the encodings that editors and shells
// write, and without waiting for ever. A pipe without a writer ends with the run.
package textfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// MaxSize bounds the files that [Read] reads; real ones are far below.
const MaxSize = 64 << 20

// ending is what ends a wait for a pipe.
var ending atomic.Pointer[context.Context]

// EndWith ends waits for pipes, such as that for a writer, when ctx is done. It
// is for the whole process.
func EndWith(ctx context.Context) { ending.Store(&ctx) }

// File is an open file.
type File struct {
	*os.File
	ctx context.Context // nil for a regular file
}

// Open opens a file to read it.
func Open(name string) (*File, error) {
	info, err := os.Stat(name)
	end := ending.Load()
	if err != nil || info.Mode().IsRegular() || info.IsDir() || end == nil {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		return &File{File: f}, nil
	}
	type answer struct {
		file *os.File
		err  error
	}
	ctx, opened := *end, make(chan answer, 1)
	go func() { // goes on until a writer comes, or the program ends
		f, err := os.Open(name)
		opened <- answer{f, err}
	}()
	select {
	case a := <-opened:
		if a.err != nil {
			return nil, a.err
		}
		context.AfterFunc(ctx, func() { _ = a.file.SetReadDeadline(time.Unix(1, 0)) })
		return &File{a.file, ctx}, nil
	case <-ctx.Done():
		return nil, &fs.PathError{Op: "open", Path: name, Err: context.Cause(ctx)}
	}
}

// Read reads as any file does, until the run ends.
func (f *File) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	if f.ctx != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		err = &fs.PathError{Op: "read", Path: f.Name(), Err: context.Cause(f.ctx)}
	}
	return n, err
}

// Read reads a whole file.
func Read(name string) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err == nil && len(text) > MaxSize {
		err = &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("it is larger than %d MiB", MaxSize>>20)}
	}
	return text, err
}

// DirFS is os.DirFS, whose files are opened as Open does.
func DirFS(dir string) fs.FS { return dirFS{os.DirFS(dir), dir} }

type dirFS struct {
	fs.FS
	dir string
}

func (d dirFS) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(d.FS, name); err != nil || info.Mode().IsRegular() || info.IsDir() {
		return d.FS.Open(name)
	}
	return Open(filepath.Join(d.dir, filepath.FromSlash(name)))
}

func (d dirFS) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(d.FS, name) }
func (d dirFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(d.FS, name) }

// Error is why bytes are no text, and where.
type Error struct {
	Line, Column int // from 1, in characters
	Message      string
}

func (e *Error) Error() string { return e.Message }

var bom = []byte("\uFEFF")

// order is the order of bytes of UTF-16, told by its mark or by the first
// character, which is ASCII in all that is read here; nil for other text.
func order(head []byte) (bytes binary.ByteOrder, marked bool) {
	if len(head) < 2 {
		return nil, false
	}
	switch {
	case head[0] == 0xFF && head[1] == 0xFE:
		return binary.LittleEndian, true
	case head[0] == 0xFE && head[1] == 0xFF:
		return binary.BigEndian, true
	case head[0] != 0 && head[1] == 0:
		return binary.LittleEndian, false
	case head[0] == 0 && head[1] != 0:
		return binary.BigEndian, false
	}
	return nil, false
}

// IsUTF16 reports whether a text that begins like that is UTF-16.
func IsUTF16(head []byte) bool {
	by, marked := order(head)
	return by != nil && (marked || len(head) < 4 || (head[2] == 0) == (head[0] == 0) && (head[3] == 0) == (head[1] == 0))
}

// Decode returns text as UTF-8 without a byte order mark. It reads UTF-8 and
// UTF-16, and refuses what is neither.
func Decode(text []byte) ([]byte, error) {
	if by, marked := order(text); by != nil {
		if marked {
			text = text[2:]
		}
		return decodeUTF16(text, by)
	}
	text = bytes.TrimPrefix(text, bom)
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, errorAt(text[:at], "not valid UTF-8; save the file as UTF-8")
		}
		if r == 0 {
			return nil, errorAt(text[:at], "a zero byte, which no text has; save the file as UTF-8")
		}
		at += size
	}
	return text, nil
}

func decodeUTF16(text []byte, by binary.ByteOrder) ([]byte, error) {
	const refused = "not valid UTF-16; save the file as UTF-8"
	out := make([]byte, 0, len(text))
	for at := 0; at < len(text); at += 2 {
		if at+1 == len(text) {
			return nil, errorAt(out, refused)
		}
		r := rune(by.Uint16(text[at:]))
		if utf16.IsSurrogate(r) {
			if at+3 >= len(text) {
				return nil, errorAt(out, refused)
			}
			if r = utf16.DecodeRune(r, rune(by.Uint16(text[at+2:]))); r == utf8.RuneError {
				return nil, errorAt(out, refused)
			}
			at += 2
		}
		if r == 0 {
			return nil, errorAt(out, "a zero character, which no text has; save the file as UTF-8")
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

func errorAt(before []byte, message string) error {
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &Error{line, column, message}
}

// NewReader is Decode for what is too large to be held. What is wrong in UTF-8
// is left to the reader of the text.
func NewReader(in io.Reader) io.Reader {
	head := make([]byte, 3)
	n, err := io.ReadFull(in, head)
	head = head[:n]
	rest := io.MultiReader(bytes.NewReader(head), in)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.MultiReader(bytes.NewReader(head), failing{err})
	}
	switch by, _ := order(head); {
	case by == binary.LittleEndian:
		return transform.NewReader(rest, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case by == binary.BigEndian:
		return transform.NewReader(rest, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case bytes.Equal(head, bom):
		return in
	}
	return rest
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

package snapshot

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

var errLongLine = errors.New("line too long")

// lineReader reads lines of bounded length.
type lineReader struct {
	in     *bufio.Reader
	buf    []byte
	limit  int
	number int // of the line that next returned, from 1
}

// next returns the next line with its line end, valid until the next call. The
// last line may lack one. At the end of the input it returns io.EOF, and
// errLongLine before it takes more memory than the limit.
func (l *lineReader) next() ([]byte, error) {
	l.buf = l.buf[:0]
	l.number++
	for {
		part, err := l.in.ReadSlice('\n')
		if len(l.buf)+len(part) > l.limit {
			return nil, errLongLine
		}
		if len(l.buf) == 0 && err == nil {
			return part, nil // the whole line is in the reader's buffer
		}
		l.buf = append(l.buf, part...)
		switch {
		case err == nil:
			return l.buf, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(l.buf) > 0:
			return l.buf, nil
		case errors.Is(err, io.EOF):
			l.number--
		}
		return nil, err
	}
}

// trimLineEnd removes the line end, in either form.
func trimLineEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

// place turns an offset in text into a line and a column, both from 1, columns
// counted in characters.
func place(text []byte, offset int) (line, column int) {
	offset = min(max(offset, 0), len(text))
	line = 1 + bytes.Count(text[:offset], []byte("\n"))
	column = 1 + utf8.RuneCount(text[bytes.LastIndexByte(text[:offset], '\n')+1:offset])
	return line, column
}

package csvdir

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// sample is the size of the part of a file that shows its encoding and its delimiter.
// Headers are far shorter.
const sample = 64 << 10

// decode returns a file's text as UTF-8, without a byte order mark.
func decode(file io.Reader, encoding string) (*bufio.Reader, error) {
	raw := bufio.NewReaderSize(file, sample)
	head, err := raw.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if err := otherFormat(head); err != nil {
		return nil, err
	}
	mark, marked := byteOrderMark(head)
	if encoding == "" {
		if encoding = mark; encoding == "" {
			encoding = guessEncoding(head)
		}
	}
	if marked > 0 && mark == encoding {
		_, _ = raw.Discard(marked)
	}
	switch encoding {
	case "utf-16le":
		return bufio.NewReaderSize(&utf16Reader{in: raw, order: binary.LittleEndian}, sample), nil
	case "utf-16be":
		return bufio.NewReaderSize(&utf16Reader{in: raw, order: binary.BigEndian}, sample), nil
	case "windows-1252":
		return bufio.NewReaderSize(charmap.Windows1252.NewDecoder().Reader(raw), sample), nil
	}
	return raw, nil
}

// otherFormat recognises files that are named like CSV and are something else.
func otherFormat(head []byte) error {
	const how = "; open it in the spreadsheet and save it as \"CSV UTF-8\""
	lower := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return errors.New("this is a workbook of a spreadsheet and not CSV text" + how)
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return errors.New("this is a compressed file and not CSV text; unpack it")
	case bytes.HasPrefix(lower, []byte("<html")), bytes.HasPrefix(lower, []byte("<!doctype")), bytes.HasPrefix(lower, []byte("<table")), bytes.HasPrefix(lower, []byte("<?xml")):
		return errors.New("this is HTML or XML and not CSV text; export it as CSV, or" + strings.TrimPrefix(how, ";"))
	}
	return nil
}

func byteOrderMark(head []byte) (encoding string, size int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return "utf-8", 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return "utf-16le", 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return "utf-16be", 2
	}
	return "", 0
}

// guessEncoding recognises UTF-16 without a mark by its header: there every second
// byte of Latin letters is zero, and UTF-8 has no zero bytes.
func guessEncoding(head []byte) string {
	if len(head) < 2 {
		return "utf-8"
	}
	switch {
	case head[0] != 0 && head[1] == 0:
		return "utf-16le"
	case head[0] == 0 && head[1] != 0:
		return "utf-16be"
	}
	return "utf-8"
}

var (
	errOddBytes  = errors.New("the file ends in the middle of a character; it was cut off, export it again")
	errSurrogate = errors.New("this is not UTF-16: half of a character is missing; was the file changed after it was exported?")
)

// utf16Reader turns UTF-16 into UTF-8 and refuses what is not UTF-16.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	out   []byte
	err   error
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 && r.err == nil {
		r.fill()
	}
	if len(r.out) == 0 {
		return 0, r.err
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill decodes a few kilobytes. Text before an error is returned before the error, so
// that its position is right.
func (r *utf16Reader) fill() {
	r.out = r.out[:0]
	for len(r.out) < 8<<10 && r.err == nil {
		unit, err := r.unit()
		if err != nil {
			r.err = err
			return
		}
		c := rune(unit)
		if utf16.IsSurrogate(c) {
			low, err := r.unit()
			if errors.Is(err, io.EOF) {
				err = errOddBytes
			}
			if c = utf16.DecodeRune(c, rune(low)); err == nil && c == utf8.RuneError {
				err = errSurrogate
			}
			if err != nil {
				r.err = err
				return
			}
		}
		r.out = utf8.AppendRune(r.out, c)
	}
}

func (r *utf16Reader) unit() (uint16, error) {
	var pair [2]byte
	switch _, err := io.ReadFull(r.in, pair[:]); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, errOddBytes
	case err != nil:
		return 0, err
	}
	return r.order.Uint16(pair[:]), nil
}

package csvdir

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

const (
	// maxField is the longest field that is accepted. A longer one means that a
	// quotation mark was never closed.
	maxField = 4 << 20
	// maxFields is the largest number of columns that a file may have.
	maxFields = 1000
)

// positioned is an error at a line of a file; column is empty if it is not about one
// column.
type positioned struct {
	line   int
	column string
	err    error
}

func (e *positioned) Error() string {
	if e.column == "" {
		return fmt.Sprintf("line %d: %v", e.line, e.err)
	}
	return fmt.Sprintf("line %d, column %q: %v", e.line, e.column, e.err)
}

func (e *positioned) Unwrap() error { return e.err }

// parser reads CSV records: RFC 4180, with any delimiter and any line ends. A
// quotation mark in the middle of a field that does not begin with one is text.
type parser struct {
	in    *bufio.Reader
	comma byte
	names []string // of the columns, for messages; may be short
	line  int      // that is being read
	start int      // line on which the record begins
	text  []byte
	ends  []int
	marks []bool // whether the field was quoted
	ended bool   // the file ended without a line end
	empty int    // the first of the empty lines before the record; 0 without such lines
}

func newParser(in *bufio.Reader, comma byte) *parser {
	return &parser{in: in, comma: comma, line: 1}
}

func (p *parser) fields() int { return len(p.ends) }

func (p *parser) field(i int) []byte {
	from := 0
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.text[from:p.ends[i]]
}

// next reads a record; io.EOF after the last. Empty lines are skipped.
func (p *parser) next() error {
	p.empty = 0
	for {
		p.text, p.ends, p.marks, p.start, p.ended = p.text[:0], p.ends[:0], p.marks[:0], p.line, false
		more, err := p.record()
		if err != nil {
			return err
		}
		if len(p.ends) > 1 || len(p.text) > 0 || p.marks[0] {
			return nil
		}
		if !more {
			return io.EOF
		}
		if p.empty == 0 {
			p.empty = p.start
		}
	}
}

// record reads up to the end of a line; more is false at the end of the file.
func (p *parser) record() (more bool, err error) {
	for {
		last, err := p.readField()
		if err != nil {
			return false, err
		}
		if !utf8.Valid(p.field(len(p.ends) - 1)) {
			return false, p.fail(len(p.ends)-1, "this is neither UTF-8 nor UTF-16; export the file as Unicode, or set encoding=windows-1252 if that is its encoding")
		}
		if last != p.comma {
			return last == '\n', nil
		}
		if len(p.ends) == maxFields {
			return false, p.fail(-1, "there are more than %d fields on this line", maxFields)
		}
	}
}

// endOfFile represents the end of the file among the characters that end a field.
const endOfFile = 0

// readField reads a field and returns what ended it: delimiter, line feed or end.
func (p *parser) readField() (byte, error) {
	quoted, closed := false, false
	from := len(p.text)
	done := func(by byte) (byte, error) {
		p.ends, p.marks = append(p.ends, len(p.text)), append(p.marks, quoted)
		return by, nil
	}
	for {
		b, err := p.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && quoted && !closed:
			return 0, p.fail(len(p.ends), "the file ends within quotation marks; it was cut off, or the closing mark is missing")
		case errors.Is(err, io.EOF):
			p.ended = true
			return done(endOfFile)
		case err != nil:
			return 0, p.fail(len(p.ends), "%w", err)
		case b == 0:
			return 0, p.fail(len(p.ends), "there is a NUL character here; the file is damaged, or not text")
		case b == '"' && quoted && !closed:
			closed = true
			continue
		case b == '"' && closed:
			closed = false // a doubled mark is one mark
		case b == '"' && len(p.text) == from && !quoted:
			quoted = true
			continue
		case quoted && !closed && b == '\n':
			p.line++
		case quoted && !closed:
		case b == p.comma:
			return done(b)
		case b == '\n':
			p.line++
			return done(b)
		case b == '\r':
			p.skipLineFeed()
			p.line++
			return done('\n')
		case closed:
			return 0, p.fail(len(p.ends), "text follows a closing quotation mark; a mark within a field must be doubled")
		}
		p.text = append(p.text, b)
		if len(p.text)-from > maxField {
			return 0, p.fail(len(p.ends), "the field is longer than %d MiB; is a closing quotation mark missing?", maxField>>20)
		}
	}
}

func (p *parser) skipLineFeed() {
	if b, err := p.in.Peek(1); err == nil && b[0] == '\n' {
		_, _ = p.in.Discard(1)
	}
}

// fail makes an error about a field of this record, or about the whole record.
func (p *parser) fail(field int, format string, args ...any) error {
	e := &positioned{line: p.start, err: fmt.Errorf(format, args...)}
	switch {
	case field < 0:
	case field < len(p.names):
		e.column = p.names[field]
	case len(p.names) == 0:
		e.column = fmt.Sprint(field + 1)
	}
	return e
}

package cmdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/s2"
)

// spool keeps the rows of one per-client section, in the order of their keys,
// until all sections have been read. Then they are merged. Reading one section
// after the other needs one connection, holds no result set open while waiting
// for another, and tells how each section ended before the first client is
// written. Rows are compressed; what does not fit into a small buffer goes to a
// temporary file.
type spool struct {
	out    *overflow
	packer *s2.Writer
	row    []byte
}

// spoolMemory is how much of a spool is kept in memory, compressed.
const spoolMemory = 256 << 10

func newSpool(dir string) *spool {
	out := &overflow{dir: dir}
	return &spool{out: out, packer: s2.NewWriter(out, s2.WriterConcurrency(1), s2.WriterBlockSize(64<<10))}
}

// add appends a row. Cells are written by kind, without their names.
func (s *spool) add(key sortKey, cells []cell) error {
	row := append(s.row[:0], key[:]...)
	for i := range cells {
		row = cells[i].appendTo(row)
	}
	s.row = row
	if _, err := s.packer.Write(binary.AppendUvarint(nil, uint64(len(row)))); err != nil {
		return err
	}
	_, err := s.packer.Write(row)
	return err
}

// appendTo writes a cell as one byte that says whether it is known, and its value.
func (c *cell) appendTo(row []byte) []byte {
	if !c.known {
		return append(row, 0)
	}
	row = append(row, 1)
	switch c.kind {
	case textKind:
		row = binary.AppendUvarint(row, uint64(len(c.text)))
		return append(row, c.text...)
	case guidKind:
		return append(row, c.guid[:]...)
	default:
		return binary.AppendVarint(row, c.num)
	}
}

var errSpool = errors.New("the temporary file does not hold what was written to it; is something else changing files there?")

// readFrom reads a cell and returns what follows it.
func (c *cell) readFrom(row []byte) ([]byte, error) {
	if len(row) == 0 {
		return nil, errSpool
	}
	c.known, c.text, c.num = row[0] == 1, "", 0
	row = row[1:]
	if !c.known {
		return row, nil
	}
	switch c.kind {
	case textKind:
		n, size := binary.Uvarint(row)
		if size <= 0 || uint64(len(row)-size) < n {
			return nil, errSpool
		}
		end := size + int(n)
		c.text = string(row[size:end])
		return row[end:], nil
	case guidKind:
		if len(row) < len(c.guid) {
			return nil, errSpool
		}
		return row[copy(c.guid[:], row):], nil
	default:
		n, size := binary.Varint(row)
		if size <= 0 {
			return nil, errSpool
		}
		c.num = n
		return row[size:], nil
	}
}

// rewind ends the writing and returns a reader of the rows.
func (s *spool) rewind(columns []column) (*spoolReader, error) {
	if err := s.packer.Close(); err != nil {
		return nil, err
	}
	in, err := s.out.reader()
	if err != nil {
		return nil, err
	}
	r := &spoolReader{in: s2.NewReader(in, s2.ReaderMaxBlockSize(64<<10)), cells: make([]cell, len(columns))}
	for i, c := range columns {
		r.cells[i].kind = c.kind
	}
	return r, nil
}

// close frees what the spool holds.
func (s *spool) close() error { return s.out.close() }

// spoolReader reads a spool's rows.
type spoolReader struct {
	in    *s2.Reader
	row   []byte
	key   sortKey
	cells []cell
}

// next reads a row; io.EOF after the last.
func (r *spoolReader) next() error {
	length, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err
	}
	if uint64(cap(r.row)) < length {
		r.row = make([]byte, length)
	}
	r.row = r.row[:length]
	if _, err := io.ReadFull(r.in, r.row); err != nil {
		return errors.Join(errSpool, err)
	}
	if len(r.row) < len(r.key) {
		return errSpool
	}
	rest := r.row[copy(r.key[:], r.row):]
	for i := range r.cells {
		if rest, err = r.cells[i].readFrom(rest); err != nil {
			return err
		}
	}
	return nil
}

// overflow is a buffer that moves into a temporary file when it grows.
type overflow struct {
	dir    string
	memory bytes.Buffer
	file   *os.File
}

func (o *overflow) Write(p []byte) (int, error) {
	if o.file == nil {
		if o.memory.Len()+len(p) <= spoolMemory {
			return o.memory.Write(p)
		}
		file, err := os.CreateTemp(o.dir, ".nscheck-*.spool")
		if err != nil {
			return 0, fmt.Errorf("keep rows in a temporary file: %w", err)
		}
		o.file = file
		if _, err := o.file.Write(o.memory.Bytes()); err != nil {
			return 0, fmt.Errorf("keep rows in a temporary file: %w", err)
		}
		o.memory = bytes.Buffer{}
	}
	n, err := o.file.Write(p)
	if err != nil {
		err = fmt.Errorf("keep rows in a temporary file: %w", err)
	}
	return n, err
}

func (o *overflow) reader() (io.Reader, error) {
	if o.file == nil {
		return bytes.NewReader(o.memory.Bytes()), nil
	}
	if _, err := o.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read rows back from a temporary file: %w", err)
	}
	return o.file, nil
}

func (o *overflow) close() error {
	if o.file == nil {
		return nil
	}
	err := errors.Join(o.file.Close(), os.Remove(o.file.Name()))
	o.file = nil
	return err
}

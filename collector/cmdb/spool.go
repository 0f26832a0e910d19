package cmdb

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/spill"
)

// spool keeps the rows of one section about clients, in the order of their keys,
// until all sections have been read and are merged. Reading the sections one by one
// needs one connection and one result set at a time, and the status of each section
// is known before the first client is written. Rows are compressed; those that do not
// fit into a small buffer go to a temporary file.
type spool struct {
	out    *spill.Buffer
	rows   []byte // not yet written
	packed []byte
}

// spoolMemory is how much of a spool is kept in memory, compressed.
const spoolMemory = 256 << 10

// spoolBlock is how many bytes of rows are compressed together, or a little
// more: a block ends with a row.
const spoolBlock = 64 << 10

func newSpool(dir string) *spool {
	return &spool{out: spill.NewIn(dir, "rows", spoolMemory)}
}

// add appends a row. Cells are written by kind, without their names.
func (s *spool) add(key sortKey, cells []cell) error {
	s.rows = append(s.rows, key[:]...)
	for i := range cells {
		s.rows = cells[i].appendTo(s.rows)
	}
	if len(s.rows) < spoolBlock {
		return nil
	}
	return s.flush()
}

// flush writes the rows as a block: its length, and the rows compressed.
func (s *spool) flush() error {
	if len(s.rows) == 0 {
		return nil
	}
	s.packed = s2.Encode(s.packed[:cap(s.packed)], s.rows)
	s.rows = s.rows[:0]
	if _, err := s.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s.packed)))); err != nil {
		return err
	}
	_, err := s.out.Write(s.packed)
	return err
}

// appendTo writes a cell as a byte that is 1 if the value is known, and the value.
func (c *cell) appendTo(row []byte) []byte {
	if !c.known {
		return append(row, 0)
	}
	row = append(row, 1)
	switch c.kind {
	case binding.Text:
		row = binary.AppendUvarint(row, uint64(len(c.text)))
		return append(row, c.text...)
	case binding.GUID:
		return append(row, c.guid[:]...)
	default:
		return binary.AppendVarint(row, c.num)
	}
}

var errSpool = errors.New("the temporary file does not hold what was written to it; does another program change files there?")

// readFrom reads a cell and returns what follows it.
func (c *cell) readFrom(row []byte, texts *texts) ([]byte, error) {
	if len(row) == 0 {
		return nil, errSpool
	}
	c.known, c.text, c.num, c.shared = row[0] == 1, "", 0, nil
	row = row[1:]
	if !c.known {
		return row, nil
	}
	switch c.kind {
	case binding.Text:
		n, size := binary.Uvarint(row)
		if size <= 0 || uint64(len(row)-size) < n {
			return nil, errSpool
		}
		end := size + int(n)
		c.shared = texts.intern(row[size:end])
		c.text = *c.shared
		return row[end:], nil
	case binding.GUID:
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
func (s *spool) rewind(columns []binding.Column) (*spoolReader, error) {
	if err := s.flush(); err != nil {
		return nil, err
	}
	s.rows, s.packed = nil, nil
	in, err := s.out.Reader()
	if err != nil {
		return nil, err
	}
	r := &spoolReader{in: in, cells: make([]cell, len(columns))}
	for i, c := range columns {
		r.cells[i].kind = c.Kind
	}
	return r, nil
}

// close removes the rows.
func (s *spool) close() error { return s.out.Close() }

// spoolReader reads a spool's rows.
type spoolReader struct {
	in     io.Reader
	packed []byte
	block  []byte
	rest   []byte // of the block
	key    sortKey
	cells  []cell
	texts  texts
}

// next reads a row; io.EOF after the last.
func (r *spoolReader) next() (err error) {
	if len(r.rest) == 0 {
		if err := r.load(); err != nil {
			return err
		}
	}
	if len(r.rest) < len(r.key) {
		return errSpool
	}
	rest := r.rest[copy(r.key[:], r.rest):]
	for i := range r.cells {
		if rest, err = r.cells[i].readFrom(rest, &r.texts); err != nil {
			return err
		}
	}
	r.rest = rest
	return nil
}

// load reads the next block.
func (r *spoolReader) load() error {
	var length [4]byte
	switch _, err := io.ReadFull(r.in, length[:]); {
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return io.EOF
	case err != nil:
		return errors.Join(errSpool, err)
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxPacked {
		return errSpool
	}
	r.packed = slices.Grow(r.packed[:0], int(n))[:n]
	if _, err := io.ReadFull(r.in, r.packed); err != nil {
		return errors.Join(errSpool, err)
	}
	size, err := s2.DecodedLen(r.packed)
	if err != nil || size > maxPacked {
		return errSpool
	}
	block, err := s2.Decode(r.block[:cap(r.block)], r.packed)
	if err != nil || len(block) == 0 {
		return errors.Join(errSpool, err)
	}
	r.block, r.rest = block, block
	return nil
}

// maxPacked is larger than any block: a row has a few texts, and the longest are some
// megabytes.
const maxPacked = 1 << 30

// texts keeps texts that are frequent, such as versions and names of operating
// systems, so that each is allocated once. A text is never changed, only replaced.
type texts struct{ recent [256]*string }

func (t *texts) intern(raw []byte) *string {
	if len(raw) == 0 {
		return new(string)
	}
	slot := &t.recent[(uint(raw[0])+uint(raw[len(raw)-1])*31+uint(raw[len(raw)/2])*7+uint(len(raw))*17)%uint(len(t.recent))]
	if *slot == nil || **slot != string(raw) {
		text := string(raw)
		*slot = &text
	}
	return *slot
}

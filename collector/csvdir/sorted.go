package csvdir

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/nscheck/nscheck/internal/tempfile"
)

// sorter puts rows about clients into the order of their keys. It holds a
// bounded number of bytes; beyond that, sorted runs go to one temporary file
// and are merged when they are read. Rows with one key keep their order.
type sorter struct {
	less  func(a, b [16]byte) bool
	limit int
	dir   string

	data  []byte
	items []item
	file  *os.File
	size  int64
	runs  []run
}

// sortMemory is how many bytes of rows are sorted at once.
const sortMemory = 16 << 20

// item is a row in memory. A row without a key goes before all others.
type item struct {
	key      [16]byte
	hasKey   bool
	from, to int
}

// run is a sorted part of the temporary file.
type run struct{ from, size int64 }

func (s *sorter) compare(a, b *item) int {
	switch {
	case a.hasKey != b.hasKey:
		if b.hasKey {
			return -1
		}
		return 1
	case !a.hasKey:
		return 0
	case s.less(a.key, b.key):
		return -1
	case s.less(b.key, a.key):
		return 1
	}
	return 0
}

// add takes a row.
func (s *sorter) add(key [16]byte, hasKey bool, row []byte) error {
	from := len(s.data)
	s.data = append(s.data, row...)
	s.items = append(s.items, item{key, hasKey, from, len(s.data)})
	const perItem = 40
	if len(s.data)+perItem*len(s.items) >= s.limit {
		return s.spill()
	}
	return nil
}

func (s *sorter) sort() {
	slices.SortFunc(s.items, func(a, b item) int { return cmp.Or(s.compare(&a, &b), cmp.Compare(a.from, b.from)) })
}

// spill writes what is in memory as a run.
func (s *sorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = tempfile.Create(s.dir, ".nscheck-*.sort"); err != nil {
			return fmt.Errorf("sort rows in a temporary file: %w", err)
		}
	}
	s.sort()
	count := &counter{to: s.file}
	packer := s2.NewWriter(count, s2.WriterConcurrency(1), s2.WriterBlockSize(64<<10))
	var head []byte
	for _, it := range s.items {
		head = append(append(head[:0], asByte(it.hasKey)), it.key[:]...)
		head = binary.AppendUvarint(head, uint64(it.to-it.from))
		for _, part := range [][]byte{head, s.data[it.from:it.to]} {
			if _, err := packer.Write(part); err != nil {
				return fmt.Errorf("sort rows in a temporary file: %w", err)
			}
		}
	}
	if err := packer.Close(); err != nil {
		return fmt.Errorf("sort rows in a temporary file: %w", err)
	}
	s.runs = append(s.runs, run{s.size, count.bytes})
	s.size += count.bytes
	s.data, s.items = s.data[:0], s.items[:0]
	return nil
}

func asByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

type counter struct {
	to    io.Writer
	bytes int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += int64(n)
	return n, err
}

// close removes the temporary file.
func (s *sorter) close() error {
	s.data, s.items = nil, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// rows gives the rows in order, one by one; io.EOF after the last.
func (s *sorter) rows() (next func() ([]byte, error), err error) {
	if len(s.runs) == 0 {
		s.sort()
		at := 0
		return func() ([]byte, error) {
			if at == len(s.items) {
				return nil, io.EOF
			}
			it := s.items[at]
			at++
			return s.data[it.from:it.to], nil
		}, nil
	}
	if len(s.items) > 0 {
		if err := s.spill(); err != nil {
			return nil, err
		}
	}
	s.data, s.items = nil, nil
	m := &merger{compare: s.compare}
	for i, r := range s.runs {
		section := io.NewSectionReader(s.file, r.from, r.size)
		source := &runReader{in: bufio.NewReaderSize(s2.NewReader(section, s2.ReaderMaxBlockSize(64<<10)), 4<<10), index: i}
		switch err := source.load(); {
		case err == nil:
			m.list = append(m.list, source)
		case !errors.Is(err, io.EOF):
			return nil, err
		}
	}
	heap.Init(m)
	return m.next, nil
}

// runReader reads one run.
type runReader struct {
	in    *bufio.Reader
	index int
	head  item
	row   []byte
}

func (r *runReader) load() error {
	var head [17]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return err
	}
	r.head.hasKey, r.head.key = head[0] == 1, [16]byte(head[1:])
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return errors.Join(errTemporary, err)
	}
	r.row = slices.Grow(r.row[:0], int(n))[:n]
	if _, err := io.ReadFull(r.in, r.row); err != nil {
		return errors.Join(errTemporary, err)
	}
	return nil
}

var errTemporary = errors.New("the temporary file does not hold what was written to it; is something else changing files there?")

// merger is a heap of runs by their next row.
type merger struct {
	compare func(a, b *item) int
	list    []*runReader
	row     []byte
}

func (m *merger) Len() int      { return len(m.list) }
func (m *merger) Swap(i, j int) { m.list[i], m.list[j] = m.list[j], m.list[i] }
func (m *merger) Push(any)      {}
func (m *merger) Less(i, j int) bool {
	c := m.compare(&m.list[i].head, &m.list[j].head)
	return c < 0 || c == 0 && m.list[i].index < m.list[j].index
}
func (m *merger) Pop() any {
	last := len(m.list) - 1
	m.list = m.list[:last]
	return nil
}

func (m *merger) next() ([]byte, error) {
	if len(m.list) == 0 {
		return nil, io.EOF
	}
	first := m.list[0]
	m.row, first.row = first.row, m.row
	switch err := first.load(); {
	case err == nil:
		heap.Fix(m, 0)
	case errors.Is(err, io.EOF) && !errors.Is(err, errTemporary):
		heap.Pop(m)
	default:
		return nil, err
	}
	return m.row, nil
}

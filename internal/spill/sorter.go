package spill

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

// Sorter puts records into order. It holds a bounded number of bytes; beyond that,
// sorted runs go to one temporary file and are merged when they are read. Records that
// compare as equal keep their order.
type Sorter struct {
	dir, what string
	limit     int
	compare   func(a, b []byte) int

	data  []byte
	items []item
	file  *os.File
	size  int64
	runs  []run
}

// item is a record in memory, as its place in the data.
type item struct{ from, to int }

// run is a sorted part of the temporary file.
type run struct{ from, size int64 }

// NewSorter returns a sorter that holds up to limit bytes in memory and the rest in a
// file in dir; empty means the system's directory for temporary files. What it sorts,
// such as rows, is for error messages and the name of the file.
func NewSorter(dir, what string, limit int, compare func(a, b []byte) int) *Sorter {
	return &Sorter{dir: dir, what: what, limit: limit, compare: compare}
}

// Add adds a record.
func (s *Sorter) Add(record []byte) error {
	from := len(s.data)
	s.data = append(s.data, record...)
	s.items = append(s.items, item{from, len(s.data)})
	const perItem = 16
	if len(s.data)+perItem*len(s.items) >= s.limit {
		return s.writeRun()
	}
	return nil
}

func (s *Sorter) record(i item) []byte { return s.data[i.from:i.to] }

func (s *Sorter) sort() {
	slices.SortFunc(s.items, func(a, b item) int { return cmp.Or(s.compare(s.record(a), s.record(b)), cmp.Compare(a.from, b.from)) })
}

// writeRun writes what is in memory as a run.
func (s *Sorter) writeRun() (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("sort %s in a temporary file: %w", s.what, err)
		}
	}()
	if s.file == nil {
		if s.file, err = tempfile.Create(s.dir, "nscheck-"+s.what+"-*"); err != nil {
			return err
		}
	}
	s.sort()
	count := &counter{to: s.file}
	packer := s2.NewWriter(count, s2.WriterConcurrency(1), s2.WriterBlockSize(64<<10))
	var length []byte
	for _, i := range s.items {
		length = binary.AppendUvarint(length[:0], uint64(i.to-i.from))
		for _, part := range [][]byte{length, s.record(i)} {
			if _, err := packer.Write(part); err != nil {
				return err
			}
		}
	}
	if err := packer.Close(); err != nil {
		return err
	}
	s.runs = append(s.runs, run{s.size, count.bytes})
	s.size += count.bytes
	s.data, s.items = s.data[:0], s.items[:0]
	return nil
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

// Close removes the temporary file.
func (s *Sorter) Close() error {
	s.data, s.items = nil, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// Records returns a function that returns the records in order, one by one, and io.EOF
// after the last. A record is valid until the next call. After Records nothing can be
// added, but it can be called again.
func (s *Sorter) Records() (next func() ([]byte, error), err error) {
	if len(s.runs) == 0 {
		s.sort()
		rest := s.items
		return func() ([]byte, error) {
			if len(rest) == 0 {
				return nil, io.EOF
			}
			first := rest[0]
			rest = rest[1:]
			return s.record(first), nil
		}, nil
	}
	if len(s.items) > 0 {
		if err := s.writeRun(); err != nil {
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
	in     *bufio.Reader
	index  int
	record []byte
}

func (r *runReader) load() error {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err
	}
	r.record = slices.Grow(r.record[:0], int(n))[:n]
	if _, err := io.ReadFull(r.in, r.record); err != nil {
		return errors.Join(ErrChanged, CutOff(err))
	}
	return nil
}

// ErrChanged is the error of a temporary file that was changed meanwhile.
var ErrChanged = errors.New("the temporary file does not hold what was written to it; does another program change files there?")

// merger is a heap of runs by their next record.
type merger struct {
	compare func(a, b []byte) int
	list    []*runReader
	record  []byte
}

func (m *merger) Len() int      { return len(m.list) }
func (m *merger) Swap(i, j int) { m.list[i], m.list[j] = m.list[j], m.list[i] }
func (m *merger) Push(any)      {}
func (m *merger) Less(i, j int) bool {
	return cmp.Or(m.compare(m.list[i].record, m.list[j].record), cmp.Compare(m.list[i].index, m.list[j].index)) < 0
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
	m.record, first.record = first.record, m.record
	switch err := first.load(); {
	case err == nil:
		heap.Fix(m, 0)
	case errors.Is(err, io.EOF):
		heap.Pop(m)
	default:
		return nil, err
	}
	return m.record, nil
}

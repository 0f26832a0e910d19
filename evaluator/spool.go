package evaluator

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
)

// clientRecord is one client with findings, and what is needed to attribute
// them once the estate's findings are known.
type clientRecord struct {
	GUID     string          `json:"-"`
	Name     string          `json:"-"`
	Sites    []string        `json:"sites,omitzero"`
	Subnet   string          `json:"subnet,omitempty"`
	Network  string          `json:"network,omitempty"`
	Arrived  []string        `json:"arrived,omitzero"`  // roles of packages that its rows show to be there
	Reached  int             `json:"reached,omitempty"` // chain positions below are shown to hold
	Findings []clientFinding `json:"findings"`

	// class is the record of all clients that differ only in who they are; nil
	// where there are too many to keep them.
	class *clientRecord
}

// clientFinding is a finding without the client's identity.
type clientFinding struct {
	Rule     int    `json:"rule"` // position in Pack.Rules
	Msg      string `json:"msg"`
	Path     string `json:"path,omitempty"`
	Expected any    `json:"expected,omitempty"`
	Actual   any    `json:"actual,omitempty"`
}

func (r *clientRecord) resource() Resource {
	return Resource{Type: "client", GUID: r.GUID, Name: r.Name}.named()
}

// spool keeps client records in the order they came: in memory while they are
// few, in a temporary file when they are many. Many clients have the same
// findings for the same reasons: these are kept once, as a class. It is written
// once and can be read several times.
type spool struct {
	memory bytes.Buffer
	limit  int
	file   *os.File
	out    *bufio.Writer
	closed bool
	ctx    context.Context // ends reading; nil where nothing does

	mu      sync.Mutex
	byHash  map[[sha256.Size]byte]uint64 // of the record as JSON
	classes []*clientRecord
	size    int // bytes of the texts
}

// noClass stands for a record that is spooled whole.
const noClass = 0

func newSpool() *spool {
	return &spool{limit: limits.spoolMemory, byHash: map[[sha256.Size]byte]uint64{}}
}

// class finds the class of a record, or makes it one; noClass where there are
// too many. It may be called from many goroutines.
func (s *spool) class(r *clientRecord) (uint64, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return noClass, fmt.Errorf("store findings: %w", err)
	}
	hash := sha256.Sum256(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := s.byHash[hash]; id != noClass {
		return id, nil
	}
	if len(s.classes) >= limits.classes || s.size+len(text) > limits.classText {
		return noClass, nil
	}
	s.size += len(text)
	s.classes = append(s.classes, r)
	id := uint64(len(s.classes))
	s.byHash[hash] = id
	return id, nil
}

// appendRecord appends a client of a class as write takes it.
func appendRecord(dst []byte, class uint64, who Resource) []byte {
	dst = binary.AppendUvarint(dst, class)
	for _, text := range []string{who.GUID, who.Name} {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	return dst
}

// appendOddRecord appends a client without a class.
func appendOddRecord(dst []byte, r *clientRecord, who Resource) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return dst, fmt.Errorf("store findings of client %s: %w", who.Name, err)
	}
	dst = appendRecord(dst, noClass, who)
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...), nil
}

// write adds records.
func (s *spool) write(records []byte) error {
	if s.file == nil && s.memory.Len()+len(records) > s.limit {
		if err := s.toDisk(); err != nil {
			return err
		}
	}
	if s.file == nil {
		s.memory.Write(records)
		return nil
	}
	if _, err := s.out.Write(records); err != nil {
		return fmt.Errorf("store findings in %s: %w", s.file.Name(), err)
	}
	return nil
}

func (s *spool) toDisk() error {
	f, err := os.CreateTemp("", "nscheck-findings-*")
	if err != nil {
		return fmt.Errorf("make a temporary file for findings: %w", err)
	}
	s.file, s.out = f, bufio.NewWriterSize(f, 1<<16)
	_, err = s.out.Write(s.memory.Bytes())
	s.memory = bytes.Buffer{}
	return err
}

// records yields what was added. A record is valid until the next one.
func (s *spool) records() iter.Seq2[*clientRecord, error] {
	return func(yield func(*clientRecord, error) bool) {
		in, err := s.reader()
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			if s.ctx != nil && s.ctx.Err() != nil {
				yield(nil, fmt.Errorf("stopped: %w", context.Cause(s.ctx)))
				return
			}
			r, err := s.read(in)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("read back findings: %w", err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// read reads the next record; io.EOF is the end of all.
func (s *spool) read(in *bufio.Reader) (*clientRecord, error) {
	class, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	guid, err := readText(in)
	if err != nil {
		return nil, cutOff(err)
	}
	name, err := readText(in)
	if err != nil {
		return nil, cutOff(err)
	}
	r := &clientRecord{}
	if class != noClass {
		shared, err := s.recordOf(class)
		if err != nil {
			return nil, err
		}
		*r = *shared
		r.class = shared
	} else {
		text, err := readText(in)
		if err != nil {
			return nil, cutOff(err)
		}
		if err := decodeRecord(text, r); err != nil {
			return nil, err
		}
	}
	r.GUID, r.Name = guid, name
	return r, nil
}

// recordOf is the record of a class. It may be called from many goroutines.
func (s *spool) recordOf(class uint64) (*clientRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if class > uint64(len(s.classes)) {
		return nil, fmt.Errorf("they name class %d of %d", class, len(s.classes))
	}
	return s.classes[class-1], nil
}

func readText(in *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(in, text)
	return string(text), err
}

// cutOff is for an end in the middle of a record, which is none.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func decodeRecord(text string, r *clientRecord) error {
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	return dec.Decode(r)
}

func (s *spool) reader() (*bufio.Reader, error) {
	if s.closed {
		return nil, errors.New("the result is closed; its findings are gone")
	}
	if s.file == nil {
		return bufio.NewReader(bytes.NewReader(s.memory.Bytes())), nil
	}
	if err := s.out.Flush(); err != nil {
		return nil, fmt.Errorf("store findings in %s: %w", s.file.Name(), err)
	}
	info, err := s.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read back findings: %w", err)
	}
	return bufio.NewReaderSize(io.NewSectionReader(s.file, 0, info.Size()), 1<<16), nil
}

func (s *spool) close() error {
	s.closed = true
	s.memory, s.classes = bytes.Buffer{}, nil
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}

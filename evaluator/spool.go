package evaluator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
)

// spoolMemory is how many bytes of findings stay in memory before the spool
// moves to a temporary file.
const spoolMemory = 8 << 20

// clientRecord is one client with findings, and what is needed to attribute
// them once the estate's findings are known.
type clientRecord struct {
	GUID     string          `json:"guid"`
	Name     string          `json:"name"`
	Sites    []string        `json:"sites,omitempty"`
	Subnet   string          `json:"subnet,omitempty"`
	Network  string          `json:"network,omitempty"`
	Arrived  []string        `json:"arrived,omitempty"` // roles of packages that its rows show to be there
	Reached  int             `json:"reached,omitempty"` // chain positions below are shown to hold
	Findings []clientFinding `json:"findings"`
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
// few, in a temporary file when they are many. It is written once and can be
// read several times.
type spool struct {
	memory bytes.Buffer
	limit  int
	file   *os.File
	out    *bufio.Writer
	closed bool
}

func newSpool() *spool { return &spool{limit: spoolMemory} }

func (s *spool) add(r *clientRecord) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store findings of client %s: %w", r.Name, err)
	}
	line = append(line, '\n')
	if s.file == nil && s.memory.Len()+len(line) > s.limit {
		if err := s.toDisk(); err != nil {
			return err
		}
	}
	if s.file == nil {
		s.memory.Write(line)
		return nil
	}
	if _, err := s.out.Write(line); err != nil {
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
		dec := json.NewDecoder(in)
		dec.UseNumber()
		for {
			r := &clientRecord{}
			if err := dec.Decode(r); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(nil, fmt.Errorf("read back findings: %w", err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *spool) reader() (io.Reader, error) {
	if s.closed {
		return nil, errors.New("the result is closed; its findings are gone")
	}
	if s.file == nil {
		return bytes.NewReader(s.memory.Bytes()), nil
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
	s.memory = bytes.Buffer{}
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}

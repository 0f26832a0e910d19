package evaluator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/nscheck/nscheck/internal/spill"
)

// records yields what was added. A record is valid until the next one.
func (s *spool) records() iter.Seq2[*clientRecord, error] {
	return func(yield func(*clientRecord, error) bool) {
		in, err := s.Reader()
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
	what, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	r := &clientRecord{}
	if what != 0 {
		where, err := binary.ReadUvarint(in)
		if err != nil {
			return nil, spill.CutOff(err)
		}
		if err := s.recall(r, class{uint32(where), uint32(what)}); err != nil {
			return nil, err
		}
	}
	if r.GUID, err = readText(in); err != nil {
		return nil, spill.CutOff(err)
	}
	if r.Name, err = readText(in); err != nil {
		return nil, spill.CutOff(err)
	}
	if what != 0 {
		return r, nil
	}
	text, err := readText(in)
	if err != nil {
		return nil, spill.CutOff(err)
	}
	return r, decodeRecord(text, r)
}

// recall gives a record all that its class says. It may be called from many
// goroutines.
func (s *spool) recall(r *clientRecord, c class) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	where, err := s.wheres.get(c.where)
	if err != nil {
		return err
	}
	what, err := s.whats.get(c.what)
	if err != nil {
		return err
	}
	r.whereabouts, r.pattern, r.class = *where, *what, c
	return nil
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

func decodeRecord(text string, r *clientRecord) error {
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	return dec.Decode(r)
}

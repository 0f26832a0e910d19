package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// scanner reads one JSON value after the other from a line that is known to be
// valid JSON. Where it is not, it says so at some point or reads nonsense, but it
// reads nothing beyond the line.
type scanner struct {
	line []byte
	at   int
	err  error
}

// peek is the next byte that is no space; 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.line); s.at++ {
		if c := s.line[s.at]; c > ' ' {
			return c
		}
	}
	return 0
}

// open steps into an object or a list; false for null.
func (s *scanner) open(bracket byte) bool {
	switch s.peek() {
	case bracket:
		s.at++
		return true
	case 'n':
		s.at += len("null")
		return false
	}
	s.fail()
	return false
}

// more tells whether something is left in the object or list.
func (s *scanner) more(bracket byte) bool {
	switch s.peek() {
	case bracket:
		s.at++
		return false
	case ',':
		s.at++
	case 0:
		s.fail()
		return false
	}
	return s.err == nil
}

// name is the next field's name. Names are so short that looking at every byte
// takes less than calling something that is made for long texts.
func (s *scanner) name() []byte {
	if s.peek() != '"' {
		s.fail()
		return nil
	}
	line, start := s.line, s.at+1
	for i := start; i < len(line); i++ {
		if line[i] == '\\' {
			break
		}
		if line[i] == '"' {
			s.at = i + 1
			return s.colon(line[start:i])
		}
	}
	return s.colon(s.text())
}

func (s *scanner) colon(name []byte) []byte {
	if s.peek() != ':' {
		s.fail()
		return nil
	}
	s.at++
	return name
}

// text is a text, nil for null.
func (s *scanner) text() []byte {
	switch s.peek() {
	case 'n':
		s.at += len("null")
		return nil
	case '"':
	default:
		s.fail()
		return nil
	}
	rest := s.line[s.at+1:]
	end := bytes.IndexByte(rest, '"')
	switch {
	case end < 0:
		s.fail()
		return nil
	case bytes.IndexByte(rest[:end], '\\') >= 0:
		return s.escaped()
	}
	s.at += end + 2
	return rest[:end]
}

// escaped is a text with escapes, which are rare.
func (s *scanner) escaped() []byte {
	start := s.at
	s.skip()
	var text string
	if err := json.Unmarshal(s.line[start:s.at], &text); err != nil {
		s.fail()
	}
	return []byte(text)
}

// fact is true, false or, for null, unknown.
func (s *scanner) fact() fact {
	switch s.peek() {
	case 't':
		s.at += len("true")
		return yes
	case 'f':
		s.at += len("false")
		return no
	case 'n':
		s.at += len("null")
		return unknown
	}
	s.fail()
	return unknown
}

// days is a whole number; unknownAge for null.
func (s *scanner) days() int32 {
	c := s.peek()
	if c == 'n' {
		s.at += len("null")
		return unknownAge
	}
	sign := int32(1)
	if c == '-' {
		sign = -1
		s.at++
	}
	start, n := s.at, int32(0)
	for ; s.at < len(s.line) && s.line[s.at]-'0' <= 9; s.at++ {
		n = n*10 + int32(s.line[s.at]-'0')
	}
	if s.at == start || s.at-start > 9 {
		s.fail()
	}
	return sign * n
}

// elements counts a list.
func (s *scanner) elements() int {
	n := 0
	if s.open('[') {
		for s.more(']') {
			s.skip()
			n++
		}
	}
	return n
}

// skip steps over a value.
func (s *scanner) skip() {
	depth := 0
	for s.peek(); s.at < len(s.line); {
		switch s.line[s.at] {
		case '"':
			s.skipText()
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			depth--
			s.at++
		case ',', ':', ' ', '\t', '\r':
			s.at++
			continue
		default:
			for s.at < len(s.line) && !ends[s.line[s.at]] {
				s.at++
			}
		}
		if depth <= 0 {
			return
		}
	}
	s.fail()
}

// ends are the bytes that a number, true, false or null ends before.
var ends = [256]bool{',': true, ']': true, '}': true, ' ': true, '\t': true, '\r': true}

func (s *scanner) skipText() {
	for s.at++; ; s.at += 2 { // an escape and what it escapes
		rest := s.line[s.at:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			s.fail()
			return
		}
		escape := bytes.IndexByte(rest[:end], '\\')
		if escape < 0 {
			s.at += end + 1
			return
		}
		s.at += escape
	}
}

func (s *scanner) fail() {
	if s.err == nil {
		s.err = fmt.Errorf("%.40q…: no such JSON as expected at byte %d", s.line, s.at)
	}
	s.at = len(s.line)
}

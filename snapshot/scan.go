package snapshot

import (
	"fmt"
	"unicode/utf8"
)

// A Field is a value in a client's record, at whatever depth: an object, a list
// or a scalar. Values in lists have none.
type Field int32

// Root is the client itself. Its own text is never asked for: see AppendObject.
const Root Field = 0

// A FieldNode describes a Field.
type FieldNode struct {
	Field Field
	// Name in JSON.
	Name string
	// Children in the order of the Go type; nil where the value is no object.
	Children []*FieldNode
}

// ClientFields describes all values of a client's record. The node of a Field
// stands before those inside it, so that fields number the tree from the root.
var ClientFields = numberFields(shapes[kindClient])

// NumFields is how many values a client's record can have.
const NumFields = 54

func numberFields(s *shape) *FieldNode {
	next := Field(0)
	var number func(name string, s *shape) *FieldNode
	number = func(name string, s *shape) *FieldNode {
		s.number = next
		node := &FieldNode{Field: next, Name: name}
		next++
		for _, m := range s.order {
			node.Children = append(node.Children, number(m.name, m.shape))
		}
		markElements(s)
		return node
	}
	root := number("", s)
	if next != NumFields {
		panic(fmt.Sprintf("snapshot: a client has %d fields", next))
	}
	return root
}

// markElements gives what stands in a list a number that nobody looks at.
func markElements(s *shape) {
	for e := s.element; e != nil; e = e.element {
		e.number = NumFields
	}
}

// Child finds the field of an object by name; nil where it has none of that name.
func (n *FieldNode) Child(name string) *FieldNode {
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// A ClientScan is a client's record that was checked and not decoded: it knows
// where each value stands. It can be used again for the next record.
type ClientScan struct {
	record []byte
	rest   int // where the fields behind the kind begin
	spans  [NumFields + 1]span
}

// scan checks a record whose kind is known to be client; record[rest] is the
// comma behind the kind or the closing brace. It reports whether the text
// surely is a complete and valid client; one that it does not accept may be a
// good client all the same, only written in an unusual way.
func (c *ClientScan) scan(record []byte, rest int) bool {
	clear(c.spans[:])
	c.record, c.rest = record, rest
	if !utf8.Valid(record) {
		return false
	}
	a := acceptor{text: record, at: rest, spans: c.spans[:]}
	return a.fields(shapes[kindClient], false) && skipSpace(record, a.at) == len(record)
}

// AppendObject appends the client as one JSON object, without its kind.
func (c *ClientScan) AppendObject(dst []byte) []byte { return appendObject(dst, c.record, c.rest) }

func appendObject(dst, record []byte, rest int) []byte {
	dst = append(dst, '{')
	if record[rest] == ',' {
		rest++
	}
	return append(dst, record[rest:]...)
}

// Text is the JSON text of a value as it stands in the record; nil where the
// record does not have it. It is valid as long as the record.
func (c *ClientScan) Text(f Field) []byte {
	s := c.spans[f]
	if s.end == 0 {
		return nil
	}
	return c.record[s.start:s.end:s.end]
}

// Has tells whether the record has a value, be it null.
func (c *ClientScan) Has(f Field) bool { return c.spans[f].end != 0 }

// Is tells whether the record has a value that is written exactly so.
func (c *ClientScan) Is(f Field, text string) bool {
	s := c.spans[f]
	return string(c.record[s.start:s.end]) == text
}

// IPv4Prefix reads an address with its prefix length as nscheck writes it, such
// as 10.4.0.17/24. What it does not accept may be an address all the same.
func IPv4Prefix(text []byte) (address uint32, bits int, ok bool) {
	for part := range 4 {
		var n uint32
		if n, text, ok = decimal(text, 255); !ok {
			return 0, 0, false
		}
		address = address<<8 | n
		if separator := ".../"[part]; len(text) == 0 || text[0] != separator {
			return 0, 0, false
		}
		text = text[1:]
	}
	n, rest, ok := decimal(text, 32)
	return address, int(n), ok && len(rest) == 0
}

// decimal reads a number without leading zeros.
func decimal(text []byte, limit uint32) (n uint32, rest []byte, ok bool) {
	digits := 0
	for digits < len(text) && digits < 3 && isDigit(text[digits]) {
		n = n*10 + uint32(text[digits]-'0')
		digits++
	}
	ok = digits > 0 && n <= limit && (text[0] != '0' || digits == 1)
	return n, text[digits:], ok
}

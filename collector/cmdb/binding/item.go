package binding

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

// Item is the XML of an item. It may contain credentials, so only named nodes are
// read and the rest is dropped.
type Item struct {
	Root     *xmlquery.Node
	binding  *Binding
	Problems []string // nodes that were found and not understood
}

// problem records a node that was found but not understood, by its setting.
func (s *Item) problem(name, format string, args ...any) {
	s.Problems = append(s.Problems, fmt.Sprintf("setting %s at %s: ", name, s.binding.XPaths[name])+fmt.Sprintf(format, args...))
}

// maxItemXML is the longest XML that is read. Real items have some kilobytes.
const maxItemXML = 16 << 20

var (
	errNoItem   = errors.New("it is empty, and an item's settings as XML are required")
	errLongItem = fmt.Errorf("it is longer than %d MiB", maxItemXML>>20)
	errNotXML   = errors.New("it is not XML")
	errCutItem  = errors.New("it is incomplete XML: the text ends too early or is damaged; if it was exported, export it again without a limit on the length of columns")
)

// ReadItem parses the XML of an item, or returns why that is not possible.
func ReadItem(b *Binding, text string) (*Item, error) {
	if len(text) > maxItemXML {
		return nil, errLongItem
	}
	// The declaration names the encoding that the text had before the database. The
	// text is UTF-8.
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	if strings.HasPrefix(text, "<?xml") {
		_, text, _ = strings.Cut(text, "?>")
	}
	switch {
	case strings.TrimSpace(text) == "":
		return nil, errNoItem
	case strings.TrimSpace(text)[0] != '<':
		return nil, errNotXML
	case !wholeXML(text):
		return nil, errCutItem
	}
	root, err := xmlquery.Parse(strings.NewReader(text))
	if err != nil {
		return nil, errCutItem
	}
	return &Item{Root: root, binding: b}, nil
}

// wholeXML reports whether the text is XML up to its end. The query library accepts
// elements that are never closed.
func wholeXML(text string) bool {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	elements := 0
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return elements == 0
		}
		if err != nil {
			return false
		}
		switch token.(type) {
		case xml.StartElement:
			elements++
		case xml.EndElement:
			elements--
		}
	}
}

// Nodes returns what the binding's XPath of that name selects, below a node or in the
// whole item. The XPath was checked when the binding was read.
func (s *Item) Nodes(name string, below *xmlquery.Node) []*xmlquery.Node {
	if below == nil {
		below = s.Root
	}
	return xmlquery.QuerySelectorAll(below, xpath.MustCompile(s.binding.XPaths[name]))
}

// value returns the text of the node of that name; nil if there is no such node, or
// several that differ.
func (s *Item) value(name string, below *xmlquery.Node) *string {
	nodes := s.Nodes(name, below)
	if len(nodes) == 0 {
		return nil
	}
	text := strings.TrimSpace(nodes[0].InnerText())
	for _, node := range nodes[1:] {
		if other := strings.TrimSpace(node.InnerText()); other != text {
			s.problem(name, "there are several nodes that differ, %q and %q", Clip(text), Clip(other))
			return nil
		}
	}
	if text == "" {
		return nil
	}
	return &text
}

// boolean returns a value that is true or false; nil for anything else.
func (s *Item) boolean(name string) *bool {
	text := s.value(name, nil)
	if text == nil {
		return nil
	}
	b, err := ParseBool(*text)
	if err != nil {
		s.problem(name, "%v", err)
		return nil
	}
	return &b
}

// repeatMinutes returns how often a trigger repeats, in minutes and at least one. It
// returns 0 if the trigger does not repeat, written as 00:00:00 or without the
// attribute, and nil if that is unknown. A trigger without a type is unknown, and so
// is the meaning of a missing attribute in it.
func (s *Item) repeatMinutes(trigger *xmlquery.Node, kind *string) *int {
	if len(s.Nodes("repetition", trigger)) == 0 {
		if kind == nil {
			return nil
		}
		return new(int)
	}
	text := s.value("repetition", trigger)
	if text == nil {
		return nil
	}
	repeat := minutes(*text)
	if repeat == nil {
		s.problem("repetition", "%q is not a time span such as 04:00:00", Clip(*text))
	}
	return repeat
}

// minutes reads a time span such as 04:00:00 or 04:00, with days before it as in
// 1.04:00:00; nil if it is not one.
func minutes(span string) *int {
	days, clock, dotted := strings.Cut(span, ".")
	if !dotted {
		days, clock = "0", span
	}
	before, err := strconv.Atoi(days)
	parts := strings.Split(clock, ":")
	if err != nil || before < 0 || before > 1e4 || len(parts) < 2 || len(parts) > 3 {
		return nil
	}
	var numbers [3]int
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 1e6 {
			return nil
		}
		numbers[i] = n
	}
	total := (before*24+numbers[0])*60 + numbers[1]
	if total == 0 && numbers[2] > 0 {
		total = 1
	}
	return &total
}

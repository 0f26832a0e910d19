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

// itemSettings are the settings of an item. Its XML may hold credentials: it is
// read node by named node and never kept.
type Item struct {
	Root     *xmlquery.Node
	binding  *Binding
	Problems []string // nodes that were found and not understood
}

// problem notes a node that was found and not understood, by its setting.
func (s *Item) problem(name, format string, args ...any) {
	s.Problems = append(s.Problems, fmt.Sprintf("setting %s at %s: ", name, s.binding.XPaths[name])+fmt.Sprintf(format, args...))
}

// maxItemXML is the longest settings text that is looked at. Real ones have some
// kilobytes.
const maxItemXML = 16 << 20

var (
	errNoItem   = errors.New("it is empty, and an item's settings as XML are required")
	errLongItem = fmt.Errorf("it is longer than %d MiB", maxItemXML>>20)
	errNotXML   = errors.New("it is not XML")
	errCutItem  = errors.New("it is not whole XML: the text ends too early or is damaged; if it was exported, export it again without a limit on the length of columns")
)

// readItem reads the text, or returns why it cannot.
func ReadItem(b *Binding, text string) (*Item, error) {
	if len(text) > maxItemXML {
		return nil, errLongItem
	}
	// The declaration names the encoding that the text had before the
	// database; what comes from it is UTF-8.
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

// wholeXML reports whether the text is XML up to its end: the query library
// accepts elements that are never closed.
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

// nodes returns what the binding's XPath of that name selects, below a node or in
// the whole item. The XPath was checked when the binding was read.
func (s *Item) Nodes(name string, below *xmlquery.Node) []*xmlquery.Node {
	if below == nil {
		below = s.Root
	}
	return xmlquery.QuerySelectorAll(below, xpath.MustCompile(s.binding.XPaths[name]))
}

// value is the text of the one node of that name; nil where there is none, and
// where there are several that differ.
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

// boolean is a value that is true or false; nil for anything else.
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

// repeatMinutes is how often a trigger repeats, in minutes and at least one; 0
// where it does not, which is written as 00:00:00 or by leaving the attribute
// out; nil where that cannot be told. A trigger without a type is none that is
// known, and what it lacks says nothing.
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

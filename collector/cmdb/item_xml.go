package cmdb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"

	"github.com/nscheck/nscheck/snapshot"
)

// itemSettings are the settings of an item. Its XML may hold credentials: it is
// read node by named node and never kept.
type itemSettings struct {
	root    *xmlquery.Node
	binding *Binding
}

// maxItemXML is the longest settings text that is looked at. Real ones have some
// kilobytes.
const maxItemXML = 16 << 20

// parseItem reads the text; nil where it is not XML.
func parseItem(b *Binding, text string) *itemSettings {
	if len(text) > maxItemXML {
		return nil
	}
	// The declaration names the encoding that the text had before the
	// database; what comes from it is UTF-8.
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	if strings.HasPrefix(text, "<?xml") {
		_, text, _ = strings.Cut(text, "?>")
	}
	root, err := xmlquery.Parse(strings.NewReader(text))
	if err != nil {
		return nil
	}
	return &itemSettings{root, b}
}

// nodes finds what the binding's XPath of that name selects, below a node or in
// the whole item.
func (s *itemSettings) nodes(name string, below *xmlquery.Node) ([]*xmlquery.Node, error) {
	expression, err := xpath.Compile(s.binding.XPaths[name])
	if err != nil {
		return nil, &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: the XPath %q for %s: %v", s.binding.Section, s.binding.XPaths[name], name, err)}
	}
	if below == nil {
		below = s.root
	}
	return xmlquery.QuerySelectorAll(below, expression), nil
}

// value is the text of the one node of that name; nil where there is none, and
// where there are several that differ.
func (s *itemSettings) value(name string, below *xmlquery.Node) (*string, error) {
	nodes, err := s.nodes(name, below)
	if err != nil || len(nodes) == 0 {
		return nil, err
	}
	text := strings.TrimSpace(nodes[0].InnerText())
	for _, node := range nodes[1:] {
		if strings.TrimSpace(node.InnerText()) != text {
			return nil, nil
		}
	}
	if text == "" {
		return nil, nil
	}
	return &text, nil
}

// boolean is a value that is true or false; nil for anything else.
func (s *itemSettings) boolean(name string) (*bool, error) {
	text, err := s.value(name, nil)
	if err != nil || text == nil {
		return nil, err
	}
	n, err := scanBool(*text)
	if err != nil {
		return nil, nil
	}
	b := n != 0
	return &b, nil
}

// repeatMinutes is how often a trigger repeats, in minutes and at least one; 0
// where it does not, which is written as 00:00:00 or by leaving the attribute
// out; nil where that cannot be told. A trigger without a type is none that is
// known, and what it lacks says nothing.
func (s *itemSettings) repeatMinutes(trigger *xmlquery.Node, kind *string) (*int, error) {
	nodes, err := s.nodes("repetition", trigger)
	if err != nil {
		return nil, err
	}
	if len(nodes) == 0 {
		if kind == nil {
			return nil, nil
		}
		return new(int), nil
	}
	text, err := s.value("repetition", trigger)
	if err != nil || text == nil {
		return nil, err
	}
	return minutes(*text), nil
}

// minutes reads a time span such as 04:00:00; nil where it is none.
func minutes(span string) *int {
	parts := strings.Split(span, ":")
	if len(parts) != 3 {
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
	total := numbers[0]*60 + numbers[1]
	if total == 0 && numbers[2] > 0 {
		total = 1
	}
	return &total
}
